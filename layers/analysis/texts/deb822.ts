import type { RandomAccess } from '../analyzer.ts';
import { textLines } from './text-lines.ts';

/** Longest value of one field that is kept; longer ones are cut. */
const maxValue = 64 * 1024;

/**
 * The stanzas of a deb822 text (deb822(5)) with the fields that are asked for, by lower-case name; continuation lines are
 * joined with line feeds, without their leading blank. Fields not asked for cost no memory. Of a field that stands twice the
 * first counts. A stanza without any of the fields is left out.
 */
export function* stanzas(content: RandomAccess, fields: readonly string[]): Generator<ReadonlyMap<string, string>> {
  const wanted = new Set(fields.map((field) => field.toLowerCase()));
  let stanza = new Map<string, string>();
  let field: string | null = null;
  for (const line of textLines(content)) {
    if (line.trim() === '') {
      if (stanza.size > 0) yield stanza;
      stanza = new Map();
      field = null;
    } else if (line[0] === ' ' || line[0] === '\t') {
      const value = field === null ? undefined : stanza.get(field);
      if (field !== null && value !== undefined && value.length < maxValue)
        stanza.set(field, `${value}\n${line.slice(1).trimEnd()}`);
    } else if (line[0] !== '#') {
      const colon = line.indexOf(':');
      const name = colon < 1 ? '' : line.slice(0, colon).trim().toLowerCase();
      field = wanted.has(name) && !stanza.has(name) ? name : null;
      if (field !== null) stanza.set(field, line.slice(colon + 1).trim());
    }
  }
  if (stanza.size > 0) yield stanza;
}
