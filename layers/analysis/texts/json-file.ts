import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';

/** A JSON object of a file, its members not looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Values are what takes memory, some 100 bytes each: of `[],[],[]` a document of 24 MiB becomes more than a gigabyte. */
const maxParts = 3_000_000;

/**
 * The JSON object in a file of at most `limit` bytes: UTF-8, with or without a byte order mark. Throws `input/too-large`
 * beyond the limit or over some million values, and `input/invalid` for what is no JSON or no object; the messages quote nothing of the file.
 */
export function readJsonFile(content: RandomAccess, limit: number): JsonObject {
  const value = readJsonValue(content, limit);
  if (!isObject(value)) throw new Fault('input/invalid', 'is JSON, but no object');
  return value;
}

/** The JSON value of any kind in a file, under the same terms. */
export function readJsonValue(content: RandomAccess, limit: number): unknown {
  if (content.size > limit) throw new Fault('input/too-large', `is ${content.size} bytes; JSON is read up to ${limit}`);
  const bytes = content.all(limit);
  if (countParts(bytes) > maxParts)
    throw new Fault('input/too-large', `has more than ${maxParts} values or their names`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Fault('input/invalid', 'is not JSON', { cause });
  }
}

/** Commas, colons and opening brackets, also those within texts: no fewer than values. */
function countParts(bytes: Uint8Array): number {
  let parts = 0;
  for (const byte of bytes) if (byte === 0x2c || byte === 0x3a || byte === 0x5b || byte === 0x7b) parts += 1;
  return parts;
}

/** A text, or a number as it is written; empty for anything else, of which a hostile one cannot even be written (`{"toString":1}`). */
export function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
