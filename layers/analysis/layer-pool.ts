import { availableParallelism } from 'node:os';
import type { Limits } from '#core/limits.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import type { AnalysisSettings } from './analysis-settings.ts';
import type { LostRead } from './layers/fact-reader.ts';
import type { LayerEnd } from './layers/layer-report.ts';
import { LayerThread } from './threads/layer-thread.ts';
import type { IncomingReport } from './report-store.ts';

/** How one layer is to be read. */
export interface PoolReadOptions {
  readonly limits: Limits;
  readonly settings: AnalysisSettings;
  /** Names of those that are to read it, of all that there are under these settings. */
  readonly analyzers: readonly string[];
  /** Reads that ended a thread before. */
  readonly lost: readonly LostRead[];
  /** As of readLayer. */
  readonly temporaryPath: string;
  readonly onBytes: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Worker threads that read layers. Threads start when they are needed and stay for the next layer until disposed. */
export interface LayerPool extends AsyncDisposable {
  /** Layers that are read at the same time; more wait. */
  readonly size: number;
  /** The report of a layer; nothing is read before its bytes are asked for. */
  read(layer: SourceLayer, options: PoolReadOptions): IncomingReport;
  /** Starts a thread ahead of the first layer: that takes 200 ms, in which an image can be opened. */
  warm(): void;
}

export interface LayerPoolOptions {
  readonly heapMiB?: number;
  readonly stallSeconds?: number;
  /** One for each core when left out, at most 8. */
  readonly size?: number;
  /** The entry of a thread; another one is for tests. */
  readonly script?: URL;
}

/**
 * Opens a pool; nothing is started yet. A thread that passes `heapMiB` (1,024 when left out) or is busy without a sign for
 * `stallSeconds` (one and a half times the limit analyzerSeconds) is ended, and the layer refused with `image/too-large`;
 * the fault tells which read it was at, so that the layer can be read again without (lost-reads.ts).
 */
export function openLayerPool(options: LayerPoolOptions = {}): LayerPool {
  const size = options.size ?? Math.min(availableParallelism(), 8);
  const script = options.script ?? new URL('./threads/layer-worker.ts', import.meta.url);
  const limits = { heapMiB: options.heapMiB ?? 1024, stallSeconds: options.stallSeconds ?? null };
  return new Threads(size, () => new LayerThread(script, limits));
}

class Threads implements LayerPool {
  readonly size: number;
  readonly #start: () => LayerThread;
  readonly #all = new Set<LayerThread>();
  readonly #idle: LayerThread[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(size: number, start: () => LayerThread) {
    this.size = size;
    this.#start = start;
  }

  read(layer: SourceLayer, options: PoolReadOptions): IncomingReport {
    let end: LayerEnd | null = null;
    const onEnd = (last: LayerEnd) => {
      end = last;
    };
    return { bytes: this.#bytes(layer, options, onEnd), end: () => end };
  }

  warm(): void {
    if (this.#all.size === 0) this.#idle.push(this.#add());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#all, (thread) => thread.terminate()));
  }

  async *#bytes(layer: SourceLayer, options: PoolReadOptions, onEnd: (end: LayerEnd) => void) {
    const thread = await this.#take();
    try {
      yield* thread.read({ layer, ...options, onEnd });
    } finally {
      this.#giveBack(thread);
    }
  }

  async #take(): Promise<LayerThread> {
    while (this.#busy >= this.size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy += 1;
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) if (idle.usable) return idle;
    return this.#add();
  }

  #add(): LayerThread {
    const thread = this.#start();
    this.#all.add(thread);
    return thread;
  }

  #giveBack(thread: LayerThread): void {
    this.#busy -= 1;
    if (thread.usable) this.#idle.push(thread);
    else this.#all.delete(thread);
    this.#waiting.shift()?.();
  }
}
