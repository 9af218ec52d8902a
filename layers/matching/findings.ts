import { ecosystems } from '#core/ecosystem.ts';
import { severityRank } from '#core/severity.ts';
import { groupsOf } from '#feeds/feed-group.ts';
import { storedGroups } from '#feeds/group-store.ts';
import type { Sql } from '#platform/sql.ts';
import type { Finding, SuppressedFinding } from '#schema/finding.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { type Candidate, candidatesOf } from './candidate.ts';
import { type DistroVerdicts, distroVerdicts, type VerdictQuestion } from './distro-verdicts.ts';
import { type Known, nothingKnown } from './enrichment.ts';
import { findingOf } from './finding-of.ts';
import { heldSince } from './held-since.ts';
import { judge } from './judge.ts';
import { type MatchName, matchNames, type NamingWorld, namingWorld } from './match-name.ts';
import type { Rule, RuleWorld } from './rule.ts';
import { rules } from './rules.ts';
import { tellingAll } from './rules/comprehensive-feed.ts';
import { twinsOf } from './twins.ts';

/** What is wrong with an image, and what would be but for a rule. */
export interface Found {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** How long the release that judges the distribution's packages is mended; null when that is not known. */
  readonly lifecycle: Known['lifecycle'];
}

export interface FindingOptions {
  /** By what was known under this revision of the feeds; ratings and scores are always those of now. Null: by what is known now. */
  readonly asOf: number | null;
  /** When the image came, milliseconds since the epoch: findings then tell when they were first seen. Null: they do not. */
  readonly knownSince: number | null;
  /** Milliseconds since the epoch; a release that has reached its end tells of nothing new. */
  readonly now: number;
}

/**
 * The findings of an image whose packages are in the stored sets of these digests: records of one package that share an id
 * or alias are one finding. Sorted by package, then severity from the highest, then id.
 */
export async function findingsOf(
  sql: Sql,
  report: Pick<ImageReport, 'distro' | 'packages'>,
  digests: readonly string[],
  options: FindingOptions,
): Promise<Found> {
  const naming = namingWorld(report);
  const about = naming.advisories === null ? [] : [naming.advisories.namespace];
  const { judgements, known } = await judge(sql, digests, { asOf: options.asOf, about });
  const candidates = candidatesOf(report, judgements);
  const world = await ruleWorld(sql, report, naming, candidates, known, options);
  const since = options.knownSince === null ? null : await heldSince(sql, judgements, options.knownSince);
  const findings: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  for (const candidate of candidates) {
    const finding = findingOf(candidate, { known, heldSince: since });
    const by = reasonAgainst(candidate, world, rules);
    if (by === null) findings.push(finding);
    else suppressed.push({ ...finding, suppressed: by });
  }
  return {
    findings: findings.sort(byPackageSeverityId),
    suppressed: suppressed.sort(byPackageSeverityId),
    lifecycle: about[0] === undefined ? null : known(about[0]).lifecycle,
  };
}

function reasonAgainst(
  candidate: Candidate,
  world: RuleWorld,
  asked: readonly Rule[],
): SuppressedFinding['suppressed'] | null {
  for (const rule of asked) {
    const reason = rule.suppresses(candidate, world);
    if (reason !== null) return { rule: rule.name, reason };
  }
  return null;
}

const silent: RuleWorld = {
  ownVerdict: () => null,
  ownerVerdict: () => null,
  ownerNamespace: () => null,
  tellsAll: () => false,
  known: () => nothingKnown,
  twin: () => null,
};

/** Verdicts are asked for where rules that need none let a candidate be. */
async function ruleWorld(
  sql: Sql,
  report: Pick<ImageReport, 'packages'>,
  naming: NamingWorld,
  candidates: readonly Candidate[],
  known: (id: string) => Known,
  { asOf, now }: FindingOptions,
): Promise<RuleWorld> {
  const first = rules.filter(({ asksVerdicts }) => !asksVerdicts);
  const twin = twinsOf(candidates);
  const open = candidates.filter((candidate) => reasonAgainst(candidate, { ...silent, known, twin }, first) === null);
  const packages = new Map(report.packages.map((found) => [found.purl, found]));
  const namesOf = (purl: string): readonly MatchName[] => {
    const found = packages.get(purl);
    const named = found === undefined ? null : matchNames(found, naming);
    return named?.kind === 'named' ? named.names : [];
  };
  const verdicts = await distroVerdicts(sql, questionsOf(open, namesOf), asOf);
  const owned = open.some(({ owners }) => owners.length > 0);
  const loaded = owned ? await loadedNamespaces(sql) : () => false;
  return {
    known,
    twin,
    ownVerdict: ({ package: found, ids }) => strongest(verdicts, namesOf(found.purl), ids),
    ownerVerdict: ({ ids }, owner) => strongest(verdicts, namesOf(owner), ids),
    ownerNamespace: (owner) => namesOf(owner)[0]?.namespace ?? null,
    tellsAll(namespace) {
      const { lifecycle } = known(namespace);
      const ended = lifecycle?.endOfLife != null && Date.parse(lifecycle.endOfLife) < now;
      return !ended && tellingAll.includes(namespace.split(':')[0]!) && loaded(namespace);
    },
  };
}

/** Nobody says of a language's package that it is not affected, but of what the distribution or the NVD name. */
function questionsOf(
  candidates: readonly Candidate[],
  namesOf: (purl: string) => readonly MatchName[],
): readonly VerdictQuestion[] {
  return candidates.flatMap(({ package: found, ids, owners }) => [
    ...(ecosystems[found.type].os || found.cpes !== undefined
      ? namesOf(found.purl).map((name) => ({ name, ids, every: false }))
      : []),
    ...owners.flatMap((owner) => namesOf(owner).map((name) => ({ name, ids, every: true }))),
  ]);
}

function strongest(verdicts: DistroVerdicts, names: readonly MatchName[], ids: readonly string[]) {
  const said = names.map((name) => verdicts(name, ids));
  return (['not-affected', 'affected', 'fixed'] as const).find((verdict) => said.includes(verdict)) ?? null;
}

async function loadedNamespaces(sql: Sql): Promise<(namespace: string) => boolean> {
  const stored = await storedGroups(sql);
  const loaded = new Set(
    stored.filter(({ syncedAt }) => syncedAt !== null).map(({ feed, group }) => `${feed} ${group}`),
  );
  return (namespace) => {
    const groups = groupsOf(namespace).map(({ feed, group }) => ({ feed, is: loaded.has(`${feed.name} ${group}`) }));
    return groups.some(({ is }) => is) && groups.every(({ feed, is }) => is || feed.demand === 'tell');
  };
}

function byPackageSeverityId(a: Finding, b: Finding): number {
  const key = (finding: Finding) => `${finding.package.type}\n${finding.package.name}\n${finding.package.version}`;
  return order(key(a), key(b)) || severityRank(b.severity) - severityRank(a.severity) || order(a.id, b.id);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
