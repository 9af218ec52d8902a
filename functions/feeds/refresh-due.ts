import { groupStatuses } from '#feeds/ensure-groups.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { switchedOff } from '#feeds/switch-store.ts';
import type { Count } from '#platform/aws/embedded-metrics.ts';
import { groupsInUse, refreshGroups, type RefreshWorld } from '../refresh-feeds.ts';

/** A group that was asked about within the hour was asked by a run that was repeated. */
const minAgeMs = 3_600_000;

/**
 * Asks upstream for news of a group, or of all `in-use`, the one that waits longest first, as {@link refreshGroups} does; then tells how
 * old the oldest group in use is, also when a change could not be told. Throws `input/invalid` when there is no such group.
 */
export async function refreshDue(
  world: RefreshWorld & { readonly count: Count },
  group: string,
  isOver?: () => boolean,
): Promise<void> {
  const due = group === 'in-use' ? await groupsInUse(world, minAgeMs) : [findGroup(group)];
  try {
    await refreshGroups(world, due, isOver);
  } finally {
    world.count('feedAgeHours', await oldestHours(world));
  }
}

async function oldestHours(world: RefreshWorld): Promise<number> {
  const off = await switchedOff(world.sql);
  const statuses = (await groupStatuses(world)).filter(({ group }) => !off.group(findGroup(group)));
  const synced = statuses.flatMap(({ syncedAt }) => syncedAt ?? []);
  return synced.length === 0 ? 0 : (world.clock.now() - Math.min(...synced)) / 3_600_000;
}
