import { plainText, fieldValue } from './cell-text.ts';
import type { Records } from './shown.ts';

/** Records as comma-separated values with a line of titles (RFC 4180); nothing in place of what is not there. */
export function csvLines({ fields, items }: Records): string {
  const lines = [
    fields.map(({ title }) => title),
    ...items.map((item) => fields.map((field) => plainText(fieldValue(item, field)))),
  ];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/**
 * Spreadsheets take a cell that begins with one of these for a formula, and cells come from images: what could be one, and
 * is not plainly a name, a version or a number, is marked as text by an apostrophe (OWASP, CSV injection).
 */
function cell(text: string): string {
  const guarded = /^[=+\-@]/.test(text) && !/^[+\-@]?[\w./@~:+-]*$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
