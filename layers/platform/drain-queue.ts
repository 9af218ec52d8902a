import { Fault } from '#core/fault.ts';
import { type FindWork, handleDelivery, type HandlingSettings } from './handle-delivery.ts';
import type { Platform } from './platform.ts';
import type { Delivery, Queue } from './queue.ts';

export interface DrainSettings extends HandlingSettings {
  /** Messages in hand at once. */
  readonly atOnce: number;
  /** Milliseconds before a queue that had nothing is asked again; queues that wait for messages themselves need hardly any. */
  readonly idleMs: number;
  /** Ends when there was nothing to do for so many milliseconds; null goes on for ever. */
  readonly dryMs: number | null;
  /** What becomes of messages in hand when the signal aborts: their work is finished, or they are given back at once. */
  readonly onStop: 'finish' | 'give-back';
}

/** Why a queue is drained no more: nothing was left, the signal aborted, or it could not be asked for as long as `dryMs`. */
export type DrainEnd = 'dry' | 'stopped' | 'unreachable';

/** Milliseconds after a queue that could not be asked. */
const pauseAfterFailure = 5000;

/**
 * Takes messages from a queue and handles them until there are none or the signal aborts; resolves when none is in hand any
 * more. Never throws: a queue that fails is a log line, and is asked again. What a receive brings after the signal goes back.
 */
export async function drainQueue(
  world: Pick<Platform, 'queues' | 'clock' | 'log'>,
  queue: Queue,
  find: FindWork,
  settings: DrainSettings,
  signal: AbortSignal,
): Promise<DrainEnd> {
  const { clock, log } = world;
  const stop = settings.onStop === 'give-back' ? signal : new AbortController().signal;
  let busy = 0;
  let lastSeen = clock.now();
  let failing = false;

  const isOver = () => settings.dryMs !== null && busy === 0 && clock.now() - lastSeen >= settings.dryMs;
  const receive = async (): Promise<Delivery | undefined> => {
    const [delivery] = await queue.receive(1, settings.visibilitySeconds);
    failing = false;
    return delivery;
  };
  const handle = async (delivery: Delivery) => {
    busy++;
    try {
      if (signal.aborted) await delivery.release(0, 'the process that had it was told to end');
      else await handleDelivery(world, queue.name, delivery, find, settings, stop);
    } finally {
      busy--;
      lastSeen = clock.now();
    }
  };
  const lane = async () => {
    while (!signal.aborted && !isOver()) {
      try {
        const delivery = await receive();
        if (delivery !== undefined) await handle(delivery);
        else if (!isOver()) await clock.sleep(settings.idleMs, signal);
      } catch (thrown) {
        failing = true;
        log.error('queue failed', { queue: queue.name, message: Fault.from(thrown).message });
        await clock.sleep(pauseAfterFailure, signal);
      }
    }
  };
  await Promise.all(Array.from({ length: settings.atOnce }, lane));
  if (signal.aborted) return 'stopped';
  return failing ? 'unreachable' : 'dry';
}
