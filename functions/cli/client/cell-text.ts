import { printable } from '#reports/printable.ts';
import type { Field, Item } from './shown.ts';
import { valueAt } from './value-at.ts';

/** The value of a field in a record. */
export function fieldValue(item: Item, { of }: Field): unknown {
  return typeof of === 'string' ? valueAt(item, of) : of(item);
}

/** A value as it may be shown: nothing that steers a terminal, `-` for what is not there. */
export function cellText(value: unknown): string {
  return plainText(value) || '-';
}

/** The same, empty for what is not there. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(plainText).join(', ');
  return printable(typeof value === 'object' ? JSON.stringify(value) : String(value));
}
