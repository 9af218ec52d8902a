import { parse } from 'smol-toml';
import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';
import type { JsonObject } from './json-file.ts';

/** The TOML document in a file of at most `limit` bytes. Throws `input/too-large` beyond the limit and `input/invalid` for what is no TOML. */
export function readTomlFile(content: RandomAccess, limit: number): JsonObject {
  if (content.size > limit) throw new Fault('input/too-large', `is ${content.size} bytes; TOML is read up to ${limit}`);
  const text = new TextDecoder().decode(content.all(limit));
  try {
    return parse(text);
  } catch (cause) {
    throw new Fault('input/invalid', 'is not TOML', { cause });
  }
}
