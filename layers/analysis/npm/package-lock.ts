import { isObject, type JsonObject } from '../texts/json-file.ts';
import { vcsUrl } from '../texts/vcs-url.ts';
import { type LockedModule, lockedModule, maxModules, splitAt } from './locked-module.ts';

/**
 * The packages that npm's package-lock.json or npm-shrinkwrap.json names (npm docs: package-lock.json): `packages` by the
 * place of each (versions 2 and 3), else the tree `dependencies` (version 1). The project, its workspaces and links are left
 * out, and in version 1 what is taken from an address: there the address stands in place of a version.
 */
export function packageLockModules(lock: JsonObject): readonly LockedModule[] {
  if (isObject(lock['packages'])) return modulesByPlace(lock['packages']);
  return isObject(lock['dependencies']) ? modulesOfTree(lock['dependencies']) : [];
}

const folder = 'node_modules/';

function modulesByPlace(packages: JsonObject): readonly LockedModule[] {
  const found = Object.entries(packages)
    .slice(0, maxModules)
    .map(([place, entry]) => {
      const last = place.lastIndexOf(folder);
      if (last < 0 || !isObject(entry) || entry['link'] === true) return null;
      const [url, commit] = gitSource(entry['resolved']);
      // The name stands in the entry where the folder is called differently (`npm:other@1`).
      return lockedModule(entry['name'] ?? place.slice(last + folder.length), entry['version'], vcsUrl(url, commit));
    });
  return found.filter((module) => module !== null);
}

function gitSource(resolved: unknown): readonly [string?, string?] {
  return typeof resolved === 'string' && resolved.startsWith('git')
    ? (resolved.split('#', 2) as [string, string?])
    : [];
}

/** Without recursion: nesting cannot exhaust the stack. */
function modulesOfTree(root: JsonObject): readonly LockedModule[] {
  const found: LockedModule[] = [];
  const open = [root];
  let seen = 0;
  for (let tree = open.pop(); tree !== undefined && seen < maxModules; tree = open.pop()) {
    for (const [folderName, entry] of Object.entries(tree)) {
      seen += 1;
      if (!isObject(entry)) continue;
      const version = entry['version'];
      const alias = typeof version === 'string' && version.startsWith('npm:') ? splitAt(version.slice(4)) : null;
      const module = alias === null ? lockedModule(folderName, version) : lockedModule(...alias);
      if (module !== null) found.push(module);
      if (isObject(entry['dependencies'])) open.push(entry['dependencies']);
    }
  }
  return found;
}
