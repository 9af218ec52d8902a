import { distroNamespace } from '#core/distro.ts';
import type { Note } from '#core/note.ts';
import type { AskWorld } from '#feeds/ask-for-groups.ts';
import { ensureGroups } from '#feeds/ensure-groups.ts';
import { groupsOf } from '#feeds/feed-group.ts';
import type { GroupStatus } from '#feeds/group-status.ts';
import type { SyncProgress, SyncWorld } from '#feeds/sync-feed.ts';
import type { Sql } from '#platform/sql.ts';
import type { Finding, SuppressedFinding } from '#schema/finding.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { corrected } from './correction.ts';
import { correctionsOf } from './correction-store.ts';
import { type Found, findingsOf } from './findings.ts';
import { foreignPackages } from './foreign-packages.ts';
import { type ImageSets, packageSets } from './package-set.ts';
import { storePackageSets } from './package-store.ts';

/** What is known to be wrong with an image, by which feeds, and what could not be told. */
export interface JudgedImage {
  readonly findings: readonly Finding[];
  /** What would be findings but for a rule, each with the reason. */
  readonly suppressed: readonly SuppressedFinding[];
  readonly feeds: readonly GroupStatus[];
  /** All groups that speak of the image: also those that are not there and would only add scores. */
  readonly needed: readonly GroupStatus[];
  /** Advisory namespace of the distribution; null when there is none. */
  readonly distroNamespace: string | null;
  /** Those of `feeds` that speak of the distribution's packages. */
  readonly distroFeeds: readonly GroupStatus[];
  /** How long the distribution's release is mended; null when that is not known, or there is none. */
  readonly lifecycle: Found['lifecycle'];
  /** Everything that was not judged, or judged by less than all there is. */
  readonly notes: readonly Note[];
  /** Digests of the package sets that were judged: what links a stored image to its packages. */
  readonly sets: readonly string[];
}

/** How to judge, beside by which feeds. */
export interface JudgeOptions {
  /** Digests of package sets that are surely stored: for an image that has no others the database is not asked which of them it has. */
  readonly storedSets?: readonly string[];
  /** Whose corrections apply; none when left out. */
  readonly account?: string | null;
  /** When the image came, milliseconds since the epoch: findings then tell when they were first seen. */
  readonly knownSince?: number | null;
  /** Judge by what the feeds had said at this moment, milliseconds since the epoch; now when left out. */
  readonly at?: number | null;
}

/** What is known of vulnerabilities and releases themselves: see Feed.groupsFor. */
const enrichments = ['cve', 'lifecycle'];

/** Namespaces of what may be known otherwise: nobody waits for a large feed of these. */
const besides: readonly string[] = [...enrichments, 'cpe'];

/**
 * Judges an image report by the feed groups that its packages need. Groups that were never fetched or are older than
 * `maxAgeMs` are fetched first, unless `offline`; those that take minutes only if `patient`, and only where they judge packages of
 * the distribution or of languages. A feed that cannot be had is a note, never an error and never silence.
 */
export async function judgeReport(
  world: SyncWorld & AskWorld,
  report: ImageReport,
  options: {
    readonly offline: boolean;
    readonly maxAgeMs: number;
    readonly patient?: boolean;
    readonly onProgress?: (progress: SyncProgress) => void;
  } & JudgeOptions,
): Promise<JudgedImage> {
  const judged = await packagesToJudge(world, report, options);
  const { sets, namespaces, notes } = judged;
  const statuses = await ensureGroups(world, [...namespaces, ...enrichments], {
    ...options,
    waitFor: options.patient === true ? namespaces.filter((one) => !besides.includes(one)) : [],
  });
  const scoring = new Set(enrichments.flatMap(groupsOf).map(({ group }) => group));
  // What only adds scores leaves nothing unjudged where it is not there.
  const feeds = statuses.filter(({ group, syncedAt }) => syncedAt !== null || !scoring.has(group));
  const found = await foundBy(world, judged, options);
  const namespace = distroNamespace(report.distro);
  const own = new Set(namespace === null ? [] : groupsOf(namespace).map(({ group }) => group));
  return {
    findings: found.findings,
    suppressed: found.suppressed,
    feeds,
    needed: statuses,
    distroNamespace: namespace,
    lifecycle: found.lifecycle,
    distroFeeds: feeds.filter(({ group }) => own.has(group)),
    sets: sets.map(({ digest }) => digest),
    notes: [
      ...notes,
      ...unservedNotes(namespaces),
      ...endNotes(world, namespace, found.lifecycle),
      ...feeds.flatMap(feedNotes),
      ...unratedNotes(
        found.findings,
        statuses.filter((status) => !feeds.includes(status)),
      ),
    ],
  };
}

/** The findings alone, by what is stored, whatever the feeds' state. */
export async function reportFindings(
  world: Pick<SyncWorld, 'sql' | 'clock'>,
  report: JudgedReport,
  options: JudgeOptions = {},
): Promise<Found> {
  return foundBy(world, await packagesToJudge(world, report, options), options);
}

