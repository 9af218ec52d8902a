import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { Log } from '#core/log.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import type { AnalysisSettings } from '../analysis-settings.ts';
import type { Analyzer } from '../analyzer.ts';
import { type AnalyzerSet, analyzerSetOf, nameAnalyzerSet } from '../analyzer-set.ts';
import type { LayerPool } from '../layer-pool.ts';
import { headOf, readLayer } from '../read-layer.ts';
import {
  deleteLayerReport,
  hasLayerReport,
  type IncomingReport,
  putLayerReport,
  putNamelessReport,
} from '../report-store.ts';
import { type EarlierReport, findEarlier, tidyReports } from './earlier-report.ts';
import type { LostRead } from './fact-reader.ts';
import { layerName } from './layer-name.ts';
import { allOrNone } from './all-or-none.ts';
import { decodeLayerReport, encodeLayerReport, type LayerEnd } from './layer-report.ts';
import { withoutLostReads } from './lost-reads.ts';
import { keepOf, mergeReports, wantsAny } from './merge-reports.ts';

/** How far an analysis is; sizes are stored bytes, `layer` is the diff_id (a folder's path). */
export type AnalysisProgress =
  /**
   * Of `total` distinct layers `known` need nothing, and `updated` were brought up to date without a look at their bytes.
   * Told anew whenever a number changes.
   */
  | { readonly kind: 'layers'; readonly known: number; readonly updated: number; readonly total: number }
  | { readonly kind: 'bytes'; readonly layer: string; readonly done: number; readonly total: number | null }
  | { readonly kind: 'layer-done'; readonly layer: string };

/** A layer whose report is stored. */
export interface TakenLayer {
  readonly diffId: Digest;
  readonly size: number;
}

export interface IntakeOptions {
  readonly limits: Limits;
  readonly analysisSettings: AnalysisSettings;
  readonly temporaryFile: (name: string) => string;
  readonly pool?: LayerPool;
  readonly elapsed?: () => number;
  readonly onProgress?: (progress: AnalysisProgress) => void;
  readonly signal?: AbortSignal;
}

interface IntakeWorld {
  readonly blobs: Blobs;
  readonly log: Log;
}

/** Sees to it that the reports of an image's layers are in the store. */
export class LayerIntake {
  readonly #world: IntakeWorld;
  readonly #analyzers: readonly Analyzer[];
  readonly #set: AnalyzerSet;
  readonly #options: IntakeOptions;
  /** Layers of which bytes were read. */
  readonly #opened = new Set<Digest>();
  #known = 0;
  #updated = 0;
  #total = 0;

  constructor(world: IntakeWorld, analyzers: readonly Analyzer[], options: IntakeOptions) {
    this.#world = world;
    this.#analyzers = analyzers;
    this.#set = analyzerSetOf(analyzers, options.limits);
    this.#options = options;
  }

  /** Whether bytes of the layer were read, and it was not known from before. */
  wasRead(diffId: Digest): boolean {
    return this.#opened.has(diffId);
  }

