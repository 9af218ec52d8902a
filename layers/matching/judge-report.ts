import { distroNamespace } from '#core/distro.ts';
import type { Note } from '#core/note.ts';
import { ensureGroups } from '#feeds/ensure-groups.ts';
import { groupsOf } from '#feeds/feed-group.ts';
import type { GroupStatus } from '#feeds/group-status.ts';
import type { SyncProgress, SyncWorld } from '#feeds/sync-feed.ts';
import type { Sql } from '#platform/sql.ts';
import type { Finding } from '#schema/finding.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { findingsOf } from './findings.ts';
import { judge } from './judge.ts';
import { type ImageSets, packageSets } from './package-set.ts';
import { storePackageSets } from './package-store.ts';

/** What is known to be wrong with an image, by which feeds, and what could not be told. */
export interface JudgedImage {
  readonly findings: readonly Finding[];
  readonly feeds: readonly GroupStatus[];
  /** Advisory namespace of the distribution; null when there is none. */
  readonly distroNamespace: string | null;
  /** Those of `feeds` that speak of the distribution's packages. */
  readonly distroFeeds: readonly GroupStatus[];
  /** Everything that was not judged, or judged by less than all there is. */
  readonly notes: readonly Note[];
  /** Digests of the package sets that were judged: what links a stored image to its packages. */
  readonly sets: readonly string[];
}

/**
 * Judges an image report by the feed groups that its packages need. Groups that were never fetched or are older than
 * `maxAgeMs` are fetched first, unless `offline`; a feed that cannot be had is a note, never an error and never silence.
 */
export async function judgeReport(
  world: SyncWorld,
  report: ImageReport,
  options: {
    readonly offline: boolean;
    readonly maxAgeMs: number;
    readonly onProgress?: (progress: SyncProgress) => void;
    /** As of {@link reportFindings}. */
    readonly storedSets?: readonly string[];
  },
): Promise<JudgedImage> {
  const imageSets = packageSets(report);
  const { sets, namespaces, notes } = imageSets;
  const feeds = await ensureGroups(world, namespaces, options);
  const findings = await findingsNow(world.sql, report, imageSets, options.storedSets);
  const namespace = distroNamespace(report.distro);
  const own = new Set(namespace === null ? [] : groupsOf(namespace).map(({ group }) => group));
  return {
    findings,
    feeds,
    distroNamespace: namespace,
    distroFeeds: feeds.filter(({ group }) => own.has(group)),
    sets: sets.map(({ digest }) => digest),
    notes: [...notes, ...unservedNotes(namespaces), ...feeds.flatMap(feedNotes)],
  };
}

/**
 * The findings alone, by what is stored now, whatever the feeds' state. `storedSets` are digests of package sets that are surely
 * stored: for an image that has no others the database is not asked which of them it has.
 */
export async function reportFindings(
  { sql }: Pick<SyncWorld, 'sql'>,
  report: ImageReport,
  storedSets: readonly string[] = [],
): Promise<readonly Finding[]> {
  return findingsNow(sql, report, packageSets(report), storedSets);
}

async function findingsNow(
  sql: Sql,
  report: ImageReport,
  { sets }: ImageSets,
  storedSets: readonly string[] = [],
): Promise<readonly Finding[]> {
  if (sets.length === 0) return [];
  const digests = sets.map(({ digest }) => digest);
  const stored = new Set(storedSets);
  if (!digests.every((digest) => stored.has(digest))) await storePackageSets(sql, sets);
  return findingsOf(report, judge(sql, digests));
}

function unservedNotes(namespaces: readonly string[]): Note[] {
  return namespaces
    .filter((namespace) => groupsOf(namespace).length === 0)
    .map((namespace) => note('match', `packages of ${namespace} are not judged: no feed has advisories for it`));
}

function feedNotes(feed: GroupStatus): Note[] {
  const analyzer = `feed ${feed.group}`;
  const parts = feed.missing.map((part) => note(analyzer, `upstream does not have ${part}: judged without it`));
  switch (feed.state) {
    case 'ok':
      return parts;
    case 'never':
      return [
        note(analyzer, 'never fetched: nothing is judged by it; run `plimsoll feeds sync` while online'),
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
