import { ecosystems } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import { type Severity, severityRank } from '#core/severity.ts';
import type { Cvss, Finding, FindingSource, FixState } from '#schema/finding.ts';
import { comparators } from '#versions/comparators.ts';
import type { Candidate } from './candidate.ts';
import type { Known } from './enrichment.ts';
import type { Judgement } from './judge.ts';
import { riskOf } from './risk.ts';

/** What the finding of a candidate takes from elsewhere. */
export interface FindingWorld {
  readonly known: (id: string) => Known;
  /** Null where nobody asked. */
  readonly heldSince: ((records: readonly Judgement[]) => number) | null;
}

const mostSources = 20;
const mostUrls = 20;
const mostVectors = 20;

/** The finding of a candidate: a record that is sure before one that is not, every source kept. */
export function findingOf({ package: found, records }: Candidate, { known, heldSince }: FindingWorld): Finding {
  const affected = records.filter((record) => record.judgement === 'affected');
  const decisive = affected.length > 0 ? affected : records;
  const id = primaryId(found, decisive);
  const ranked = [...decisive].sort((a, b) => rating(b, id) - rating(a, id));
  const same = new Set(records.flatMap((record) => [record.id, ...record.aliases]));
  const related = [...new Set(records.flatMap((record) => record.related))].filter((other) => !same.has(other)).sort();
  const facts = scoredIds([...same], related).map(known);
  const rated = severityOf(ranked[0]!, facts);
  const fixes = decisive.filter((record) => record.fixed !== null);
  const shown = {
    ...rated,
    cvss: vectorsOf(ranked, facts),
    epss: highestEpss(facts),
    kev: firstKev(facts),
  };
  return {
    id,
    aliases: [...same].filter((other) => other !== id).sort(),
    related,
    package: { type: found.type, name: found.name, version: found.version, purl: found.purl },
    title: ranked.find((record) => record.title !== null)?.title ?? titleOf(facts),
    ...shown,
    risk: riskOf(shown),
    disputed:
      decisive.some((record) => record.disputed) ||
      facts.some(({ ratings }) => ratings.some(({ status }) => status === 'disputed')),
    fixedIn: sortVersions(found, [...new Set(fixes.map((record) => record.fixed!))]),
    state: stateOf(decisive),
    channel: fixes.every((record) => record.channel !== null) ? (fixes[0]?.channel ?? null) : null,
    fixedAt: earliest(fixes),
    firstSeen: heldSince?.(records) ?? null,
    judgement: affected.length > 0 ? 'affected' : 'undecidable',
    reason: affected.length > 0 ? null : reasonOf(decisive[0]!),
    namespace: ranked[0]!.namespace,
    group: ranked[0]!.group,
    sources: sourcesOf(ranked),
    urls: [...new Set(decisive.flatMap((record) => record.urls))].slice(0, mostUrls),
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

/** Scores are given to CVEs: an erratum has those of the CVEs it mends. */
function scoredIds(same: readonly string[], related: readonly string[]): readonly string[] {
  return same.some((id) => id.startsWith('CVE-')) ? same : [...same, ...related.filter((id) => id.startsWith('CVE-'))];
}

/** The vendor's word first (the records'), then the NVD's; the highest of several CVEs. */
function severityOf(
  { severity, severitySource }: Judgement,
  facts: readonly Known[],
): { readonly severity: Severity; readonly severitySource: string | null } {
  if (severity !== 'Unknown') return { severity, severitySource };
  const ratings = facts.flatMap((known) => known.ratings.filter(({ status }) => status !== 'rejected').slice(0, 1));
  const [highest] = ratings.sort((a, b) => severityRank(b.severity) - severityRank(a.severity));
  if (highest === undefined || highest.severity === 'Unknown') return { severity: 'Unknown', severitySource: null };
  return { severity: highest.severity, severitySource: highest.source };
}

function vectorsOf(records: readonly Judgement[], facts: readonly Known[]): readonly Cvss[] {
  const all = [
    ...records.flatMap((record) => record.cvss),
    ...facts.flatMap(({ ratings }) => ratings.flatMap(({ cvss }) => cvss)),
  ];
  return [...new Map(all.map((one) => [`${one.source} ${one.vector}`, one])).values()].slice(0, mostVectors);
}

function highestEpss(facts: readonly Known[]): Finding['epss'] {
  const [highest] = facts.flatMap(({ epss }) => epss ?? []).sort((a, b) => b.score - a.score);
  return highest === undefined ? null : { score: highest.score, percentile: highest.percentile, date: highest.date };
}

function firstKev(facts: readonly Known[]): Finding['kev'] {
  const [first] = facts.flatMap(({ kev }) => kev ?? []).sort((a, b) => (a.added < b.added ? -1 : 1));
  return first === undefined ? null : { added: first.added, due: first.due, ransomware: first.ransomware };
}

function titleOf(facts: readonly Known[]): string | null {
  return facts.flatMap(({ ratings }) => ratings.flatMap(({ title }) => title ?? []))[0] ?? null;
}

const states: readonly FixState[] = [
  'fixed',
  'wont-fix',
  'end-of-life',
  'deferred',
  'not-fixed',
  'under-investigation',
];

/** That there is a fix tells more than that somebody has none. */
function stateOf(records: readonly Judgement[]): FixState {
  const said = new Set(records.map((record) => record.fixState));
  return states.find((state) => said.has(state)) ?? 'unknown';
}

function earliest(records: readonly Judgement[]): string | null {
  return records.flatMap(({ fixedAt }) => fixedAt ?? []).sort()[0] ?? null;
}

function reasonOf(record: Judgement): string {
  return record.reason === 'package'
    ? `version '${record.version}' cannot be compared`
    : `the advisory's versions cannot be compared`;
}

/** One for each record: several ranges of a record are one source, that with a fix first. */
function sourcesOf(records: readonly Judgement[]): readonly FindingSource[] {
  const sources = new Map<string, FindingSource>();
  for (const record of records) {
    const key = `${record.group}\n${record.id}\n${record.channel ?? ''}`;
    if (sources.has(key) && record.fixed === null) continue;
    sources.set(key, {
      id: record.id,
      group: record.group,
      severity: record.severity,
      severitySource: record.severitySource,
      fixedIn: record.fixed,
      state: record.fixState,
      channel: record.channel,
      url: record.urls[0] ?? null,
    });
  }
  return [...sources.values()].slice(0, mostSources);
}

function sortVersions(found: Package, versions: readonly string[]): string[] {
  const { compare } = comparators[ecosystems[found.type].scheme];
  return [...versions].sort((a, b) => {
    const order = compare(a, b);
    return typeof order === 'number' && order !== 0 ? order : a < b ? -1 : 1;
  });
}