  /** Takes those layers that are not known, each distinct one once, in parallel; the first failure stops all. */
  async take(layers: readonly SourceLayer[]): Promise<readonly TakenLayer[]> {
    const distinct = new Map(layers.map((layer) => [layer.diffId ?? layer, layer]));
    const known = await this.#findKnown(distinct.values());
    [this.#known, this.#updated, this.#total] = [known.size, 0, distinct.size];
    this.#tellLayers();
    // Large layers first, so that none of them is left for the end.
    const unknown = [...distinct]
      .filter(([key]) => !known.has(key))
      .sort(([, a], [, b]) => (b.size ?? 0) - (a.size ?? 0));
    const ends = new Map<Digest | SourceLayer, LayerEnd>();
    const { pool, signal: outer } = this.#options;
    // One more than threads: what is brought up to date without its bytes, and the next stream, wait for none.
    const width = pool === undefined ? 1 : pool.size + 1;
    await allOrNone(unknown, width, outer, async ([key, layer], signal) => {
      try {
        ends.set(key, await this.#takeOne(layer, signal));
      } catch (thrown) {
        throw withLayer(thrown, layer);
      }
    });
    return layers.map((layer) => {
      const end = ends.get(layer.diffId ?? layer);
      return { diffId: layer.diffId ?? (end!.diffId as Digest), size: layer.size ?? end?.size ?? 0 };
    });
  }

  async #findKnown(layers: Iterable<SourceLayer>): Promise<ReadonlySet<Digest | SourceLayer>> {
    const known = new Set<Digest | SourceLayer>();
    const check = async ({ diffId }: SourceLayer) => {
      if (diffId !== null && (await hasLayerReport(this.#world.blobs, this.#set.name, diffId))) known.add(diffId);
    };
    await Promise.all(Array.from(layers, check));
    return known;
  }

  async #takeOne(layer: SourceLayer, signal: AbortSignal): Promise<LayerEnd> {
    const { diffId } = layer;
    const { blobs, log } = this.#world;
    const earlier = diffId === null ? null : await findEarlier(blobs, diffId, this.#set, this.#analyzers);
    if (diffId === null || earlier === null) return await this.#read(layer, this.#analyzers, signal);
    try {
      return await this.#bringUpToDate(layer, diffId, earlier, signal);
    } catch (thrown) {
      const isDamaged = thrown instanceof Fault && thrown.code === 'data/corrupt' && thrown.detail['diffId'] === diffId;
      if (!isDamaged) throw thrown;
      log.error('an earlier layer report is damaged, the layer is read whole', { diffId, analyzerSet: earlier.set });
      await deleteLayerReport(blobs, earlier.set, diffId);
      return await this.#read(layer, this.#analyzers, signal);
    }
  }

  /** Goes on from what another set has read: the layer is opened only if it has something that is wanted and nobody has read. */
  async #bringUpToDate(
    layer: SourceLayer,
    diffId: Digest,
    { kept, stale, records }: EarlierReport,
    signal: AbortSignal,
  ): Promise<LayerEnd> {
    const { limits } = this.#options;
    const known = () => keepOf(records(), headOf(this.#set), kept);
    let end: LayerEnd;
    if (await wantsAny(stale, records(), limits)) {
      end = await this.#read(layer, stale, signal, (report) => {
        const fresh = decodeLayerReport(report.bytes, nameAnalyzerSet(stale, limits), diffId);
        return encodedReport(mergeReports(known(), fresh, this.#analyzers, diffId));
      });
    } else {
      end = await this.#store(layer, encodedReport(known()));
      this.#updated += 1;
      this.#tellLayers();
    }
    await tidyReports(this.#world.blobs, diffId, this.#set);
    return end;
  }

  /** Reads the layer with these analyzers; `complete` makes the report to be stored out of theirs. */
  async #read(
    layer: SourceLayer,
    analyzers: readonly Analyzer[],
    signal: AbortSignal,
    complete: (report: IncomingReport) => IncomingReport = (report) => report,
  ): Promise<LayerEnd> {
    const name = layer.diffId ?? layerName(layer);
    const end = await withoutLostReads(this.#world.log, name, (lost) =>
      this.#store(layer, complete(this.#open(layer, analyzers, lost, signal))),
    );
    this.#opened.add(end.diffId as Digest);
    this.#options.onProgress?.({ kind: 'layer-done', layer: name });
    return end;
  }

  async #store(layer: SourceLayer, report: IncomingReport): Promise<LayerEnd> {
    const { blobs } = this.#world;
    if (layer.diffId === null) {
      return await putNamelessReport(blobs, this.#set.name, report, this.#options.temporaryFile('report'));
    }
    await putLayerReport(blobs, this.#set.name, layer.diffId, report.bytes);
    // Another analysis may have stored the same layer first: then the store did not ask for the bytes, and the layer is known.
    return report.end() ?? { kind: 'end', diffId: layer.diffId, digest: null, size: 0, inflated: 0, entries: 0 };
  }

  #open(
    layer: SourceLayer,
    analyzers: readonly Analyzer[],
    lost: readonly LostRead[],
    signal: AbortSignal,
  ): IncomingReport {
    const { pool, limits, analysisSettings: settings, temporaryFile, onProgress, elapsed } = this.#options;
    const name = layer.diffId ?? layerName(layer);
    const onBytes = (done: number) => {
      onProgress?.({ kind: 'bytes', layer: name, done, total: layer.size });
      signal.throwIfAborted();
    };
    const options = { limits, temporaryPath: temporaryFile('layer'), onBytes, lost };
    if (pool !== undefined) {
      return pool.read(layer, { ...options, settings, analyzers: analyzers.map((one) => one.name), signal });
    }
    return encodedReport(readLayer(layer, { analyzers, ...options, ...(elapsed === undefined ? {} : { elapsed }) }));
  }

  #tellLayers(): void {
    const [known, updated, total] = [this.#known, this.#updated, this.#total];
    this.#options.onProgress?.({ kind: 'layers', known, updated, total });
  }
}

function encodedReport(records: AsyncIterable<LayerRecord>): IncomingReport {
  let end: LayerEnd | null = null;
  const bytes = encodeLayerReport(records, (last) => {
    end = last;
  });
  return { bytes, end: () => end };
}

/** What inflates bytes or reads a tar does not know whose they are. */
function withLayer(thrown: unknown, layer: SourceLayer): unknown {
  if (!(thrown instanceof Fault) || !/^image\/(corrupt|unsupported)$/.test(thrown.code)) return thrown;
  const { code, detail, message } = thrown;
  if ([layer.digest, layer.diffId].some((digest) => digest !== null && message.includes(digest))) return thrown;
  return new Fault(code, `the layer ${layerName(layer)} cannot be read: ${message}`, { detail, cause: thrown });
}
