import type { Package } from '#core/package.ts';
import type { Candidate } from './candidate.ts';

/**
 * For a program that is judged by its CPEs: the purl of a package that is not, has all its files and its version, and has the same
 * vulnerability. Null when there is none.
 */
export function twinsOf(candidates: readonly Candidate[]): (candidate: Candidate) => string | null {
  const told = new Map<string, string>();
  const keys = ({ package: found, ids }: Candidate, path: string) =>
    ids.map((id) => JSON.stringify([path, plainVersion(found), id]));
  for (const candidate of candidates) {
    if (candidate.package.cpes !== undefined) continue;
    for (const path of candidate.package.paths)
      for (const key of keys(candidate, path)) told.set(key, candidate.package.purl);
  }
  return (candidate) => {
    if (candidate.package.cpes === undefined) return null;
    const twins = candidate.package.paths.map((path) => keys(candidate, path).find((key) => told.has(key)));
    return twins.length > 0 && twins.every((key) => key !== undefined) ? told.get(twins[0]!)! : null;
  };
}

/** Go writes `v1.2.3` of modules and 1.2.3 of its library. */
function plainVersion({ version }: Package): string {
  return version.replace(/^v(?=\d)/, '');
}
