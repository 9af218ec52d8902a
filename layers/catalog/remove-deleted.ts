import type { Platform } from '#platform/platform.ts';
import { dropImages } from './dropped-image-store.ts';

/** Images of one transaction. */
const chunk = 100;

/** Takes what is being deleted out of the catalog, until all is gone or `late` says so; how many went. One that dies is gone on with. */
export async function removeDeleted(world: Pick<Platform, 'sql' | 'log'>, late: () => boolean): Promise<number> {
  let removed = 0;
  for (let full = true; full && !late(); ) {
    const gone = await dropImages(world, { account: null, which: 'deleting', limit: chunk });
    removed += gone;
    full = gone === chunk;
  }
  if (removed > 0) world.log.info('deleted images removed', { images: removed });
  return removed;
}
