import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import type { Analyzer } from '../analyzer.ts';
import { layerName } from './layer-name.ts';
import type { LayerPool } from '../layer-pool.ts';
import { encodeLayerReport, type LayerEnd } from './layer-report.ts';
import { readLayer } from '../read-layer.ts';
import { hasLayerReport, type IncomingReport, putLayerReport, putNamelessReport } from '../report-store.ts';

/** How far an analysis is; sizes are stored bytes, `layer` is the diff_id (a folder's path). */
export type AnalysisProgress =
  /** `known` of `total` distinct layers need not be read. */
  | { readonly kind: 'layers'; readonly known: number; readonly total: number }
  | { readonly kind: 'bytes'; readonly layer: string; readonly done: number; readonly total: number | null }
  | { readonly kind: 'layer-done'; readonly layer: string };

/** A layer whose report is stored. */
export interface TakenLayer {
  readonly diffId: Digest;
  readonly size: number;
}

interface IntakeOptions {
  readonly limits: Limits;
  readonly temporaryFile: (name: string) => string;
  readonly pool?: LayerPool;
  readonly onProgress?: (progress: AnalysisProgress) => void;
  readonly signal?: AbortSignal;
}

/** Measured: a thread takes up to 250 ms of work to start (a third with a compile cache), and so much is read in that time. */
const smallLayer = 8 * 1024 * 1024;

/** Sees to it that the reports of an image's layers are in the store. */
export class LayerIntake {
  readonly #blobs: Blobs;
  readonly #analyzerSet: string;
  readonly #analyzers: readonly Analyzer[];
  readonly #options: IntakeOptions;
  readonly #read = new Set<Digest>();

  constructor(blobs: Blobs, analyzerSet: string, analyzers: readonly Analyzer[], options: IntakeOptions) {
    this.#blobs = blobs;
    this.#analyzerSet = analyzerSet;
    this.#analyzers = analyzers;
    this.#options = options;
  }

  /** Whether the layer was read, and not known from before. */
  wasRead(diffId: Digest): boolean {
    return this.#read.has(diffId);
  }

  /** Reads those layers that are not known, each distinct one once, in parallel; the first failure stops all. */
  async take(layers: readonly SourceLayer[]): Promise<readonly TakenLayer[]> {
    const distinct = new Map(layers.map((layer) => [layer.diffId ?? layer, layer]));
    const known = await this.#known(distinct.values());
    this.#options.onProgress?.({ kind: 'layers', known: known.size, total: distinct.size });
    // Large layers first, so that none of them is left for the end.
    const unknown = [...distinct]
      .filter(([key]) => !known.has(key))
      .sort(([, a], [, b]) => (b.size ?? 0) - (a.size ?? 0));
    const ends = new Map<Digest | SourceLayer, LayerEnd>();
    await allOrNone(unknown, this.#options, async ([key, layer], signal) => {
      try {
        ends.set(key, await this.#readOne(layer, signal));
      } catch (thrown) {
        throw withLayer(thrown, layer);
      }
    });
    return layers.map((layer) => {
      const end = ends.get(layer.diffId ?? layer);
      return { diffId: layer.diffId ?? (end!.diffId as Digest), size: layer.size ?? end?.size ?? 0 };
    });
  }

  async #known(layers: Iterable<SourceLayer>): Promise<ReadonlySet<Digest | SourceLayer>> {
    const known = new Set<Digest | SourceLayer>();
    const check = async ({ diffId }: SourceLayer) => {
      if (diffId !== null && (await hasLayerReport(this.#blobs, this.#analyzerSet, diffId))) known.add(diffId);
    };
    await Promise.all(Array.from(layers, check));
    return known;
  }

  async #readOne(layer: SourceLayer, signal: AbortSignal): Promise<LayerEnd> {
    const { onProgress, temporaryFile } = this.#options;
    const name = layer.diffId ?? layerName(layer);
    const onBytes = (done: number) => {
      onProgress?.({ kind: 'bytes', layer: name, done, total: layer.size });
      signal.throwIfAborted();
    };
    const report = this.#open(layer, onBytes, signal);
    if (layer.diffId === null) await putNamelessReport(this.#blobs, this.#analyzerSet, report, temporaryFile('report'));
    else await putLayerReport(this.#blobs, this.#analyzerSet, layer.diffId, report.bytes);
    // Another analysis may have stored the same layer first: then the store did not ask for the bytes, and the layer is known.
    const end = report.end() ?? { kind: 'end', diffId: layer.diffId!, digest: null, size: 0, inflated: 0, entries: 0 };
    this.#read.add(end.diffId as Digest);
    onProgress?.({ kind: 'layer-done', layer: name });
    return end;
  }

  #open(layer: SourceLayer, onBytes: (done: number) => void, signal: AbortSignal): IncomingReport {
    const { pool, limits, temporaryFile } = this.#options;
    const options = { limits, temporaryPath: temporaryFile('layer'), onBytes };
    if (pool !== undefined && (layer.size ?? Number.POSITIVE_INFINITY) > smallLayer) {
      return pool.read(layer, { ...options, signal });
    }
    let end: LayerEnd | null = null;
    const records = readLayer(layer, { analyzers: this.#analyzers, ...options });
    const bytes = encodeLayerReport(records, (last) => {
      end = last;
    });
    return { bytes, end: () => end };
  }
}

/** What inflates bytes or reads a tar does not know whose they are. */
function withLayer(thrown: unknown, layer: SourceLayer): unknown {
  if (!(thrown instanceof Fault) || !/^image\/(corrupt|unsupported)$/.test(thrown.code)) return thrown;
  const { code, detail, message } = thrown;
  if ([layer.digest, layer.diffId].some((digest) => digest !== null && message.includes(digest))) return thrown;
  return new Fault(code, `the layer ${layerName(layer)} cannot be read: ${message}`, { detail, cause: thrown });
}

/** Runs the work for each item, several at once; when one fails the others are told to stop and waited for. */
async function allOrNone<T>(
  items: readonly T[],
  options: IntakeOptions,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) {
      signal.throwIfAborted();
      await work(item, signal);
    }
  };
  // One lane more than threads: small layers are read here meanwhile.
  const width = options.pool === undefined ? 1 : options.pool.size + 1;
  const failures: unknown[] = [];
  const lanes = Array.from({ length: Math.min(width, items.length) }, () =>
    lane().catch((thrown: unknown) => {
      failures.push(thrown);
      stop.abort(thrown);
    }),
  );
  await Promise.all(lanes);
  if (failures.length > 0) throw failures[0];
}
