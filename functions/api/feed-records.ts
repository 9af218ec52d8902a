import { groupStatuses } from '#feeds/ensure-groups.ts';
import { type FeedGroup, findGroup } from '#feeds/feed-group.ts';
import type { GroupStatus } from '#feeds/group-status.ts';
import { namespaceCounts } from '#feeds/namespace-count-store.ts';
import { shownFeed } from '#feeds/shown-feed.ts';
import { switchedOff } from '#feeds/switch-store.ts';
import { isoSeconds } from './image-record.ts';
import type { ApiWorld } from './route.ts';

/** A group as the v1 API shows it, and the group of ours that it is, or is a part of. */
export interface ShownGroup {
  readonly of: FeedGroup;
  readonly record: {
    readonly name: string;
    readonly enabled: boolean;
    readonly created_at: string | null;
    readonly updated_at: string | null;
    readonly last_sync: string | null;
    readonly record_count: number;
  };
}

export interface ShownFeedRecord {
  readonly name: string;
  readonly enabled: boolean;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly last_full_sync: string | null;
  readonly groups: readonly ShownGroup[];
}

/** The feeds that clients wait for and ask for; others stand behind them. */
const first = ['vulnerabilities', 'github', 'nvdv2'];

/**
 * Feeds as the v1 API shows them: groups that were ever asked for or switched off. Groups of ours with several releases of a distribution
 * are a group each release, with its own number of records. While no image has asked for a distribution all that can be had stand
 * there, switched off: nothing is to be waited for, and switching one on has it loaded.
 */
export async function feedRecords(
  world: Pick<ApiWorld, 'sql' | 'clock' | 'acceptedFeeds'>,
): Promise<readonly ShownFeedRecord[]> {
  const statuses = await groupStatuses(world);
  const counts = await namespaceCounts(world.sql);
  const off = await switchedOff(world.sql);
  const shown = (status: GroupStatus, unused = false) => {
    const of = findGroup(status.group);
    const names = namesOf(of, status, counts.get(`${status.feed} ${status.group}`) ?? {});
    const enabled = !unused && !off.groupAlone(of);
    return names.map(([name, records]): ShownGroup => ({ of, record: groupRecord(name, records, status, enabled) }));
  };
  const used = statuses.filter((status) => status.state !== 'never' || off.groupAlone(findGroup(status.group)));
  const byFeed = Map.groupBy(
    used.flatMap((status) => shown(status)),
    ({ of }) => shownFeed(of).feed,
  );
  const nothingUsed = !byFeed.has(first[0]!);
  if (nothingUsed)
    byFeed.set(
      first[0]!,
      offered(statuses).flatMap((status) => shown(status, true)),
    );
  return [...first, ...[...byFeed.keys()].filter((name) => !first.includes(name)).sort()].flatMap((name) => {
    const groups = byFeed.get(name);
    if (groups === undefined) return [];
    const now = nothingUsed && name === first[0] ? isoSeconds(world.clock.now()) : null;
    return [feedRecord(name, !off.feed(name), groups, now)];
  });
}

/** Groups of distributions that were never asked for. */
function offered(statuses: readonly GroupStatus[]): readonly GroupStatus[] {
  return statuses.filter((status) => shownFeed(findGroup(status.group)).feed === first[0]);
}

/** The names of a group in the API, each with its records. */
function namesOf(
  of: FeedGroup,
  { group, records }: GroupStatus,
  counts: Readonly<Record<string, number>>,
): readonly (readonly [name: string, records: number])[] {
  const { group: name } = shownFeed(of);
  if (name !== null) return [[name, records]];
  const releases = Object.entries(counts).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return releases.length > 1 ? releases : [[releases[0]?.[0] ?? group, records]];
}

/** Of a group that upstream does not have, the last sync is when upstream said so: a client that waits for all waits no longer. */
function groupRecord(name: string, records: number, { state, syncedAt, checkedAt }: GroupStatus, enabled: boolean) {
  const last = syncedAt ?? (state === 'absent' ? checkedAt : null);
  const synced = last === null ? null : isoSeconds(last);
  return { name, enabled, created_at: synced, updated_at: synced, last_sync: synced, record_count: records };
}

/** `now` is given where nothing is behind because nothing is in use. */
function feedRecord(
  name: string,
  enabled: boolean,
  groups: readonly ShownGroup[],
  now: string | null,
): ShownFeedRecord {
  const times = groups.flatMap(({ record }) => record.last_sync ?? []).sort();
  const last = times.at(-1) ?? now;
  return { name, enabled, created_at: times[0] ?? null, updated_at: last, last_full_sync: last, groups };
}
