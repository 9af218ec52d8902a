import { pruneDeliveries } from '#notices/delivery-store.ts';
import { accountsWithNotices } from '#notices/notice-store.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';

type World = Pick<Platform, 'sql' | 'queues' | 'clock' | 'log'>;

const day = 86_400_000;

/** For how long it is shown what became of a notice. */
const kept = { delivered: 7 * day, dead: 30 * day } as const;

/** Rows of one statement, and messages that are sent together. */
const pageSize = 500;

/**
 * Makes up for messages that were never sent or came to nothing: every account with something to tell gets one, and what was told long ago is
 * forgotten. To be called now and then; a message too many finds nothing to do. Ends between pages when it is `late`.
 */
export async function wakeNotices(world: World, late: () => boolean): Promise<void> {
  const now = world.clock.now();
  for (let after = ''; !late(); ) {
    const page = await accountsWithNotices(world, now, after, pageSize);
    await sendEvents(
      world.queues,
      page.map((account) => ({ kind: 'notice.raised', account }) as const),
    );
    if (page.length < pageSize) break;
    after = page.at(-1)!;
  }
  const before = { delivered: now - kept.delivered, dead: now - kept.dead };
  while (!late() && (await pruneDeliveries(world, before, pageSize)) === pageSize);
}
