import { availableParallelism } from 'node:os';
import type { Limits } from '#core/limits.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import type { LayerEnd } from './layers/layer-report.ts';
import { LayerThread, type ThreadLimits } from './threads/layer-thread.ts';
import type { IncomingReport } from './report-store.ts';

/** How one layer is to be read. */
export interface PoolReadOptions {
  readonly limits: Limits;
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
}

export interface LayerPoolOptions extends Partial<ThreadLimits> {
  /** One for each core when left out, at most 8. */
  readonly size?: number;
  /** The entry of a thread; another one is for tests. */
  readonly script?: URL;
}

/**
 * Opens a pool; nothing is started yet. A thread that passes `heapMiB` (1,024 when left out) or is busy without a sign for
 * `stallSeconds` (300) is ended, and the layer refused with `image/too-large`.
 */
export function openLayerPool(options: LayerPoolOptions = {}): LayerPool {
  const size = options.size ?? Math.min(availableParallelism(), 8);
  const script = options.script ?? new URL('./threads/layer-worker.ts', import.meta.url);
  const limits = { heapMiB: options.heapMiB ?? 1024, stallSeconds: options.stallSeconds ?? 300 };
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
