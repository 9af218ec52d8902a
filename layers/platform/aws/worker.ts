import { type DrainSettings, drainQueue } from '../drain-queue.ts';
import type { FindWork } from '../handle-delivery.ts';
import type { Platform } from '../platform.ts';
import type { Queue } from '../queue.ts';
import { startWatchdog, type WatchdogLimits } from './watchdog.ts';

/** Three hours: no good image takes so long, and SQS keeps a message invisible for 12 hours at most. */
const longestMs = 3 * 3_600_000;

/**
 * How a Fargate task takes messages. Visibility is that of the queue (infra/messaging.ts), which also buries after 10 deliveries:
 * before that the work is failed with a reason that people see.
 */
const taskSettings: DrainSettings = {
  atOnce: 2,
  visibilitySeconds: 300,
  heartbeatSeconds: 60,
  attempts: 8,
  deliveries: 9,
  longestMs,
  idleMs: 100,
  dryMs: 60_000,
  onStop: 'give-back',
};

/**
 * A main thread that is blocked for as long as its messages are held has lost them. Work is ended after three hours; when even a quarter of an
 * hour later nothing went on, something waits that has no limit of its own.
 */
const hangs: WatchdogLimits = { blockedMs: taskSettings.visibilitySeconds * 1000, stillMs: longestMs + 15 * 60_000 };

/**
 * Drains a queue until it was dry for a minute, or until SIGTERM or SIGINT: then messages in hand go back within seconds, and what a
 * receive that waits still brings (20 s at most) goes back too. Gives the exit code: 0, and 1 when the queue could not be asked. A process that
 * hangs meanwhile is ended by SIGKILL.
 */
export async function runWorker(
  world: Pick<Platform, 'queues' | 'clock' | 'log'>,
  queue: string,
  find: FindWork,
  settings: Partial<DrainSettings & WatchdogLimits> = {},
): Promise<number> {
  await using watchdog = startWatchdog({ ...hangs, ...settings });
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    world.log.info('worker told to end', { queue, signal });
    stop.abort(new Error(`the process was told to end by ${signal}`));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
  try {
    world.log.info('worker begins', { queue });
    const end = await drainQueue(
      world,
      watched(world.queues(queue), watchdog.progress),
      find,
      { ...taskSettings, ...settings },
      stop.signal,
    );
    world.log.info('worker ends', { queue, why: end });
    return end === 'unreachable' ? 1 : 0;
  } finally {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, onSignal);
  }
}

/** Whoever asks for messages, or is done with one, goes on. */
function watched(queue: Queue, progress: () => void): Queue {
  return {
    ...queue,
    receive(...asked) {
      progress();
      return queue.receive(...asked).finally(progress);
    },
  };
}
