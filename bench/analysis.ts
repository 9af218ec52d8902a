import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeImage } from '#analysis/analyze-image.ts';
import { openLayerPool } from '#analysis/layer-pool.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { offlineFetch } from '#platform/local/offline-fetch.ts';
import { inflate, openLayerBytes } from '#registry/layer-bytes.ts';
import { openImage } from '#registry/open-image.ts';

/**
 * Times the analysis of one image three ways, in one run: cold on one thread, cold on all cores, and with all layers
 * known; beside them the floor, which is to read, inflate and hash the same layers and nothing more.
 */
const [source] = process.argv.slice(2);
if (source === undefined) {
  console.error('usage: node bench/analysis.ts SOURCE      (as of plimsoll scan, on this machine)');
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
try {
  const world = { fetch: offlineFetch, clock: systemClock };
  await using image = await openImage(world, source, { limits: defaultLimits });
  const stored = image.layers.reduce((sum, layer) => sum + (layer.size ?? 0), 0);
  const floor = await best(3, async () => {
    for (const { bytes } of image.layers) {
      if (bytes.kind === 'folder') throw new Error('a folder has no layers to inflate');
      const [compressed, plain] = [createHash('sha256'), createHash('sha256')];
      for await (const piece of inflate(hashed(openLayerBytes(bytes), compressed))) plain.update(piece);
    }
  });
  const rows: [string, number][] = [['read, inflate, hash (floor, one thread)', floor]];
  let run = 0;
  const analyze = async (size: number, data: string) => {
    await using pool = openLayerPool({ size: Math.max(size, 1) });
    await analyzeImage({ blobs: await openFolderBlobs(data, { alone: true }), log: silentLog }, image, {
      limits: defaultLimits,
      temporaryFile: (name) => join(folder, name),
      ...(size === 0 ? {} : { pool }),
    });
  };
  rows.push(['analysis, cold, this thread', await best(3, () => analyze(0, join(folder, `cold-${run++}`)))]);
  rows.push(['analysis, cold, a thread a core', await best(3, () => analyze(8, join(folder, `pool-${run++}`)))]);
  rows.push(['analysis, all layers known', await best(3, () => analyze(0, join(folder, 'cold-0')))]);
  console.log(`${source}: ${image.layers.length} layers, ${(stored / 1e6).toFixed(1)} MB stored`);
  for (const [what, ms] of rows)
    console.log(`${what.padEnd(42)} ${ms.toFixed(0).padStart(6)} ms  ${(ms / floor).toFixed(2)} x floor`);
  console.log(`peak memory of the process: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The least of a few runs, in milliseconds. */
async function best(runs: number, work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  return Math.min(...times);
}

async function* hashed(
  pieces: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}