/** What of a report is judged. */
type JudgedReport = Pick<ImageReport, 'distro' | 'packages' | 'imported'>;

/** The packages of an image, as an account has corrected them. */
interface ToJudge extends ImageSets {
  readonly report: Pick<ImageReport, 'distro' | 'packages'>;
  /** Whether all sets are surely stored. */
  readonly stored: boolean;
}

/**
 * Sets that are all linked to the image are those that its account judges, so nothing is asked: an account without corrections pays
 * nothing for those of others. Others may have been corrected.
 */
async function packagesToJudge(
  { sql }: Pick<SyncWorld, 'sql'>,
  whole: JudgedReport,
  { account = null, storedSets = [] }: JudgeOptions,
): Promise<ToJudge> {
  const { distro, packages } = whole;
  const report = { distro, packages: whole.imported === true ? foreignPackages(whole) : packages };
  const known = new Set(storedSets);
  const stored = ({ sets }: ImageSets) => sets.every(({ digest }) => known.has(digest));
  const plain = packageSets(report);
  const corrections = account === null || stored(plain) ? [] : await correctionsOf(sql, account);
  if (corrections.length === 0) return { ...plain, report, stored: stored(plain) };
  const own = { distro, packages: corrected(report.packages, corrections) };
  const sets = packageSets(own);
  return { ...sets, report: own, stored: stored(sets) };
}

async function foundBy(
  { sql, clock }: Pick<SyncWorld, 'sql' | 'clock'>,
  { report, sets, stored }: ToJudge,
  { knownSince = null, at = null }: JudgeOptions,
): Promise<Found> {
  if (sets.length === 0) return { findings: [], suppressed: [], lifecycle: null };
  const digests = sets.map(({ digest }) => digest);
  if (!stored) await storePackageSets(sql, sets);
  const asOf = at === null ? null : await revisionAt(sql, at);
  return findingsOf(sql, report, digests, { asOf, knownSince, now: at ?? clock.now() });
}

/** The last revision that had begun at a moment; 0 when nothing was known then. */
async function revisionAt(sql: Sql, at: number): Promise<number> {
  const [row] = await sql.query<{ revision: number }>(
    'select coalesce(max(revision), 0) as revision from feed_revision where at <= :at::bigint',
    { at },
  );
  return row!.revision;
}

/** A release that has reached its end is told of by nobody: no findings would say more than is known. */
function endNotes(
  { clock }: Pick<SyncWorld, 'clock'>,
  namespace: string | null,
  lifecycle: Found['lifecycle'],
): Note[] {
  const end = lifecycle?.endOfLife ?? null;
  if (end === null || !(Date.parse(end) < clock.now())) return [];
  const longer = lifecycle?.endOfExtendedSupport ?? null;
  const paid = longer === null ? '' : `, with paid support until ${longer}`;
  return [
    note(
      'match',
      `${namespace} reached its end of life on ${end}${paid}: nobody may tell of vulnerabilities found since`,
    ),
  ];
}

function unservedNotes(namespaces: readonly string[]): Note[] {
  return namespaces
    .filter((namespace) => groupsOf(namespace).length === 0)
    .map((namespace) => note('match', `packages of ${namespace} are not judged: no feed has advisories for it`));
}

/** Alpine's, Go's and other databases rate nothing: whoever sees `Unknown` is told who would. */
function unratedNotes(findings: readonly Finding[], absent: readonly GroupStatus[]): Note[] {
  const unrated = findings.filter(({ severity }) => severity === 'Unknown').length;
  const ratings = absent.find(({ group }) => group === 'nvd');
  if (unrated === 0 || ratings === undefined) return [];
  const what = unrated === 1 ? '1 finding is' : `${unrated} findings are`;
  return [
    note('match', `${what} rated by nobody whose ratings are here; nvd may: ${ratings.note ?? 'not loaded yet'}`),
  ];
}

function feedNotes(feed: GroupStatus): Note[] {
  const analyzer = `feed ${feed.group}`;
  const missing =
    feed.missing.slice(0, 5).join(', ') + (feed.missing.length > 5 ? ` and ${feed.missing.length - 5} more` : '');
  const parts = missing === '' ? [] : [note(analyzer, `upstream does not have ${missing}: judged without it`)];
  switch (feed.state) {
    case 'ok':
      return parts;
    case 'never':
      return [
        note(
          analyzer,
          `never fetched: nothing is judged by it; ${feed.note ?? 'run `plimsoll feeds sync` while online'}`,
        ),
        ...parts,
      ];
    case 'absent':
      return [note(analyzer, `upstream does not have this group: nothing is judged by it`), ...parts];
    case 'failed':
      return [
        note(analyzer, `could not be fetched: ${feed.lastError ?? 'no reason given'}; judged by what is stored`),
        ...parts,
      ];
    case 'stale':
      return [note(analyzer, 'stale: judged by what is stored; run `plimsoll feeds sync` while online'), ...parts];
  }
}

function note(analyzer: string, problem: string): Note {
  return { analyzer, layer: null, path: null, problem };
}
