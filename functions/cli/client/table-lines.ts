import { layOut } from '#reports/layout.ts';
import { paintOn, type Style } from '#reports/paint.ts';
import { fitted, widthOf } from '#reports/printable.ts';
import { cellText, fieldValue } from './cell-text.ts';
import type { Field, Records } from './shown.ts';

const gap = '  ';

/** Columns that prose keeps, however little room the others leave it. */
const leastProse = 24;

/** A line of a table before it is laid out: the cells, and how each is painted. */
interface Line {
  readonly cells: readonly string[];
  readonly styles: readonly (readonly Style[])[];
}

/** Records as the text of a table, its titles first; cut and broken to so many columns where they are given. */
export function tableLines({ fields, items }: Records, room: number | null, color: boolean): string {
  const written = items.map((item): Line => {
    const values = fields.map((field) => fieldValue(item, field));
    return { cells: values.map(cellText), styles: fields.map(({ style }, at) => style?.(values[at]) ?? []) };
  });
  const lines = room === null ? written : written.flatMap(breaker(fields, written, room));
  const titles = fields.map(({ title }) => title.toUpperCase());
  const laid = layOut(
    fields.map((field, at) => ({
      title: titles[at]!,
      cells: lines.map(({ cells }) => cells[at]!),
      ...(field.least === undefined && field.wraps === undefined ? {} : { least: field.least ?? leastProse }),
      ...(field.dispensable === undefined ? {} : { dispensable: field.dispensable }),
    })),
    room,
  );
  const paint = paintOn(color);
  const shown = color ? shownFields(titles, laid[0] ?? []) : [];
  return laid
    .map((cells, line) => {
      if (!color) return `${cells.join(gap).trimEnd()}\n`;
      const painted = cells.map((cell, at) => {
        const text = cell.trimEnd();
        const styles = line === 0 ? (['bold'] as const) : (lines[line - 1]!.styles[shown[at]!] ?? []);
        return `${text === '' ? '' : paint(text, ...styles)}${' '.repeat(cell.length - text.length)}`;
      });
      return `${painted.join(gap).trimEnd()}\n`;
    })
    .join('');
}

/** Which field each column is of: layOut leaves out some, and cuts the title of the last where nothing fits. */
function shownFields(titles: readonly string[], header: readonly string[]): readonly number[] {
  let at = -1;
  return header.map((cell) => {
    const title = cell.trimEnd().replace(/…$/, '');
    at = titles.findIndex((one, index) => index > at && one.startsWith(title));
    return at;
  });
}

/** Breaks cells of prose into as many lines as they take beside the other columns. */
function breaker(fields: readonly Field[], lines: readonly Line[], room: number): (line: Line) => readonly Line[] {
  const prose = fields.findIndex(({ wraps }) => wraps === true);
  if (prose < 0) return (line) => [line];
  const others = fields.reduce((sum, { title }, at) => {
    if (at === prose) return sum;
    return sum + gap.length + lines.reduce((most, { cells }) => Math.max(most, widthOf(cells[at]!)), widthOf(title));
  }, 0);
  const width = Math.max(room - others, leastProse);
  return ({ cells, styles }) =>
    brokenAt(cells[prose]!, width).map((part, line) => ({
      cells: cells.map((cell, at) => (at === prose ? part : line === 0 ? cell : '')),
      styles,
    }));
}

function brokenAt(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || widthOf(last) + 1 + widthOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => (widthOf(line) > width ? fitted(line, width) : line));
}
