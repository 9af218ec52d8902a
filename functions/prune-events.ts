import { pruneEvents as prune, removeEvents } from '#notices/event-log-store.ts';
import { forgetDetails } from '#platform/event-details.ts';
import type { Platform } from '#platform/platform.ts';

type World = Pick<Platform, 'sql' | 'blobs' | 'clock' | 'log'>;

const day = 86_400_000;

/** Events of one statement. */
const chunk = 5000;

/** Forgets events that are older than so many days, until all are gone or `late` says so between two statements. */
export async function pruneEvents(world: World, days: number, late: () => boolean): Promise<void> {
  const before = world.clock.now() - days * day;
  let pruned = 0;
  for (let full = true; full && !late(); ) {
    const gone = await prune(world, before, chunk);
    await forgetDetails(world.blobs, gone);
    pruned += gone.length;
    full = gone.length === chunk;
  }
  if (pruned > 0) world.log.info('events forgotten', { events: pruned, days });
}

/** Removes the events of an account; false when it was `late` before all were gone. */
export async function removeEventsOf(
  world: Pick<Platform, 'sql' | 'blobs'>,
  account: string,
  late: () => boolean,
): Promise<boolean> {
  while (!late()) {
    const gone = await removeEvents(world, account, {}, chunk);
    await forgetDetails(world.blobs, gone);
    if (gone.length < chunk) return true;
  }
  return false;
}
