import { Fault } from '#core/fault.ts';
import type { AskWorld } from './ask-for-groups.ts';
import { type FeedGroup, groupsOf } from './feed-group.ts';
import { reasonsNotToFetch } from './feed-terms.ts';
import { feeds } from './feeds.ts';
import { type GroupStatus, groupStatus, isDue } from './group-status.ts';
import { type StoredGroup, storedGroups } from './group-store.ts';
import { switchedOff, switchedOffNote } from './switch-store.ts';
import type { SyncProgress, SyncWorld } from './sync-feed.ts';

export interface EnsureOptions {
  /** Tell how the groups stand, fetch nothing. */
  readonly offline: boolean;
  /** A group that upstream confirmed longer ago than this is asked for again. Milliseconds. */
  readonly maxAgeMs: number;
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
  /** Namespaces whose groups are waited for, however large; none when left out. */
  readonly waitFor?: readonly string[] | undefined;
}

/** Two at a time: one waits for the network while the other writes. */
const atOnce = 2;

/**
 * The groups that hold advisories of these namespaces, fetched where they were never fetched or are too old. A feed that
 * cannot be had is told by its status, never thrown; so is one that is too large to wait for or needs consent (`note`). In the
 * order of the namespaces, each group once.
 */
export async function ensureGroups(
  world: SyncWorld & AskWorld,
  namespaces: readonly string[],
  options: EnsureOptions,
): Promise<readonly GroupStatus[]> {
  const groups = distinct(namespaces.flatMap(groupsOf));
  const stored = await storedByName(world);
  const now = world.clock.now();
  const waitedFor = (options.waitFor ?? []).flatMap(groupsOf);
  const noteOf = await reasonsNotToFetch(world, groups, {
    waitedFor: new Set(waitedFor.map(({ group }) => group)),
    loaded: world.askForGroup !== undefined,
  });
  const statuses = groups.map(
    (group): GroupStatus => ({ ...groupStatus(group, stored(group), now, options.maxAgeMs), note: noteOf(group) }),
  );
  if (options.offline) return statuses;
  const waiting = [...groups.entries()].filter(([at]) => statuses[at]!.note === null && isDue(statuses[at]!, now));
  // Most of the time nothing is due, and nobody asks.
  const off = waiting.length === 0 ? null : await switchedOff(world.sql);
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, group] = next;
      if (off?.group(group) === true) statuses[at] = { ...statuses[at]!, note: switchedOffNote };
      else statuses[at] = await synced(world, group, statuses[at]!, options);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return statuses;
}

/** Every group that any feed offers or that is stored, with its state; those older than `maxAgeMs` (a day when left out) are stale. */
export async function groupStatuses(
  world: Pick<SyncWorld, 'sql' | 'clock' | 'acceptedFeeds'>,
  maxAgeMs = 24 * 3_600_000,
): Promise<readonly GroupStatus[]> {
  const all = await storedGroups(world.sql);
  const known = feeds.flatMap((feed) => [
    ...feed.knownGroups.map((group) => ({ feed, group })),
    ...all.filter((stored) => stored.feed === feed.name).map(({ group }) => ({ feed, group })),
  ]);
  const stored = byName(all);
  const noteOf = await reasonsNotToFetch(world, known);
  const off = await switchedOff(world.sql);
  return distinct(known).map((group) => ({
    ...groupStatus(group, stored(group), world.clock.now(), maxAgeMs),
    note: off.group(group) ? switchedOffNote : noteOf(group),
  }));
}

function distinct(groups: readonly FeedGroup[]): readonly FeedGroup[] {
  return [...new Map(groups.map((group) => [`${group.feed.name} ${group.group}`, group])).values()];
}

async function storedByName({ sql }: Pick<SyncWorld, 'sql'>) {
  return byName(await storedGroups(sql));
}

function byName(groups: readonly StoredGroup[]): (group: FeedGroup) => StoredGroup | null {
  const stored = new Map(groups.map((group) => [`${group.feed} ${group.group}`, group]));
  return ({ feed, group }) => stored.get(`${feed.name} ${group}`) ?? null;
}

async function synced(
  world: SyncWorld,
  { feed, group }: FeedGroup,
  before: GroupStatus,
  options: EnsureOptions,
): Promise<GroupStatus> {
  // Most who ask how groups stand fetch none.
  const { syncGroup } = await import('./sync-feed.ts');
  try {
    return (await syncGroup(world, feed, group, { onProgress: options.onProgress })).status;
  } catch (thrown) {
    const fault = Fault.from(thrown);
    world.log.error('feed sync failed', {
      feed: feed.name,
      group,
      code: fault.code,
      reason: fault.message.slice(0, 500),
    });
    return { ...before, state: 'failed', lastError: fault.message.slice(0, 500) };
  }
}
