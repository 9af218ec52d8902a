import { isObject, type JsonObject } from '../texts/json-file.ts';
import { type LockedModule, lockedModule, maxModules, splitAt } from './locked-module.ts';

/**
 * The packages that a bun.lock names (bun docs: lockfile): the values of `packages` begin with `NAME@VERSION`. What is of a
 * workspace, a folder, an address or git has no version there, and is left out.
 */
export function bunLockModules({ packages }: JsonObject): readonly LockedModule[] {
  if (!isObject(packages)) return [];
  const found = Object.values(packages)
    .slice(0, maxModules)
    .map((entry) => {
      const spec = Array.isArray(entry) && typeof entry[0] === 'string' ? splitAt(entry[0]) : null;
      return spec === null ? null : lockedModule(...spec);
    });
  return found.filter((module) => module !== null);
}
