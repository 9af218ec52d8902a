import type { Advisory, AffectedRange } from '../advisory.ts';
import type { OsvEcosystem } from './osv-ecosystems.ts';

/** Finds an advisory of the same ecosystem by its id; null when there is none, or none that counts (withdrawn). */
export type FindAdvisory = (id: string) => Promise<Advisory | null>;

/**
 * The advisory with the ranges of the database that decides, for each package that an alias of that database speaks of
 * too. Both records then find the same versions and become one finding with what each knows beside ranges (rating,
 * title, links); where they disagree, the weaker one is not a finding of its own.
 */
export async function decidedRanges(
  advisory: Advisory,
  { databases }: OsvEcosystem,
  find: FindAdvisory,
): Promise<Advisory> {
  if (databases === undefined || !databases.prefixes.some((prefix) => advisory.id.startsWith(prefix))) return advisory;
  const others = new Map<string, ReadonlyMap<string, readonly AffectedRange[]>>();
  const affected: AffectedRange[] = [];
  for (const [name, own] of rangesByName([advisory])) {
    const prefix = databases.decides(name);
    if (advisory.id.startsWith(prefix)) {
      affected.push(...own);
      continue;
    }
    const known = others.get(prefix) ?? rangesByName(await found(advisory.aliases, prefix, find));
    others.set(prefix, known);
    affected.push(...(known.get(name) ?? own));
  }
  return { ...advisory, affected };
}

async function found(aliases: readonly string[], prefix: string, find: FindAdvisory): Promise<readonly Advisory[]> {
  const advisories: Advisory[] = [];
  for (const alias of aliases) {
    const advisory = alias.startsWith(prefix) ? await find(alias) : null;
    if (advisory !== null) advisories.push(advisory);
  }
  return advisories;
}

function rangesByName(advisories: readonly Advisory[]): Map<string, AffectedRange[]> {
  const names = new Map<string, AffectedRange[]>();
  for (const range of advisories.flatMap(({ affected }) => affected)) {
    const ranges = names.get(range.name);
    if (ranges === undefined) names.set(range.name, [range]);
    else ranges.push(range);
  }
  return names;
}
