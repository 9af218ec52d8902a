import { currentImages } from '#catalog/current-tags-store.ts';
import { listActive } from '#notices/subscription-store.ts';
import { sendEvents } from '#platform/bus.ts';
import { fitting } from '#platform/fitting.ts';
import type { Platform } from '#platform/platform.ts';
import type { Event } from '#schema/events.ts';

/** Subscriptions of one statement, and about as many images are sent on together. */
const pageSize = 100;

/**
 * Has the images of all tags evaluated anew whose verdicts are subscribed to: verdicts change with time alone, when an exception ends or
 * a vulnerability gets too old, and nothing else would tell. To be called now and then; ends between pages when it is `late`.
 */
export async function renewWatched(
  world: Pick<Platform, 'sql' | 'queues' | 'log'>,
  late: () => boolean,
): Promise<void> {
  let images = 0;
  for (let after = '', full = true; full && !late(); ) {
    const { rows, limit } = await fitting(pageSize, (few) =>
      listActive(world, { type: 'policy_eval', after, limit: few }),
    );
    const events: Event[] = [];
    for (const { account, key } of rows)
      for (const digest of await currentImages(world, account, key))
        events.push({ kind: 'image.matched', account, digest });
    await sendEvents(world.queues, events);
    images += events.length;
    full = rows.length === limit;
    after = rows.at(-1)?.id ?? '';
  }
  if (images > 0) world.log.info('images of watched tags are evaluated anew', { images });
}
