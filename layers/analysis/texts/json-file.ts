import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';

/** A JSON object of a file, its members not looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a file of at most `limit` bytes: UTF-8, with or without a byte order mark. Throws `input/too-large`
 * beyond the limit and `input/invalid` for what is no JSON or no object; the messages quote nothing of the file.
 */
export function readJsonFile(content: RandomAccess, limit: number): JsonObject {
  const value = readJsonValue(content, limit);
  if (!isObject(value)) throw new Fault('input/invalid', 'is JSON, but no object');
  return value;
}

/** The JSON value of any kind in a file, under the same terms. */
export function readJsonValue(content: RandomAccess, limit: number): unknown {
  if (content.size > limit) throw new Fault('input/too-large', `is ${content.size} bytes; JSON is read up to ${limit}`);
  const text = new TextDecoder().decode(content.all(limit));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('input/invalid', 'is not JSON', { cause });
  }
}

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
