import { createHash } from 'node:crypto';
import type { Advisory, SetAside } from './advisory.ts';
import { type AffectedRow, affectedRows, maxRowsOfRecord } from './affected-rows.ts';

/** An advisory ready to be written: its JSON text for the store, the hash of that, and the names it speaks of. */
export interface StoredAdvisory {
  readonly record: string;
  /** 32 hex digits of everything that is written for the record. */
  readonly hash: string;
  /** The JSON object that the statements of the store read. */
  readonly text: string;
  readonly rows: number;
  readonly names: readonly (readonly [namespace: string, name: string])[];
}

/** A record beyond this many bytes of JSON does not go into one statement. */
const maxRecordBytes = 2 * 1024 * 1024;

/** The advisory as it is stored, and what of it had to be left out; null when nothing of it can be stored. */
export function storedAdvisory(advisory: Advisory): { stored: StoredAdvisory | null; aside: SetAside | null } {
  const refused = (reason: string) => ({ stored: null, aside: { record: advisory.record.slice(0, 300), reason } });
  if (advisory.record.length > 300) return refused('the name of the record has more than 300 characters');
  const { rows, problems } = affectedRows(advisory);
  if (rows.length > maxRowsOfRecord) return refused(`it speaks of more than ${maxRowsOfRecord} ranges of versions`);
  if (rows.length === 0) return refused(problems[0] ?? 'it speaks of no version of a package');
  const body = bodyOf(advisory, rows);
  if (body.length > maxRecordBytes) return refused(`it has more than ${maxRecordBytes} bytes`);
  if (unstorable.test(body)) return refused('it holds characters that are no text');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 32);
  const others = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return {
    stored: {
      record: advisory.record,
      hash,
      text: `{"hash":"${hash}",${body.slice(1)}`,
      rows: rows.length,
      names: namesOf(rows),
    },
    aside: problems.length === 0 ? null : { record: advisory.record, reason: `in part: ${problems[0]}${others}` },
  };
}

/** NUL and halves of surrogate pairs, as JSON.stringify escapes them: jsonb refuses both. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

function bodyOf(advisory: Advisory, rows: readonly AffectedRow[]): string {
  return JSON.stringify({
    record: advisory.record,
    id: advisory.id,
    aliases: advisory.aliases.slice(0, 50),
    related: advisory.related.slice(0, 200),
    title: advisory.title?.slice(0, 300) ?? null,
    urls: advisory.urls.slice(0, 10),
    published: advisory.published,
    source: advisory.severitySource,
    rows,
  });
}

function namesOf(rows: readonly AffectedRow[]): readonly (readonly [string, string])[] {
  const names = new Map(rows.map(({ space, name }) => [`${space} ${name}`, [space, name] as const]));
  return [...names.values()];
}
