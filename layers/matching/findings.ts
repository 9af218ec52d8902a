import { ecosystems } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import { severityRank } from '#core/severity.ts';
import type { Finding } from '#schema/finding.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { comparators } from '#versions/comparators.ts';
import type { Judgement } from './judge.ts';

/**
 * The findings of an image from what the database judged: records of one package that share an id or alias are one
 * finding. Sorted by package, then severity from the highest, then id.
 */
export async function findingsOf(report: ImageReport, judgements: AsyncIterable<Judgement>): Promise<Finding[]> {
  const packages = packagesByPurl(report);
  const byPurl = new Map<string, Judgement[]>();
  for await (const judgement of judgements) {
    const list = byPurl.get(judgement.purl);
    if (list === undefined) byPurl.set(judgement.purl, [judgement]);
    else list.push(judgement);
  }
  const findings = [...byPurl].flatMap(([purl, list]) => {
    const found = packages.get(purl);
    return found === undefined ? [] : joinAliases(list).map((records) => findingOf(found, records));
  });
  return findings.sort(byPackageSeverityId);
}

/** Copies that differ only in what a purl leaves out (the binary's source column) are judged as one. */
function packagesByPurl(report: ImageReport): Map<string, Package> {
  const packages = new Map<string, Package>();
  for (const found of report.packages) {
    const first = packages.get(found.purl);
    packages.set(
      found.purl,
      first === undefined ? found : { ...first, paths: [...new Set([...first.paths, ...found.paths])].sort() },
    );
  }
  return packages;
}

/** Groups records that name the same vulnerability, directly or through a third record (union-find by id). */
function joinAliases(records: readonly Judgement[]): Judgement[][] {
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
  const groups = new Map<string, Judgement[]>();
  for (const record of records) {
    const key = root(record.id);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return [...groups.values()];
}

function findingOf(found: Package, records: readonly Judgement[]): Finding {
  const affected = records.filter((record) => record.judgement === 'affected');
  const decisive = affected.length > 0 ? affected : records;
  const id = primaryId(found, decisive);
  const rated = [...decisive].sort((a, b) => rating(b, id) - rating(a, id))[0]!;
  const fixedIn = [...new Set(decisive.flatMap((record) => (record.fixed === null ? [] : [record.fixed])))];
  const same = new Set(records.flatMap((record) => [record.id, ...record.aliases]));
  const related = new Set(records.flatMap((record) => record.related));
  return {
    id,
    aliases: [...same].filter((other) => other !== id).sort(),
    related: [...related].filter((other) => !same.has(other)).sort(),
    package: { type: found.type, name: found.name, version: found.version, purl: found.purl },
    severity: rated.severity,
    severitySource: rated.severitySource,
    fixedIn: sortVersions(found, fixedIn),
    state: stateOf(decisive),
    judgement: affected.length > 0 ? 'affected' : 'undecidable',
    reason: affected.length > 0 ? null : reasonOf(decisive[0]!),
    namespace: rated.namespace,
    group: rated.group,
    urls: [...new Set(decisive.flatMap((record) => record.urls))].slice(0, 20),
    layer: found.layer,
    paths: found.paths,
  };
}

/**
 * Distributions are quoted by their own record ids. For languages GHSA goes before CVE, and that before a database's own
 * number: the order in which the v1 API's feeds knew them, so that allowlists written for those ids go on working.
 */
function primaryId(found: Package, records: readonly Judgement[]): string {
  const own = records.map((record) => record.id);
  const { os } = ecosystems[found.type];
  const ids = os ? own : [...own, ...records.flatMap((record) => record.aliases)];
  const prefixes = os ? ['CVE-'] : ['GHSA-', 'CVE-'];
  const rank = (id: string) =>
    (prefixes.findIndex((prefix) => id.startsWith(prefix)) + prefixes.length + 1) % (prefixes.length + 1);
  return [...new Set(ids)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0]!;
}

/** A rated record before an unrated one, the one that gave the finding its id before others, then the highest. */
function rating(record: Judgement, id: string): number {
  const rank = severityRank(record.severity);
  return rank === 0 ? 0 : rank + (record.id === id ? 10 : 0);
}

function stateOf(records: readonly Judgement[]): Finding['state'] {
  const states = new Set(records.map((record) => record.fixState));
  for (const state of ['fixed', 'wont-fix', 'not-fixed'] as const) if (states.has(state)) return state;
  return 'unknown';
}

function reasonOf(record: Judgement): string {
  return record.reason === 'package'
    ? `version '${record.version}' cannot be compared`
    : `the advisory's versions cannot be compared`;
}

function sortVersions(found: Package, versions: readonly string[]): string[] {
  const { compare } = comparators[ecosystems[found.type].scheme];
  return [...versions].sort((a, b) => {
    const order = compare(a, b);
    return typeof order === 'number' && order !== 0 ? order : a < b ? -1 : 1;
  });
}

function byPackageSeverityId(a: Finding, b: Finding): number {
  const key = (finding: Finding) => `${finding.package.type}\n${finding.package.name}\n${finding.package.version}`;
  return order(key(a), key(b)) || severityRank(b.severity) - severityRank(a.severity) || order(a.id, b.id);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
