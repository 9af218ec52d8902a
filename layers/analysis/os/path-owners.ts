import { ecosystems } from '#core/ecosystem.ts';
import type { Package, PathOwner } from '#core/package.ts';

/**
 * The packages, those of languages with the places that packages of the distribution own. Owned files are called as they really are
 * in the image (see ownedPaths), so places are asked for by their real names: on a system with merged folders
 * `/lib/x` is `/usr/lib/x`. `resolve` gives the real path behind a path, relative to the root; null when nothing is there.
 */
export function withOwners(packages: readonly Package[], resolve: (path: string) => string | null): readonly Package[] {
  const places = new Map<string, string>();
  for (const { type, paths } of packages)
    if (!ecosystems[type].os) for (const path of paths) places.set(path, `/${realFile(path.slice(1), resolve)}`);
  if (places.size === 0) return packages;
  const owners = ownersOf(packages, new Set(places.values()));
  if (owners.size === 0) return packages;
  return packages.map((found) => {
    if (ecosystems[found.type].os) return found;
    const own = found.paths.flatMap((path): readonly PathOwner[] => {
      const purl = owners.get(places.get(path)!);
      return purl === undefined ? [] : [{ path, purl }];
    });
    return own.length === 0 ? found : { ...found, owners: own };
  });
}

/** The real name of a file, of the archive for a place within one (`a.war:WEB-INF/lib/b.jar`). */
function realFile(path: string, resolve: (path: string) => string | null): string {
  return resolve(path) ?? resolve(path.slice(0, Math.max(0, path.indexOf(':')))) ?? path;
}

/** Several packages may list a file: the first in the order of packages stands for them. */
function ownersOf(packages: readonly Package[], places: ReadonlySet<string>): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { type, files, purl } of packages) {
    if (!ecosystems[type].os) continue;
    for (const file of files) if (places.has(file) && !owners.has(file)) owners.set(file, purl);
  }
  return owners;
}
