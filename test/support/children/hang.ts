import { jsonLog } from '#core/log.ts';
import { runWorker } from '#platform/aws/worker.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import type { Platform } from '#platform/platform.ts';

/** A worker that takes one message and hangs with it (`blocked`), never gets an answer of its queue (`still`), or goes on (`well`). */
const way = process.argv[2] as 'blocked' | 'still' | 'well';
let given = false;
const queues = (name: string) => ({
  name,
  async receive() {
    if (way === 'still') return await new Promise<never>(() => {});
    await systemClock.sleep(20);
    if (given) return [];
    given = true;
    const body = JSON.stringify({ kind: 'image.queued', account: 'admin', digest: `sha256:${'a'.repeat(64)}` });
    const done = async () => {};
    return [{ id: '1', body, attempt: 1, acknowledge: done, release: done, extend: done }];
  },
});
const world = {
  queues: queues as unknown as Platform['queues'],
  clock: systemClock,
  log: jsonLog((line) => process.stdout.write(line), systemClock.now),
};
const work = {
  async run() {
    while (way === 'blocked');
    await systemClock.sleep(1000);
    return [];
  },
  failed: async () => {},
};
const limits = {
  blockedMs: { blocked: 400, still: 60_000, well: 2000 }[way],
  stillMs: way === 'still' ? 400 : 60_000,
  dryMs: 100,
};
// Keeps a process alive whose queue never answers, as a socket would.
const socket = setTimeout(() => {}, 30_000);
process.exitCode = await runWorker(world, 'image.queued', () => work, limits);
clearTimeout(socket);
