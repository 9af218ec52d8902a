import type { Measured } from './measured.ts';

/**
 * The measurements of one or two databases as one table: a line for each quantity, with the share of its mark that the first database
 * needs, and how much the second takes of what the first does.
 */
export function table(runs: ReadonlyMap<string, readonly Measured[]>): string {
  const [first = [], second] = [...runs.values()];
  const [name = '', other] = [...runs.keys()];
  const whats = new Map([...(second ?? []), ...first].map((measured) => [measured.what, measured]));
  const order = [
    ...first.map(({ what }) => what),
    ...[...whats.keys()].filter((what) => !first.some((m) => m.what === what)),
  ];
  const lines = order.map((what) => {
    const [one, two] = [first, second ?? []].map((run) => run.find((measured) => measured.what === what));
    const mark = (one ?? two)?.mark;
    return [
      what,
      shown(one),
      mark === undefined ? '' : `< ${shown({ what, value: mark, unit: (one ?? two)!.unit })}`,
      one === undefined || mark === undefined ? '' : ratio(one.value / mark),
      ...(other === undefined
        ? []
        : [shown(two), one === undefined || two === undefined ? '' : ratio(two.value / one.value)]),
    ];
  });
  const head = ['', name, 'mark', 'of mark', ...(other === undefined ? [] : [other, `to ${name}`])];
  return aligned([head, ...lines]);
}

/** A value with its unit, to three digits or so. */
export function shown(measured: Measured | undefined): string {
  if (measured === undefined) return '';
  const { value, unit } = measured;
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === '' ? text : `${text} ${unit}`;
}

function ratio(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(value < 10 ? 2 : 0)}x` : '';
}

/** The first column to the left, numbers to the right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
