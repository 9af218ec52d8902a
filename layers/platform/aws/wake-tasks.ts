import { Fault } from '#core/fault.ts';
import type { Wake } from '#schema/deployment.ts';
import type { Platform } from '../platform.ts';
import type { TaskKind, Tasks } from './run-tasks.ts';

export type WakeWorld = Pick<Platform, 'queues' | 'clock' | 'log'> & {
  readonly tasks: Tasks;
  readonly kinds: {
    /** ARN of the task that drains `image.queued`. */
    readonly analyzer: string;
    /** ARN of the task that syncs one feed group. */
    readonly feeds: string;
  };
  /** Analyzer tasks at once. */
  readonly taskLimit: number;
};

/** Images that one task is worth starting for; a task has two at once, and starting takes as long as an image. */
const imagesPerTask = 4;

/** Milliseconds between looks at a queue that seems empty although somebody says that it is not: SQS counts a little late. */
const looks = [3000, 7000] as const;

/**
 * Starts the tasks for which there is work and nobody who does it. Asks only the queue and ECS: the database may sleep. Said
 * twice, or twice at once, it starts nothing twice that counts. What could not be started for want of capacity is a log line
 * while other tasks run, and `network/unreachable` when none does: then somebody has to say it again, or look.
 */
export async function wakeTasks(world: WakeWorld, wake: Wake): Promise<void> {
  if (wake.task === 'analyzer') await wakeAnalyzers(world);
  else await wakeFeed(world, wake.group);
}

/** How many analyzers to start. Images in hand count: whoever has them takes no others meanwhile. */
export function analyzersToStart(
  { waiting, inHand }: { readonly waiting: number; readonly inHand: number },
  running: number,
  limit: number,
): number {
  if (waiting === 0) return 0;
  const wanted = Math.min(Math.ceil((waiting + inHand) / imagesPerTask), limit);
  return Math.max(0, wanted - running);
}

async function wakeAnalyzers(world: WakeWorld): Promise<void> {
  const kind: TaskKind = { definition: world.kinds.analyzer, startedBy: 'plimsoll/analyzer' };
  const running = await world.tasks.running(kind);
  const depth = await depthOf(world, running.length > 0);
  await start(world, kind, analyzersToStart(depth, running.length, world.taskLimit), running, { ...depth });
}

/** Messages of the queue. While a task runs it sees by itself what comes, so nobody needs to wait for late counts. */
async function depthOf(world: WakeWorld, someRun: boolean) {
  const queue = world.queues('image.queued');
  let depth = await queue.depth();
  for (const pause of looks) {
    if (depth.waiting > 0 || someRun) break;
    await world.clock.sleep(pause);
    depth = await queue.depth();
  }
  return { waiting: depth.waiting, inHand: depth.inHand };
}

/** One task a group at a time: a sync that is on its way serves both who asked. */
async function wakeFeed(world: WakeWorld, group: string): Promise<void> {
  const kind: TaskKind = {
    definition: world.kinds.feeds,
    startedBy: `plimsoll/feeds/${group.replace(/[^A-Za-z0-9_-]/g, '_')}`.slice(0, 128),
    command: { container: 'feeds', words: ['feeds.mjs', group] },
  };
  const running = await world.tasks.running(kind);
  await start(world, kind, running.length === 0 ? 1 : 0, running, { group });
}

async function start(
  { tasks, log }: WakeWorld,
  kind: TaskKind,
  count: number,
  running: readonly string[],
  about: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (count === 0) return;
  const { started, refused } = await tasks.start(kind, count, running);
  log.info('tasks started', { kind: kind.startedBy, ...about, running: running.length, started });
  if (refused === null) return;
  log.error('tasks not started', { kind: kind.startedBy, wanted: count, started, refused });
  if (started + running.length === 0)
    throw new Fault(
      'network/unreachable',
      `No task of ${kind.startedBy} could be started: ${refused}; it may be tried again`,
    );
}
