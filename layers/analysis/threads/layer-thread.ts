import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import { InputPump } from './input-pump.ts';
import { type FromWorker, piecesAhead, receiveFault, type SentLayer, type ToWorker } from './layer-messages.ts';
import { layerName } from '../layers/layer-name.ts';
import type { LayerEnd } from '../layers/layer-report.ts';

/** What a thread may use: heap in MiB, and seconds of work on one piece before it counts as hanging. */
export interface ThreadLimits {
  readonly heapMiB: number;
  readonly stallSeconds: number;
}

/** A layer to be read on a thread. */
export interface ThreadJob {
  readonly layer: SourceLayer;
  readonly limits: Limits;
  readonly temporaryPath: string;
  readonly onBytes: (done: number) => void;
  readonly onEnd: (end: LayerEnd) => void;
  readonly signal: AbortSignal;
}

/** One worker thread, which reads one layer at a time. It does not keep the process alive when it is idle. */
export class LayerThread {
  readonly #worker: Worker;
  readonly #limits: ThreadLimits;
  #job: RunningJob | null = null;
  #broken = false;
  #ready = false;

  constructor(script: URL, limits: ThreadLimits) {
    this.#limits = limits;
    this.#worker = new Worker(script, {
      execArgv: [],
      workerData: { compileCache: getCompileCacheDir() },
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMiB },
    });
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker) => {
      this.#ready ||= message.kind === 'ready';
      this.#job?.hear(message);
    });
    this.#worker.on('error', (thrown) => this.#fail(thrown));
    this.#worker.on('exit', () => this.#fail(new Error('it ended without a word')));
  }

  /** False once the thread has ended: it takes no more layers. */
  get usable(): boolean {
    return !this.#broken;
  }

  /**
   * The bytes of the layer's report. Whatever ends this early (a failure, the signal, a consumer that stops) ends the
   * thread too when it was still at work; a thread that crashes or hangs is a Fault of its layer.
   */
  async *read(job: ThreadJob): AsyncGenerator<Uint8Array, void> {
    job.signal.throwIfAborted();
    const say = (message: ToWorker, transfer: readonly ArrayBuffer[] = []) =>
      this.#worker.postMessage(message, transfer);
    const running = new RunningJob(job, this.#limits, say, () => this.#ready);
    const abort = () => running.end({ thrown: job.signal.reason as unknown });
    this.#job = running;
    this.#worker.ref();
    job.signal.addEventListener('abort', abort, { once: true });
    try {
      yield* running.pieces();
    } finally {
      job.signal.removeEventListener('abort', abort);
      this.#worker.unref();
      this.#job = null;
      await running.close();
      if (!running.answered) await this.terminate();
    }
  }

  /** Ends the thread; a layer it reads fails. */
  async terminate(): Promise<void> {
    this.#broken = true;
    await this.#worker.terminate();
  }

  #fail(thrown: unknown): void {
    this.#broken = true;
    this.#job?.crash(thrown);
  }
}

/** The pool's side of one layer on a thread. */
class RunningJob {
  /** Whether the thread is done with the layer, well or not. */
  answered = false;
  readonly #job: ThreadJob;
  readonly #limits: ThreadLimits;
  readonly #say: (message: ToWorker, transfer?: readonly ArrayBuffer[]) => void;
  readonly #isReady: () => boolean;
  readonly #pieces: Uint8Array[] = [];
  #pump: InputPump | null = null;
  #ended: { readonly thrown: unknown } | 'well' | null = null;
  #wake: () => void = () => {};
  #stall: NodeJS.Timeout | undefined;

  constructor(
    job: ThreadJob,
    limits: ThreadLimits,
    say: (message: ToWorker, transfer?: readonly ArrayBuffer[]) => void,
    isReady: () => boolean,
  ) {
    this.#isReady = isReady;
    this.#job = job;
    this.#limits = limits;
    this.#say = say;
  }

  async *pieces(): AsyncGenerator<Uint8Array, void> {
    const { layer, limits, temporaryPath } = this.#job;
    this.#say({ kind: 'read', layer: sendLayer(layer), limits, temporaryPath });
    this.#watch();
    for (;;) {
      // A failure is told at once: what came before it is worth nothing.
      if (this.#ended !== null && this.#ended !== 'well') throw this.#ended.thrown;
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        yield piece;
        this.#say({ kind: 'taken' });
        this.#watch();
      } else if (this.#ended === 'well') return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  hear(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        break;
      case 'open':
        void this.#pump?.close();
        this.#pump = this.#openPump(message.stream);
        break;
      case 'used':
        this.#pump?.used();
        break;
      case 'close':
        void this.#pump?.close();
        this.#pump = null;
        break;
      case 'progress':
        this.#progress(message.done);
        break;
      case 'piece':
        this.#pieces.push(message.bytes);
        this.#wake();
        break;
      case 'done':
        this.answered = true;
        this.#job.onEnd(message.end);
        this.end('well');
        break;
      case 'failed':
        this.answered = true;
        this.end({ thrown: receiveFault(message.fault) });
        break;
      default:
        message satisfies never;
    }
    this.#watch();
  }

  crash(thrown: unknown): void {
    const outOfMemory = (thrown as NodeJS.ErrnoException)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const name = layerName(this.#job.layer);
    const fault = outOfMemory
      ? this.#tooLarge('heapMiB', `needs more than ${this.#limits.heapMiB} MiB of memory to be read`)
      : new Fault('internal/failed', `the thread that read the layer ${name} ended: ${String(thrown)}`, {
          cause: thrown,
        });
    this.end({ thrown: fault });
  }

  end(how: { readonly thrown: unknown } | 'well'): void {
    this.#ended ??= how;
    clearTimeout(this.#stall);
    this.#wake();
  }

  async close(): Promise<void> {
    this.#ended ??= 'well';
    clearTimeout(this.#stall);
    await this.#pump?.close();
  }

  #progress(done: number): void {
    try {
      this.#job.onBytes(done);
    } catch (thrown) {
      this.end({ thrown });
    }
  }

  #openPump(stream: number): InputPump {
    const { bytes } = this.#job.layer;
    if (bytes.kind !== 'stream') throw new Fault('internal/failed', 'only a layer that is streamed can be asked for');
    return new InputPump(bytes.open, stream, (message, transfer) => {
      this.#say(message, transfer);
      this.#watch();
    });
  }

  /** A thread that neither waits for us nor says anything hangs. */
  #watch(): void {
    clearTimeout(this.#stall);
    if (!this.#isReady() || this.#ended !== null || this.#pieces.length >= piecesAhead || this.#pump?.starved) return;
    const { stallSeconds } = this.#limits;
    this.#stall = setTimeout(() => {
      this.end({
        thrown: this.#tooLarge('stallSeconds', `has kept its thread busy for ${stallSeconds} s without a result`),
      });
    }, stallSeconds * 1000);
  }

  #tooLarge(limit: keyof ThreadLimits, what: string): Fault {
    const name = layerName(this.#job.layer);
    return new Fault('image/too-large', `the layer ${name} ${what} (limit ${limit})`, {
      detail: { limit, most: this.#limits[limit], layer: name },
    });
  }
}

function sendLayer(layer: SourceLayer): SentLayer {
  const { digest, diffId, mediaType, size, bytes } = layer;
  return { digest, diffId, mediaType, size, bytes: bytes.kind === 'stream' ? { kind: 'stream' } : bytes };
}
