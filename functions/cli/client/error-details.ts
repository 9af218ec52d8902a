import { printable } from '#reports/printable.ts';
import type { Fault } from '#core/fault.ts';
import { valueAt } from './value-at.ts';

/** Lines that are shown of an error, and characters of each. */
const most = { lines: 20, characters: 500 } as const;

/** What a server said of an error beside its message: the fields of `detail`, lists by element. */
export function errorDetails(fault: Fault): readonly string[] {
  const detail = valueAt(fault.detail, 'body.detail');
  if (typeof detail !== 'object' || detail === null) return [];
  const lines = Object.entries(detail)
    .filter(([key]) => key !== 'code' && key !== 'retry_after')
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((one: unknown) => `${key}: ${textOf(one)}`))
    .map((line) => printable(line).slice(0, most.characters));
  return lines.length <= most.lines ? lines : [...lines.slice(0, most.lines), `and ${lines.length - most.lines} more`];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
