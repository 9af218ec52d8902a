import { groupStatuses } from '#feeds/ensure-groups.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import type { PipelineWorld } from '../pipeline.ts';

/** Asks upstream for news of every group that is in use and older than this. Groups that were never needed stay unfetched. */
export async function refreshFeeds(world: PipelineWorld, maxAgeMs: number): Promise<void> {
  for (const { group, state } of await groupStatuses(world, maxAgeMs)) {
    if (state === 'never' || state === 'ok') continue;
    const { feed } = findGroup(group);
    const outcome = await syncGroup(world, feed, group);
    world.log.info('feed refreshed', { group, outcome: outcome.kind, records: outcome.status.records });
  }
}
