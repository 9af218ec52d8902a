import type { Format } from '../format.ts';
import { escapedJson } from '../printable.ts';

/** The whole report as JSON (schema/scan-report.ts), written element by element: a large one is never one text. */
export const json: Format = {
  name: 'json',
  mediaType: 'application/json',
  description: 'Everything that is known, as one JSON object',
  *write(report) {
    yield* pieces(report, '', 0);
    yield '\n';
  },
};

/** Objects and lists down to this depth are written one by one: the lists of findings, packages and reasons. */
const maxDepth = 3;

function* pieces(value: unknown, indent: string, depth: number): Iterable<string> {
  const entries = depth < maxDepth ? entriesOf(value) : null;
  if (entries === null) {
    yield escapedJson(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${indent}`);
    return;
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const inner = `${indent}  `;
  let first = true;
  for (const [key, element] of entries) {
    yield `${first ? open : ','}\n${inner}${Array.isArray(value) ? '' : `${JSON.stringify(key)}: `}`;
    yield* pieces(element, inner, depth + 1);
    first = false;
  }
  yield first ? `${open}${close}` : `\n${indent}${close}`;
}

/** What a list or object holds; null for everything else. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | null {
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).filter(([, element]) => element !== undefined);
}
