import { groupStatuses } from '#feeds/ensure-groups.ts';
import { type FeedGroup, findGroup } from '#feeds/feed-group.ts';
import { type SyncOutcome, syncGroup } from '#feeds/sync-feed.ts';
import type { PipelineWorld } from './pipeline.ts';

/** Asks upstream for news of every group that is in use and older than this. Groups that were never needed stay unfetched. */
export async function refreshFeeds(world: PipelineWorld, maxAgeMs: number): Promise<void> {
  for (const due of await groupsInUse(world, maxAgeMs)) await refreshGroup(world, due);
}

/** Groups that were ever asked for and that upstream confirmed longer ago than this, the longest ago first. */
export async function groupsInUse(world: PipelineWorld, maxAgeMs: number): Promise<readonly FeedGroup[]> {
  const statuses = await groupStatuses(world, maxAgeMs);
  return statuses
    .filter(({ state }) => state !== 'never' && state !== 'ok')
    .sort((a, b) => (a.checkedAt ?? 0) - (b.checkedAt ?? 0))
    .map(({ group }) => findGroup(group));
}

/** Asks upstream for news of a group. Throws only what the database throws. */
export async function refreshGroup(world: PipelineWorld, { feed, group }: FeedGroup): Promise<SyncOutcome> {
  const outcome = await syncGroup(world, feed, group);
  world.log.info('feed refreshed', { group, outcome: outcome.kind, records: outcome.status.records });
  return outcome;
}
