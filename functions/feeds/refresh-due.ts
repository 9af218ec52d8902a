import { groupStatuses } from '#feeds/ensure-groups.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { touchedImages } from '#matching/touched-images.ts';
import type { Count } from '#platform/aws/embedded-metrics.ts';
import { sendEvents } from '#platform/bus.ts';
import type { EventOf } from '#schema/events.ts';
import type { PipelineWorld } from '../pipeline.ts';
import { groupsInUse, refreshGroup } from '../refresh-feeds.ts';

/** A group that was asked about within the hour was asked by a run that was repeated. */
const minAgeMs = 3_600_000;

/** Messages that are sent together. */
const sentAtOnce = 100;

/**
 * Asks upstream for news of a group, or of all `in-use`, the one that waits longest first, and has every image evaluated anew that a change
 * speaks of; then tells how old the oldest group in use is. `isOver` is asked before each group: those that are left are the
 * first of the next run. Throws `input/invalid` when there is no such group.
 */
export async function refreshDue(
  world: PipelineWorld & { readonly count: Count },
  group: string,
  isOver: () => boolean = () => false,
): Promise<void> {
  const due = group === 'in-use' ? await groupsInUse(world, minAgeMs) : [findGroup(group)];
  for (const [at, one] of due.entries()) {
    if (isOver()) {
      world.log.error('feeds left for the next run', { groups: due.slice(at).map((left) => left.group) });
      break;
    }
    const outcome = await refreshGroup(world, one);
    if (outcome.kind === 'changed' && outcome.loaded.revision !== null)
      await evaluateTouched(world, one.group, outcome.loaded.revision);
  }
  world.count('feedAgeHours', await oldestHours(world));
}

async function evaluateTouched(world: PipelineWorld, group: string, revision: number): Promise<void> {
  let events: EventOf<'image.matched'>[] = [];
  let sent = 0;
  const send = async () => {
    await sendEvents(world.queues, events);
    sent += events.length;
    events = [];
  };
  for await (const image of touchedImages(world.sql, revision)) {
    events.push({ kind: 'image.matched', ...image });
    if (events.length === sentAtOnce) await send();
  }
  await send();
  world.log.info('images to evaluate anew', { group, revision, images: sent });
}

async function oldestHours(world: PipelineWorld): Promise<number> {
  const synced = (await groupStatuses(world)).flatMap(({ syncedAt }) => syncedAt ?? []);
  return synced.length === 0 ? 0 : (world.clock.now() - Math.min(...synced)) / 3_600_000;
}
