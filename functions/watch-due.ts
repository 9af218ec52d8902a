import { nextWatch, openWatches } from '#catalog/watch-store.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Event, EventOf } from '#schema/events.ts';
import { expectWatches, idleUntil, noteIdle } from './idle-watches.ts';
import { runWatches, type WatchWorld } from './run-watches.ts';

/** The step of `watch.due`. Called by the clock alone, it asks the database only when something may be due. */
export async function watchDue(
  world: WatchWorld & { readonly blobs: Blobs },
  { timer }: EventOf<'watch.due'>,
): Promise<readonly Event[]> {
  if (timer === true && world.clock.now() < (await idleUntil(world))) return [];
  const next = await runWatches(world);
  await noteIdle(world, await nextWatch(world, world.watching.telling));
  // Whoever subscribed meanwhile took the note away before it was written, or will after: one of the two sees the other.
  if ((await openWatches(world, world.clock.now())) > 0) await expectWatches(world);
  return next;
}
