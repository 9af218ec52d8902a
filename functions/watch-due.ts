import { hastenWatch, nextWatch, openWatches } from '#catalog/watch-store.ts';
import type { Subscription } from '#notices/subscription.ts';
import { type Blobs, readBlob } from '#platform/blobs.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';
import type { Event, EventOf } from '#schema/events.ts';
import { runWatches, type WatchWorld } from './run-watches.ts';

/** Holds until when no watch is due, so that who only comes by the clock need not wake the database; not there: ask. */
const idleKey = 'watches/idle';

type World = WatchWorld & { readonly blobs: Blobs };

/** The step of `watch.due`. Called by the clock alone, it asks the database only when something may be due. */
export async function watchDue(world: World, { timer }: EventOf<'watch.due'>): Promise<readonly Event[]> {
  if (timer === true && (await isIdle(world))) return [];
  const next = await runWatches(world);
  const due = await nextWatch(world, world.watching.telling);
  await world.blobs.replace(idleKey, Buffer.from(String(due ?? Number.MAX_SAFE_INTEGER)));
  // Whoever subscribed since takes the blob away before or after it was written: one of the two sees the other.
  if ((await openWatches(world, world.clock.now())) > 0) await expectWatches(world);
  return next;
}

/**
 * To be called when subscriptions of tag_update or repo_update may have been added or switched on: they are looked at when the time
 * comes next.
 */
export async function expectWatches({ blobs }: Pick<Platform, 'blobs'>): Promise<void> {
  await blobs.delete(idleKey);
}

/** To be called after a subscription was added or changed: one that watches is looked at at once. */
export async function watchSoon(
  world: Pick<Platform, 'sql' | 'queues' | 'clock'>,
  { id, type, active }: Pick<Subscription, 'id' | 'type' | 'active'>,
): Promise<void> {
  if (!active || (type !== 'tag_update' && type !== 'repo_update')) return;
  await hastenWatch(world, id, world.clock.now());
  await sendEvents(world.queues, [{ kind: 'watch.due' }]);
}

async function isIdle({ blobs, clock }: World): Promise<boolean> {
  const until = Number((await readBlob(blobs, idleKey))?.toString() ?? 0);
  return clock.now() < until;
}
