import { takeLease } from '#platform/lease.ts';
import type { Platform } from '#platform/platform.ts';
import type { EventOf } from '#schema/events.ts';
import { listDueChannels } from './channel-store.ts';
import { nextDue } from './due-store.ts';
import { claimWake, isLastPage, noticeEvents } from './notice-store.ts';
import { type SendWorld, sendDue } from './send-due.ts';

export type DeliverWorld = SendWorld & Pick<Platform, 'queues'>;

/** Milliseconds: after which nothing new is begun, and for which one process has an account to itself; a try takes a minute at most. */
const longestWork = 120_000;
const leaseMs = longestWork + 90_000;

/** Seconds that a queue delays a message. */
const longestDelay = 900;

/** Channels of an account that are sent to at once. */
const channelsAtOnce = 8;

/**
 * The step of `notice.raised`: makes deliveries of what happened in an account, sends what is due, and has itself called again for what is
 * due later. One process at a time has an account; what came in while another had it is seen by that one, or by a message sent here. All of
 * it may be repeated at any point: what has arrived is marked, what has not is sent again.
 */
export async function deliverNotices(
  world: DeliverWorld,
  { account, notBefore }: EventOf<'notice.raised'>,
): Promise<readonly EventOf<'notice.raised'>[]> {
  const begun = world.clock.now();
  // A message that came before its time only waits again: it asks nothing of the database, which may be asleep.
  if (notBefore !== undefined && notBefore > begun) return sendLater(world, account, notBefore, begun);
  const late = () => world.clock.now() - begun >= longestWork;
  for (;;) {
    await using lease = await takeLease(world.sql, world.clock, `notices/${account}`, 'deliver-notices', leaseMs);
    if (lease === null) return wakeAt(world, account, world.clock.now() + leaseMs);
    await work(world, account, late);
    await lease.release();
    if (late()) return [{ kind: 'notice.raised', account }];
    // What somebody raised while we had the lease, and found it taken.
    if ((await noticeEvents(world, account, world.clock.now())) > 0) continue;
    const next = await nextDue(world, account);
    if (next === null) return [];
    if (next > world.clock.now()) return wakeAt(world, account, next);
  }
}

async function work(world: DeliverWorld, account: string, late: () => boolean): Promise<void> {
  while (!late() && !isLastPage(await noticeEvents(world, account, world.clock.now())));
  const channels = await listDueChannels(world, account, world.clock.now());
  const waiting = channels.values();
  const lane = async () => {
    for (const channel of waiting) await sendDue(world, channel, late);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(channelsAtOnce, channels.length) }, lane));
  for (const one of lanes) if (one.status === 'rejected') throw one.reason;
}

async function wakeAt(world: DeliverWorld, account: string, at: number): Promise<readonly []> {
  const now = world.clock.now();
  return (await claimWake(world, account, at, now)) ? sendLater(world, account, at, now) : [];
}

async function sendLater({ queues }: DeliverWorld, account: string, at: number, now: number): Promise<readonly []> {
  const event: EventOf<'notice.raised'> = { kind: 'notice.raised', account, notBefore: at };
  await queues(event.kind).send([JSON.stringify(event)], Math.min(Math.ceil((at - now) / 1000), longestDelay));
  return [];
}
