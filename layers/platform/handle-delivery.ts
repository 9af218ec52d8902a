import { about, type Subject } from '#core/about.ts';
import { Fault, faults } from '#core/fault.ts';
import type { Event, EventKind } from '#schema/events.ts';
import { parseEvent, sendEvents } from './bus.ts';
import type { Platform } from './platform.ts';
import type { Delivery } from './queue.ts';

/** What is done about an event. */
export interface EventWork {
  /** The work, and the events that follow. It may end early when the signal aborts; what it was at is then done again by somebody. */
  run(event: Event, signal: AbortSignal): Promise<readonly Event[]>;
  /** Called when the work cannot succeed, with the reason; leaves the state that people are to see. */
  failed(event: Event, reason: string): Promise<void>;
}

/** The work for a kind of event, null for kinds that are not handled here. */
export type FindWork = (kind: EventKind) => EventWork | null;

export interface HandlingSettings {
  /** A message that nobody heartbeats comes back after this. */
  readonly visibilitySeconds: number;
  readonly heartbeatSeconds: number;
  /** Deliveries of one message after which a fault that may pass is taken as final. */
  readonly attempts: number;
  /** A message that comes more often than this is failed unseen: it took down whoever had it. Left out, it is tried every time. */
  readonly deliveries?: number;
  /** Work that takes longer is ended, and failed. */
  readonly longestMs?: number;
}

type World = Pick<Platform, 'queues' | 'clock' | 'log'>;

/**
 * One message: the work, the events that follow, then the acknowledgement; a crash in between repeats it all. While the work
 * lasts the message stays invisible to others. A fault that may pass gives it back with growing pauses; any other, or one too many,
 * ends the matter with its reason. When `stop` aborts the message is given back at once, without waiting for the work to end.
 * What is no event of ours is given back until the queue buries it. Throws when the queue does not answer: the message then comes
 * back by itself.
 */
export async function handleDelivery(
  world: World,
  queue: string,
  delivery: Delivery,
  find: FindWork,
  settings: HandlingSettings,
  stop: AbortSignal,
): Promise<void> {
  const known = read(delivery, find);
  if (known instanceof Fault) {
    world.log.error('message is none of ours', { queue, id: delivery.id, message: known.message });
    await delivery.release(0, known.message);
    return;
  }
  await about(subjectOf(known.event), () => handle(world, delivery, known, settings, stop));
}

/** By what lines of all functions and tasks are found together: an image and what is done with it. */
function subjectOf(event: Event): Subject {
  if (event.kind === 'watch.due') return { correlation_id: event.kind, operation: event.kind };
  const { account, kind: operation } = event;
  if (event.kind === 'notice.raised') return { correlation_id: `${account} ${operation}`, account, operation };
  const image = 'digest' in event ? event.digest : event.reference;
  const digest = /sha256:[0-9a-f]{64}$/.exec(image)?.[0];
  return { correlation_id: `${digest ?? image} ${operation}`, account, image, operation };
}

async function handle(
  world: World,
  delivery: Delivery,
  { event, work }: KnownMessage,
  settings: HandlingSettings,
  stop: AbortSignal,
): Promise<void> {
  const times = delivery.attempt - 1;
  if (times >= (settings.deliveries ?? Number.POSITIVE_INFINITY)) {
    await work.failed(
      event,
      `this was begun ${times} times, and each time the process that had it ended without a word`,
    );
    await delivery.acknowledge();
    return;
  }
  const ended = new AbortController();
  const beating = heartbeat(world, delivery, settings, ended.signal);
  try {
    const next = await endingEarly(world, event, work, settings, stop, ended.signal);
    await sendEvents(world.queues, next);
    await delivery.acknowledge();
  } catch (thrown) {
    if (stop.aborted) await delivery.release(0, 'the process that had it was told to end');
    else await giveUpOrBack(world, event, work, delivery, settings, Fault.from(thrown));
  } finally {
    ended.abort();
    await beating;
  }
}

interface KnownMessage {
  readonly event: Event;
  readonly work: EventWork;
}

function read(delivery: Delivery, find: FindWork): KnownMessage | Fault {
  try {
    const event = parseEvent(delivery.body);
    const work = find(event.kind);
    return work === null
      ? new Fault('input/invalid', `a message of ${event.kind} does not belong here`)
      : { event, work };
  } catch (thrown) {
    return Fault.from(thrown);
  }
}

/** Keeps the message ours. A heartbeat that fails is made up for by the next: visibility lasts for several. */
async function heartbeat(
  { clock, log }: World,
  delivery: Delivery,
  { heartbeatSeconds, visibilitySeconds }: HandlingSettings,
  ended: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(heartbeatSeconds * 1000, ended);
    if (ended.aborted) return;
    await delivery.extend(visibilitySeconds).catch((thrown: unknown) => {
      log.error('message not held', { id: delivery.id, message: Fault.from(thrown).message });
    });
  }
}

/** The work, or what the signal says as soon as it aborts: work that does not listen is left behind. */
async function endingEarly(
  { clock }: World,
  event: Event,
  work: EventWork,
  { longestMs }: HandlingSettings,
  stop: AbortSignal,
  ended: AbortSignal,
): Promise<readonly Event[]> {
  const late = new AbortController();
  if (longestMs !== undefined) {
    const minutes = Math.round(longestMs / 60_000);
    const fault = new Fault('image/too-large', `${event.kind} took longer than ${minutes} minutes and was ended`);
    void clock.sleep(longestMs, ended).then(() => ended.aborted || late.abort(fault));
  }
  const signal = AbortSignal.any([stop, late.signal]);
  signal.throwIfAborted();
  let leave = () => {};
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work.run(event, signal), left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

async function giveUpOrBack(
  world: World,
  event: Event,
  work: EventWork,
  delivery: Delivery,
  { attempts }: HandlingSettings,
  fault: Fault,
): Promise<void> {
  world.log.error('step failed', { attempt: delivery.attempt, code: fault.code, message: fault.message });
  if (faults[fault.code].retry && delivery.attempt < attempts) {
    await delivery.release(2 ** delivery.attempt, fault.message);
    return;
  }
  await work.failed(event, `${fault.message} (${fault.code})`);
  await delivery.acknowledge();
}
