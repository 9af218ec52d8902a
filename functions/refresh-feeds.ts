import { groupStatuses } from '#feeds/ensure-groups.ts';
import { type FeedGroup, findGroup } from '#feeds/feed-group.ts';
import { switchedOff } from '#feeds/switch-store.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { pruneChanges } from '#feeds/unannounced-store.ts';
import { type AnnounceFeedsWorld, announceFeeds } from './announce-feeds.ts';
import type { PipelineWorld } from './pipeline.ts';
import { beginSync, endSync, type SyncedGroup, type SyncRun } from './tell-sync.ts';

export type RefreshWorld = PipelineWorld & AnnounceFeedsWorld;

/** For so long a change of packages that was told can still be looked up. */
const changesKeptMs = 90 * 24 * 60 * 60 * 1000;

/** Asks upstream for news of every group that is in use and older than this. Groups that were never needed stay unfetched. */
export async function refreshFeeds(world: RefreshWorld, maxAgeMs: number): Promise<void> {
  await refreshGroups(world, await groupsInUse(world, maxAgeMs));
}

/**
 * Asks upstream for news of these groups, one after the other, and has every change told and images evaluated anew, also what an
 * earlier run left. What was told long ago is forgotten. `isOver` is asked before each: those that are left are the first of the next run. Throws, in the end, what kept
 * the last change from being told, and what the database throws.
 */
export async function refreshGroups(
  world: RefreshWorld,
  due: readonly FeedGroup[],
  isOver: () => boolean = () => false,
): Promise<void> {
  let failure = await announceFeeds(world);
  let run: SyncRun | null = null;
  const outcomes: SyncedGroup[] = [];
  for (const [at, one] of due.entries()) {
    if (isOver()) {
      world.log.error('feeds left for the next run', { groups: due.slice(at).map((left) => left.group) });
      break;
    }
    run ??= await beginSync(world, due);
    outcomes.push(await refreshGroup(world, one));
    failure = await announceFeeds(world);
  }
  if (run !== null) await endSync(world, run, outcomes);
  while (!isOver() && (await pruneChanges(world.sql, world.clock.now() - changesKeptMs)));
  if (failure !== null) throw failure;
}

/**
 * Groups that were ever asked for and that upstream confirmed longer ago than this, the longest ago first. Those of which no sync has
 * ended yet come last: who was asked for them may be at it. What is switched off is left out.
 */
export async function groupsInUse(world: PipelineWorld, maxAgeMs: number): Promise<readonly FeedGroup[]> {
  const statuses = await groupStatuses(world, maxAgeMs);
  const off = await switchedOff(world.sql);
  return statuses
    .filter(({ state, checkedAt }) => checkedAt !== null && state !== 'ok')
    .sort((a, b) => (a.checkedAt || Number.MAX_SAFE_INTEGER) - (b.checkedAt || Number.MAX_SAFE_INTEGER))
    .map(({ group }) => findGroup(group))
    .filter((group) => !off.group(group));
}

async function refreshGroup(world: PipelineWorld, { feed, group }: FeedGroup): Promise<SyncedGroup> {
  const outcome = await syncGroup(world, feed, group);
  world.log.info('feed refreshed', { group, outcome: outcome.kind, records: outcome.status.records });
  return { group, outcome: outcome.kind };
}
