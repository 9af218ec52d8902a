import { fitted, widthOf } from './printable.ts';

/** A column of a table: cells are printable text. */
export interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  /** Columns that stay when there is no room; a column that cannot be cut has none. */
  readonly least?: number;
  /** Left out when the others leave no room for it: the highest first. */
  readonly dispensable?: number;
}

const gap = 2;

/**
 * Lines of a table, its titles first, each as its cells padded to their widths; within so many columns where that is
 * given: first the widest cells are cut, then columns are left out.
 */
export function layOut(columns: readonly Column[], room: number | null): readonly (readonly string[])[] {
  const natural = columns.map(({ title, cells }) =>
    cells.reduce((most, cell) => Math.max(most, widthOf(cell)), widthOf(title)),
  );
  const widths = room === null ? natural : shrink(columns, natural, room);
  if (widths === null) {
    const most = Math.max(...columns.map(({ dispensable }) => dispensable ?? 0));
    if (most > 0) {
      return layOut(
        columns.filter(({ dispensable }) => dispensable !== most),
        room,
      );
    }
  }
  const rows = [columns.map(({ title }) => title)];
  for (let row = 0; row < (columns[0]?.cells.length ?? 0); row++) rows.push(columns.map(({ cells }) => cells[row]!));
  const final =
    widths ??
    cutOff(
      columns.map(({ least }, at) => Math.min(least ?? natural[at]!, natural[at]!)),
      room!,
    );
  return rows.map((row) => final.map((width, at) => fitted(row[at]!, width)));
}

/** Where even the least widths are too wide: the columns that fit, the last one cut. */
function cutOff(widths: readonly number[], room: number): readonly number[] {
  const kept: number[] = [];
  let left = room;
  for (const width of widths) {
    if (left < 1) break;
    kept.push(Math.min(width, left));
    left -= width + gap;
  }
  return kept;
}

/** Widths that fit, taken from the widest column that can give; null when there are none. */
function shrink(columns: readonly Column[], natural: readonly number[], room: number): readonly number[] | null {
  const widths = [...natural];
  const total = () => widths.reduce((sum, width) => sum + width, gap * (columns.length - 1));
  while (total() > room) {
    let widest = -1;
    for (const [at, { least }] of columns.entries()) {
      if (least === undefined || widths[at]! <= least) continue;
      if (widest < 0 || widths[at]! > widths[widest]!) widest = at;
    }
    if (widest < 0) return null;
    const least = columns[widest]!.least!;
    widths[widest] = Math.max(least, Math.min(widths[widest]! - 1, widths[widest]! - Math.floor((total() - room) / 2)));
  }
  return widths;
}

/** Prose broken at spaces, later lines indented; words longer than a line are cut. In one piece where there is no width. */
export function wrapped(text: string, room: number | null, indent: string): string {
  if (room === null || widthOf(text) <= room) return text;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S) /)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > room) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((one) => (widthOf(one) > room ? fitted(one, Math.max(room, 2)) : one)).join('\n');
}
