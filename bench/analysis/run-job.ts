import { readFile } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { FileLayer } from '../made-layers.ts';
import type { AnalysisDone, AnalysisJob } from './analysis-job.ts';

/** The analyzer in a process of its own, so that what is measured is its own: `node run-job.ts JOB`. */
const job = JSON.parse(await readFile(process.argv[2]!, 'utf8')) as AnalysisJob;

// As bin/plimsoll.ts does.
enableCompileCache(join(job.temporary, 'modules'));
const work = job.what === 'read' ? await readOnly(job.layers) : await analysis(job);
const before = process.cpuUsage();
const begun = performance.now();
const { packages, files } = await work();
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(before);
const peak = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak, packages, files } satisfies AnalysisDone));

type Work = () => Promise<Pick<AnalysisDone, 'packages' | 'files'>>;

async function readOnly(layers: readonly FileLayer[]): Promise<Work> {
  const { inflate, openLayerBytes } = await import('#registry/layer-bytes.ts');
  const { startDigest, finishDigest } = await import('#core/digest.ts');
  return async () => {
    for (const { bytes, diffId } of layers) {
      const [stored, diff] = [startDigest(), startDigest()];
      const hashed = async function* () {
        for await (const piece of openLayerBytes(bytes)) {
          stored.update(piece);
          yield piece;
        }
      };
      for await (const piece of inflate(hashed())) diff.update(piece);
      if (finishDigest(diff) !== diffId) throw new Error(`${bytes.path} is not ${diffId}`);
    }
    return { packages: 0, files: 0 };
  };
}

async function analysis({ layers, threads, data, temporary }: AnalysisJob): Promise<Work> {
  const { analyzeImage } = await import('#analysis/analyze-image.ts');
  const { openLayerPool } = await import('#analysis/layer-pool.ts');
  const { defaultLimits } = await import('#core/limits.ts');
  const { silentLog } = await import('#core/log.ts');
  const { openFolderBlobs } = await import('#platform/local/folder-blobs.ts');
  const blobs = await openFolderBlobs(data, { alone: true });
  const raw = { rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) } };
  const config = { os: 'linux', architecture: 'amd64', variant: null, digest: null, created: null, history: [], raw };
  const image = {
    reference: 'bench',
    digest: null,
    parentDigest: null,
    manifest: null,
    platform: 'linux/amd64',
    config,
  };
  return async () => {
    await using pool = openLayerPool({ size: Math.max(threads, 1) });
    const report = await analyzeImage(
      { blobs, log: silentLog },
      { ...image, layers },
      {
        limits: defaultLimits,
        temporaryFile: (name) => join(temporary, name),
        ...(threads === 0 ? {} : { pool }),
      },
    );
    return { packages: report.packages.length, files: report.files };
  };
}
