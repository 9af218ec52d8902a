import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { MalwareScanner } from '#platform/malware.ts';
import type { Platform } from '#platform/platform.ts';
import type { ImageSource, SourceLayer } from '#registry/layer-source.ts';
import type { ImageReport, ReportLayer } from '#schema/image-report.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import type { Analyzer } from './analyzer.ts';
import { type AnalysisSettings, defaultAnalysisSettings } from './analysis-settings.ts';
import { nameAnalyzerSet } from './analyzer-set.ts';
import { makeAnalyzers } from './analyzers.ts';
import { assemble } from './assemble.ts';
import { statedBase } from './base-image.ts';
import { type Composed, compose } from './compose.ts';
import { type AnalysisProgress, LayerIntake } from './layers/layer-intake.ts';
import type { LayerPool } from './layer-pool.ts';
import { startDeadline } from './layers/deadline.ts';
import { deleteLayerReport, readLayerReport } from './report-store.ts';
import { scanMalware } from './scan-malware.ts';

export interface AnalyzeImageOptions {
  readonly limits: Limits;
  /** What analyzers look for; as it comes when left out. */
  readonly analysisSettings?: AnalysisSettings;
  /** A path for temporary files, in a folder that exists; what is opened beside it has no name. */
  readonly temporaryFile: (name: string) => string;
  /**
   * Worker threads to read layers on. Without, layers are read here, one after another, and a file that makes an analyzer
   * hang hangs the process.
   */
  readonly pool?: LayerPool;
  /** Looks for malware in what survives of the layers, which are fetched for it. Null, or left out: nobody does. */
  readonly malware?: MalwareScanner | null;
  readonly onProgress?: (progress: AnalysisProgress) => void;
  /** Ends the analysis early with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** All under the settings when left out. Others cannot be combined with a pool, whose workers know the list only. */
  readonly analyzers?: readonly Analyzer[];
  /** Milliseconds since any fixed moment; for tests, and not with a pool. */
  readonly elapsed?: () => number;
}

/**
 * The step that tells what is in an image: layers whose report is stored are not read, the others are read, verified
 * and stored, then all are composed and packages assembled. A layer that fails (`image/digest-mismatch`, `image/corrupt`,
 * `image/too-large`, or what its source throws) fails the image and leaves no report; other layers' reports stay, they
 * are true of their layers. Anything that could not be read within a layer is a note.
 */
export async function analyzeImage(
  world: Pick<Platform, 'blobs' | 'log'>,
  source: ImageSource,
  options: AnalyzeImageOptions,
): Promise<ImageReport> {
  const { limits, analysisSettings = defaultAnalysisSettings, analyzers = makeAnalyzers(analysisSettings) } = options;
  if (source.layers.length > limits.layers) {
    throw new Fault(
      'image/too-large',
      `the image ${source.reference} has more than ${limits.layers} layers (limit layers)`,
      {
        detail: { limit: 'layers', most: limits.layers },
      },
    );
  }
  const analyzerSet = nameAnalyzerSet(analyzers, limits);
  using deadline = startDeadline(limits.imageSeconds, () => tooSlow(source, limits), options.signal);
  const { signal } = deadline;
  const intake = new LayerIntake(world, analyzers, { ...options, analysisSettings, signal });
  const layers = await intake.take(source.layers);
  const diffIds = layers.map(({ diffId }) => diffId);
  const recordsOf = (diffId: Digest) => storedRecords(world, analyzerSet, diffId, signal);
  const composed = await composeStored(recordsOf, diffIds, analyzers, limits, async (diffId) => {
    world.log.error('layer report is damaged, layer is read again', { diffId, analyzerSet });
    await deleteLayerReport(world.blobs, analyzerSet, diffId);
    const broken = source.layers[diffIds.indexOf(diffId)]!;
    await intake.take([broken]);
  });
  const { distro, packages, details, notes } = assemble(composed, diffIds, analyzers, limits);
  const malware = await scanMalware(options.malware ?? null, source.layers, composed, { ...options, signal });
  const shown = source.layers.map((layer, index) =>
    showLayer(layer, layers[index]!, intake.wasRead(layers[index]!.diffId)),
  );
  return {
    version: 1,
    analyzers: analyzerSet,
    reference: source.reference,
    digest: source.digest,
    parentDigest: source.parentDigest,
    configDigest: source.config.digest,
    platform: source.platform,
    size: shown.reduce((sum, { size }) => sum + size, 0),
    created: source.config.created,
    layers: shown,
    history: source.config.history,
    config: source.config.raw,
    manifest: source.manifest,
    distro,
    packages,
    details: { ...details, malware: malware.scans },
    base: statedBase(source.manifest, source.config.raw),
    notes: [...composed.notes, ...notes, ...malware.notes],
    files: composed.count,
  };
}

/** Composes stored reports. One that is damaged is forgotten and its layer read again, each layer at most once. */
async function composeStored(
  recordsOf: (diffId: Digest) => AsyncIterable<LayerRecord>,
  diffIds: readonly Digest[],
  analyzers: readonly Analyzer[],
  limits: Limits,
  readAgain: (diffId: Digest) => Promise<void>,
): Promise<Composed> {
  const repaired = new Set<Digest>();
  for (;;) {
    try {
      const layers = diffIds.map((diffId) => ({ diffId, records: recordsOf(diffId) }));
      return await compose(layers, analyzers, limits);
    } catch (thrown) {
      const broken = thrown instanceof Fault && thrown.code === 'data/corrupt' ? thrown.detail['diffId'] : undefined;
      const diffId = diffIds.find((known) => known === broken);
      if (diffId === undefined || repaired.has(diffId)) throw thrown;
      repaired.add(diffId);
      await readAgain(diffId);
    }
  }
}

async function* storedRecords(
  world: Pick<Platform, 'blobs'>,
  analyzerSet: string,
  diffId: Digest,
  signal: AbortSignal,
): AsyncGenerator<LayerRecord, void> {
  signal.throwIfAborted();
  const records = await readLayerReport(world.blobs, analyzerSet, diffId);
  if (records === null) {
    throw new Fault('data/corrupt', `the report of the layer ${diffId} is no longer stored; analyze the image again`, {
      detail: { diffId },
    });
  }
  yield* records;
}

function tooSlow({ reference }: ImageSource, { imageSeconds }: Limits): Fault {
  return new Fault(
    'image/too-large',
    `the analysis of ${reference} has taken more than ${imageSeconds} s (limit imageSeconds); what was read of it is kept, so analyze it again, or raise the limit`,
    { detail: { limit: 'imageSeconds', most: imageSeconds } },
  );
}

function showLayer(layer: SourceLayer, taken: { diffId: Digest; size: number }, read: boolean): ReportLayer {
  return { digest: layer.digest, diffId: taken.diffId, mediaType: layer.mediaType, size: taken.size, cached: !read };
}
