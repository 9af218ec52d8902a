import type { AffectedRange } from '../advisory.ts';

export interface ArchRange {
  readonly range: AffectedRange;
  /** As criteria write it: `(aarch64|x86_64)`; null: of every architecture. */
  readonly arch: string | null;
}

/**
 * The ranges of criteria that repeat every package for every architecture. What holds on all architectures of a package is said
 * once, without them; only where they differ (a build that was done again on one of them) is it said of each. `choose` says
 * which of several mends on one architecture counts (`lowestFixes`, `highestFixes`).
 */
export function archRanges(
  all: readonly ArchRange[],
  choose: (ranges: readonly AffectedRange[]) => readonly AffectedRange[],
): readonly AffectedRange[] {
  const packages = new Map<string, Map<string, { range: AffectedRange; arches: readonly string[] | null }>>();
  for (const { range, arch } of all) {
    const name = `${range.namespace} ${range.name}`;
    const said = packages.get(name) ?? new Map();
    packages.set(name, said);
    const text = JSON.stringify(range);
    const arches = archesOf(arch);
    const before = said.get(text);
    if (before === undefined) said.set(text, { range, arches });
    else said.set(text, { range, arches: arches && before.arches && [...new Set([...before.arches, ...arches])] });
  }
  return [...packages.values()].flatMap((said) => ofPackage([...said.values()], choose));
}

function ofPackage(
  said: readonly { range: AffectedRange; arches: readonly string[] | null }[],
  choose: (ranges: readonly AffectedRange[]) => readonly AffectedRange[],
): readonly AffectedRange[] {
  const known = [...new Set(said.flatMap(({ arches }) => arches ?? []))].sort();
  if (known.length === 0) return choose(said.map(({ range }) => range));
  const holding = new Map<AffectedRange, string[]>();
  for (const arch of known) {
    const here = said.filter(({ arches }) => arches === null || arches.includes(arch));
    for (const range of choose(here.map(({ range }) => range)))
      holding.set(range, [...(holding.get(range) ?? []), arch]);
  }
  return [...holding].map(([range, arches]) =>
    arches.length === known.length ? range : { ...range, only: { ...range.only, arch: arches } },
  );
}

/** Distributions have ten. */
const maxArches = 50;

/** The architectures of a pattern that only lists them; null for any other. */
function archesOf(pattern: string | null): readonly string[] | null {
  const listed = /^\^?\(?([\w|]+)\)?\$?$/.exec(pattern ?? '')?.[1];
  const arches = listed?.split('|').filter((arch) => arch !== '') ?? [];
  return arches.length === 0 || arches.length > maxArches ? null : arches;
}
