import { parseArgs } from 'node:util';
import { jsonLog } from '#core/log.ts';
import { runWorker } from '#platform/aws/worker.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { analysisWork } from './analysis-work.ts';
import { openAnalyzerWorld } from './open-analyzer-world.ts';

/**
 * The Fargate task: drains `image.queued` and ends. Options are for trials: a task has none.
 *   --at-once N       images in hand at once (2)
 *   --dry-seconds N   ends after so many seconds without an image (60)
 */
const { values } = parseArgs({ options: { 'at-once': { type: 'string' }, 'dry-seconds': { type: 'string' } } });
const log = jsonLog((line) => process.stdout.write(line), systemClock.now);
const world = openAnalyzerWorld(log);
const code = await runWorker(world, 'image.queued', (kind) => (kind === 'image.queued' ? analysisWork(world) : null), {
  ...(values['at-once'] === undefined ? {} : { atOnce: Number(values['at-once']) }),
  ...(values['dry-seconds'] === undefined ? {} : { dryMs: Number(values['dry-seconds']) * 1000 }),
});
// Work whose message went back may still be at it, and must not hold the process.
process.exit(code);
