import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';
import type { Event } from '#schema/events.ts';
import { endRenewal, imagesToRenew, moveRenewal, type Renewal } from './renewal-store.ts';

export type RenewWorld = Pick<Platform, 'sql' | 'queues' | 'clock'>;

/** Images that are sent on together: so long, at most, does an image that was just pushed wait behind them. */
const pageSize = 500;

/** The message that an image is made anew by. */
const kinds = { judging: 'image.analyzed', evaluating: 'image.matched' } as const;

/**
 * Sends on a page of an account's images to be judged or evaluated anew. The message of its last one carries what is left, so that the next page
 * comes when this one has been worked off: however many images there are, the queue holds one page. A message that comes twice sends its page
 * twice at most; what is lost with a process that dies is found by the sweep.
 */
export async function renewVerdicts(world: RenewWorld, renewal: Renewal, limit: number = pageSize): Promise<void> {
  const { account, asking } = renewal;
  const { from, digests } = await imagesToRenew(world, renewal, limit);
  const last = digests.at(-1);
  if (last === undefined) return endRenewal(world, renewal);
  const events = digests.map((digest): Event => {
    const event = { kind: kinds[from], account, digest } as const;
    return digest === last ? { ...event, onward: asking } : event;
  });
  await sendEvents(world.queues, events);
  await moveRenewal(world, renewal, last, world.clock.now());
}
