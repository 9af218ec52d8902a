import { Worker } from 'node:worker_threads';

export interface WatchdogLimits {
  /** The process is ended when its main thread was blocked for so long, in ms. */
  readonly blockedMs: number;
  /** The process is ended when nobody said for so long, in ms, that there is progress. */
  readonly stillMs: number;
}

/** Disposing of it ends the watch. */
export interface Watchdog extends AsyncDisposable {
  /** There is progress. */
  progress(): void;
}

/**
 * Ends this process by SIGKILL when it hangs, for nobody else does: Fargate lets a task run for ever. A thread of its own
 * watches, since a blocked main thread can neither end itself nor heartbeat. What the process had in hand is then seen again by others, as after
 * any other death. Time in which the whole process stood still counts for nothing. One JSON line on standard output says why.
 */
export function startWatchdog({ blockedMs, stillMs }: WatchdogLimits): Watchdog {
  const signs = new Int32Array(new SharedArrayBuffer(8));
  const beat = (which: number) => void Atomics.add(signs, which, 1);
  const every = Math.min(1000, blockedMs / 4);
  const heart = setInterval(beat, every, 0);
  heart.unref();
  const ticks = [blockedMs, stillMs].map((limit) => Math.ceil(limit / every));
  const thread = new Worker(watch, { eval: true, workerData: { signs, ticks, every, reasons } });
  thread.unref();
  return {
    progress: () => beat(1),
    async [Symbol.asyncDispose]() {
      clearInterval(heart);
      await thread.terminate();
    },
  };
}

const reasons = ['its main thread is blocked', 'nothing goes on in it'];

/** As text, so that a bundle needs no second file. Standard output of a thread goes through the main thread: it is written to directly. */
const watch = `
const { workerData: { signs, ticks, every, reasons } } = require('node:worker_threads');
const last = ticks.map(() => 0);
const same = ticks.map(() => 0);
setInterval(() => ticks.forEach((limit, i) => {
  const now = Atomics.load(signs, i);
  same[i] = now === last[i] ? same[i] + 1 : 0;
  last[i] = now;
  if (same[i] < limit) return;
  const reason = reasons[i];
  const line = { at: new Date().toISOString(), level: 'error', fact: 'process ends itself', reason, seconds: (same[i] * every) / 1000 };
  try {
    require('node:fs').writeSync(1, JSON.stringify(line) + '\\n');
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}), every);
`;
