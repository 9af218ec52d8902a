import type { Package } from '#core/package.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { Judgement } from './judge.ts';
import { meetsOnly } from './meets-only.ts';

/** What may become a finding: the records of one vulnerability of one package, which share an id or alias. */
export interface Candidate {
  /** With those of its paths that the candidate is about. */
  readonly package: Package;
  readonly records: readonly Judgement[];
  /** Every id and alias of the records. */
  readonly ids: readonly string[];
  /** Purls of the distribution's packages that own all of the paths; empty when somebody else put them there. */
  readonly owners: readonly string[];
}

/**
 * The candidates of an image. Records that are for other packages of the same name (see {@link meetsOnly}) are none. Copies of a
 * language's package that the distribution's packages own are a candidate of their own.
 */
export function candidatesOf(
  report: Pick<ImageReport, 'packages'>,
  judgements: readonly Judgement[],
): readonly Candidate[] {
  const packages = packagesByPurl(report.packages);
  const byPurl = new Map<string, Judgement[]>();
  for (const judgement of judgements) {
    const found = packages.get(judgement.purl);
    if (found === undefined || !meetsOnly(found, judgement)) continue;
    const list = byPurl.get(judgement.purl);
    if (list === undefined) byPurl.set(judgement.purl, [judgement]);
    else list.push(judgement);
  }
  return [...byPurl].flatMap(([purl, list]) => {
    const parts = byOwner(packages.get(purl)!);
    return joinAliases(list).flatMap(({ records, ids }) => parts.map((part) => ({ ...part, records, ids })));
  });
}

/** Copies that differ only in what a purl leaves out (the binary's source column) are judged as one. */
function packagesByPurl(packages: readonly Package[]): Map<string, Package> {
  const byPurl = new Map<string, Package>();
  for (const found of packages) {
    const first = byPurl.get(found.purl);
    byPurl.set(found.purl, first === undefined ? found : merged(first, found));
  }
  return byPurl;
}

function merged(a: Package, b: Package): Package {
  const owners = [...(a.owners ?? []), ...(b.owners ?? [])];
  return {
    ...a,
    paths: [...new Set([...a.paths, ...b.paths])].sort(),
    ...(owners.length === 0 ? {} : { owners }),
  };
}

function byOwner(found: Package): Pick<Candidate, 'package' | 'owners'>[] {
  const { owners = [], paths } = found;
  const owned = new Set(owners.map(({ path }) => path));
  const free = paths.filter((path) => !owned.has(path));
  const purls = [...new Set(owners.map(({ purl }) => purl))];
  return [
    ...(owned.size === 0 ? [] : [{ package: { ...found, paths: [...owned].sort() }, owners: purls }]),
    ...(owned.size > 0 && free.length === 0 ? [] : [{ package: { ...found, paths: free }, owners: [] }]),
  ];
}

/** Groups records that name the same vulnerability, directly or through a third record (union-find by id). */
function joinAliases(records: readonly Judgement[]): { records: Judgement[]; ids: readonly string[] }[] {
  const parent = new Map<string, string>();
  const root = (id: string): string => {
    let at = id;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  for (const record of records) {
    const first = root(record.id);
    for (const id of [record.id, ...record.aliases]) parent.set(root(id), first);
  }
  const groups = new Map<string, { records: Judgement[]; ids: Set<string> }>();
  for (const record of records) {
    const key = root(record.id);
    const group = groups.get(key) ?? { records: [], ids: new Set<string>() };
    if (group.records.length === 0) groups.set(key, group);
    group.records.push(record);
    for (const id of [record.id, ...record.aliases]) group.ids.add(id);
  }
  return [...groups.values()].map(({ records: own, ids }) => ({ records: own, ids: [...ids] }));
}
