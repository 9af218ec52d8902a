import { openLayerPool } from '#analysis/layer-pool.ts';
import type { Log } from '#core/log.ts';
import { type AwsWorld, openAwsWorld } from '../aws-world.ts';

/** The world of an analyzer task, with worker threads. Throws `state/not-found` for a setting that is missing. */
export function openAnalyzerWorld(log: Log): AwsWorld {
  const world = openAwsWorld({ log, patienceMs: 45_000, takesMessages: true });
  for (const name of ['queueUrlPrefix', 'cluster', 'databaseSecret', 'database', 'blobs'] as const)
    world.settings.required(name);
  return { ...world, pool: openLayerPool(threadScript()) };
}

/** The container image holds the thread's code as a bundle beside this one. */
function threadScript(): { readonly script?: URL } {
  return import.meta.url.endsWith('.mjs') ? { script: new URL('./layer-worker.mjs', import.meta.url) } : {};
}
