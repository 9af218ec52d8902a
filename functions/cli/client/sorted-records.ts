import { Fault } from '#core/fault.ts';
import { nearest } from '../nearest.ts';
import { plainText, fieldValue } from './cell-text.ts';
import type { Field, Records } from './shown.ts';

/** Records in the order of a column, numbers by size and text as people count (`r10` behind `r9`); equal ones as they came. */
export function sortedRecords(records: Records, asked: string | null): Records {
  const wanted = asked ?? records.sort;
  if (wanted === undefined) return records;
  const [, name = '', direction] = /^(.*?)(?::(asc|desc))?$/s.exec(wanted)!;
  const field = fieldOf(records, name);
  const keyed = records.items.map((item) => ({ item, key: keyOf(field, fieldValue(item, field)) }));
  const sign = direction === 'desc' ? -1 : 1;
  keyed.sort((a, b) => sign * compare(a.key, b.key));
  return { ...records, items: keyed.map(({ item }) => item) };
}

/** `--sort` may be written as people like: case, spaces and signs do not count, and a beginning that is one column's is enough. */
function fieldOf({ fields }: Records, name: string): Field {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const wanted = plain(name);
  const exact = fields.find(({ title }) => plain(title) === wanted);
  const begun = fields.filter(({ title }) => wanted !== '' && plain(title).startsWith(wanted));
  const found = exact ?? (begun.length === 1 ? begun[0] : undefined);
  if (found !== undefined) return found;
  const close = nearest(
    wanted,
    fields.map(({ title }) => plain(title)),
  );
  const meant = fields.find(({ title }) => plain(title) === close)?.title;
  const known = fields.map(({ title }) => title).join(', ');
  throw new Fault(
    'input/invalid',
    `--sort ${name.slice(0, 60)}: there is no such column; ${meant === undefined ? `give one of ${known}` : `did you mean '${meant}'?`}`,
  );
}

function keyOf(field: Field, value: unknown): number | string {
  if (field.order !== undefined) return field.order(value);
  return typeof value === 'number' ? value : plainText(value);
}

const collator = new Intl.Collator('en', { numeric: true });

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}
