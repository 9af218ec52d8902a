import { wrapped } from '#reports/layout.ts';
import { paintOn } from '#reports/paint.ts';
import { cellText, fieldValue } from './cell-text.ts';
import type { Records } from './shown.ts';

/** Records as lines of name and value, an empty line between two records. */
export function factLines({ fields, items }: Records, room: number | null, color: boolean): string {
  const width = Math.max(...fields.map(({ title }) => title.length)) + 2;
  const paint = paintOn(color);
  const paragraphs = items.map((item) =>
    fields
      .map((field) => {
        const value = fieldValue(item, field);
        const text = wrapped(cellText(value), room === null ? null : Math.max(room - width, 20), '');
        const [first = '', ...more] = text.split('\n').map((line) => paint(line, ...(field.style?.(value) ?? [])));
        const label = paint(`${field.title}:`, 'bold') + ' '.repeat(width - field.title.length - 1);
        return [`${label}${first}\n`, ...more.map((line) => `${' '.repeat(width)}${line}\n`)].join('');
      })
      .join(''),
  );
  return paragraphs.join('\n');
}
