import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';
import { isObject, type JsonObject } from './json-file.ts';
import { parsePlainYaml } from './plain-yaml.ts';

/**
 * The YAML mapping in a lock file of at most `limit` bytes (see parsePlainYaml): scalars are texts. Throws `input/too-large`
 * beyond the limit and `input/invalid` for what is no YAML of a lock file, or no mapping.
 */
export function readYamlFile(content: RandomAccess, limit: number): JsonObject {
  if (content.size > limit) throw new Fault('input/too-large', `is ${content.size} bytes; YAML is read up to ${limit}`);
  const value = parsePlainYaml(new TextDecoder().decode(content.all(limit)));
  if (!isObject(value)) throw new Fault('input/invalid', 'is YAML, but no mapping');
  return value;
}
