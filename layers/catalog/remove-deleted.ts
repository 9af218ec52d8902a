import type { Platform } from '#platform/platform.ts';
import { dropImages, dropUnlinkedSets } from './dropped-image-store.ts';

/** Images of one transaction, and sets of one statement. */
const chunk = 100;
const setChunk = 1000;

/** So long a set that no image has is kept: nobody who found it just now is still at work with it then. */
const keptMs = 24 * 3_600_000;

/**
 * Takes what is being deleted out of the catalog, and package sets that no image had for a day, until all is gone or `late` says so; how many
 * images went. One that dies is gone on with.
 */
export async function removeDeleted(
  world: Pick<Platform, 'sql' | 'clock' | 'log'>,
  late: () => boolean,
): Promise<number> {
  let removed = 0;
  for (let full = true; full && !late(); ) {
    const gone = await dropImages(world, { account: null, which: 'deleting', limit: chunk, now: world.clock.now() });
    removed += gone;
    full = gone === chunk;
  }
  while (!late() && (await dropUnlinkedSets(world, world.clock.now() - keptMs, setChunk)) === setChunk);
  if (removed > 0) world.log.info('deleted images removed', { images: removed });
  return removed;
}
