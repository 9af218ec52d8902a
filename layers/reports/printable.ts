import { stripVTControlCharacters } from 'node:util';

/** Characters that steer a terminal or turn the direction of text: controls, line separators, bidirectional marks. */
const steering = /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * Text from an image or an advisory as it may be shown: whatever steers a terminal is taken out, white space is one space.
 * A package name that moves the cursor or paints over the verdict shows as plain letters.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, ' ').replace(steering, '').toWellFormed();
}

/** The same characters, escaped (`\t`, `\n`, `\x1b`, `\u202e`) so that nothing is lost; a backslash is `\\`. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replace(steering, escapeCode);
}

/** JSON text with the characters escaped that JSON itself lets through to a terminal. */
export function escapedJson(json: string): string {
  return json.replace(/[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, jsonCode);
}

function escapeCode(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
}

function jsonCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

/** Columns that a printable text takes: two for East Asian wide characters and emoji, none for combining marks. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** The text within so many columns: cut with `…` when it is longer, filled with spaces when it is shorter. */
export function fitted(text: string, width: number): string {
  const cut = widthOf(text) <= width ? text : `${startOf(text, width - 1)}…`;
  return cut + ' '.repeat(Math.max(0, width - widthOf(cut)));
}

function startOf(text: string, width: number): string {
  let start = '';
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    start += character;
  }
  return start;
}
