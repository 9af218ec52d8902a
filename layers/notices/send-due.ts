import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import type { AccountChannel } from './account-channel.ts';
import { wholeSettings } from './whole-settings.ts';
import type { ChannelWorld, SendOutcome } from './channel.ts';
import { channelOf } from './channels.ts';
import { type DueNotice, dueNotices, putOffChannel, resumeChannel, setDelivered, setFailed } from './due-store.ts';
import { retryDelay, retryRule } from './retry-rule.ts';

export type SendWorld = Pick<Platform, 'sql' | 'secrets' | 'clock' | 'log'> & {
  /** How channels reach what is outside. */
  readonly channels: ChannelWorld;
  /** Milliseconds after which a notice that nobody takes is given up. */
  readonly giveUpAfterMs: number;
};

/** Notices of a channel under way at once: each of another key. */
const atOnce = 4;

/**
 * Sends what is due for a channel until nothing is, or it is `late`. Each notice is marked as soon as its fate is known, so a process that
 * dies repeats at most those under way. When nothing of a batch arrives the channel is left alone for a while, longer each time: a thousand
 * notices for somebody who is down are not a thousand tries.
 */
export async function sendDue(world: SendWorld, channel: AccountChannel, late: () => boolean): Promise<void> {
  const settings = await settingsOf(world, channel);
  let failed = channel.failures;
  while (!late()) {
    const due = await dueNotices(world, channel.id, world.clock.now(), atOnce);
    if (due.length === 0) return;
    const results = await Promise.all(due.map((notice) => sendOne(world, channel, notice, settings)));
    const failures = results.filter((one) => one !== null);
    if (failures.length === results.length) return putOff(world, channel.id, failed, failures);
    if (failed > 0) await resumeChannel(world, channel.id, 'untried', world.clock.now());
    failed = 0;
  }
}

async function putOff(
  world: SendWorld,
  channelId: string,
  failed: number,
  failures: readonly Failure[],
): Promise<void> {
  const now = world.clock.now();
  const asked = Math.max(...failures.map(({ retryAfterMs }) => retryAfterMs ?? 0));
  const until = now + retryDelay(channelId, failed + 1, asked);
  await putOffChannel(world, channelId, {
    until,
    giveUpBefore: now - world.giveUpAfterMs,
    why: failures[0]!.why,
    now,
  });
}

/** A channel without its secrets fails like one that nobody answers on: somebody may give them again. */
async function settingsOf(world: SendWorld, channel: AccountChannel): Promise<{ readonly value: unknown } | Fault> {
  try {
    return { value: await wholeSettings(world, channel) };
  } catch (thrown) {
    const fault = Fault.from(thrown);
    if (fault.code !== 'data/corrupt') throw thrown;
    return fault;
  }
}

interface Failure {
  readonly why: string;
  readonly retryAfterMs: number | null;
}

/** Null when it has arrived. */
async function sendOne(
  world: SendWorld,
  channel: AccountChannel,
  notice: DueNotice,
  settings: { readonly value: unknown } | Fault,
): Promise<Failure | null> {
  const outcome = await tryOnce(world, channel, notice, settings);
  const now = world.clock.now();
  const ids = { channel: channel.id, delivery: notice.id };
  if (outcome.kind === 'delivered') {
    await setDelivered(world, notice.id, now);
    world.log.info('notice delivered', { ...ids, tries: notice.tries + 1 });
    return null;
  }
  const refused = outcome.kind === 'refused';
  const over = now - notice.since >= world.giveUpAfterMs || (refused && notice.refusals + 1 >= retryRule.refusals);
  const asked = outcome.kind === 'failed' ? outcome.retryAfterMs : null;
  const nextAt = over ? null : now + retryDelay(notice.id, notice.tries + 1, asked);
  await setFailed(world, { id: notice.id, why: outcome.why, refused, nextAt }, now);
  world.log.error(over ? 'notice given up' : 'notice not delivered', {
    ...ids,
    tries: notice.tries + 1,
    why: outcome.why,
  });
  return { why: outcome.why, retryAfterMs: asked };
}

async function tryOnce(
  world: SendWorld,
  { type }: AccountChannel,
  notice: DueNotice,
  settings: { readonly value: unknown } | Fault,
): Promise<SendOutcome> {
  if (settings instanceof Fault) return { kind: 'failed', why: settings.message, retryAfterMs: null };
  try {
    return await channelOf(type).send(world.channels, notice, settings.value);
  } catch (thrown) {
    // A defect of the channel is the channel's.
    return { kind: 'failed', why: Fault.from(thrown).message, retryAfterMs: null };
  }
}
