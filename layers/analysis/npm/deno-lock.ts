import { isObject, type JsonObject } from '../texts/json-file.ts';
import { type LockedModule, lockedModule, maxModules, splitAt } from './locked-module.ts';

/**
 * The packages of npm that a deno.lock names (denoland/deno_lockfile), by `NAME@VERSION`, with `_PEER@VERSION` behind when it
 * was resolved beside others: in `npm` since version 4, in `packages` of version 3, in `npm` again of version 2. Modules of
 * JSR and of addresses are no npm packages.
 */
export function denoLockModules({ npm, packages }: JsonObject): readonly LockedModule[] {
  const inner = isObject(packages)
    ? packages['npm']
    : isObject(npm) && isObject(npm['packages'])
      ? npm['packages']
      : npm;
  if (!isObject(inner)) return [];
  const found = Object.keys(inner)
    .slice(0, maxModules)
    .map((key) => {
      const [name, rest] = splitAt(key) ?? [];
      return lockedModule(name, rest?.split('_', 1)[0]);
    });
  return found.filter((module) => module !== null);
}
