import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import { Fault } from '#core/fault.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import { InputPump } from './input-pump.ts';
import {
  type FromWorker,
  piecesAhead,
  type ReadOrder,
  receiveFault,
  type SentLayer,
  type ToWorker,
  type WorkerData,
} from './layer-messages.ts';
import { layerName } from '../layers/layer-name.ts';
import type { LayerEnd } from '../layers/layer-report.ts';
import { lostReadFault } from '../layers/lost-reads.ts';

/** What a thread may use: heap in MiB, and seconds of work on one piece before it counts as hanging. */
export interface ThreadLimits {
  readonly heapMiB: number;
  /** Null: one and a half times analyzerSeconds, so that who is only slow is stopped by that and goes on. */
  readonly stallSeconds: number | null;
}

/** Measured: with the usual one a thread holds up to 100 MiB more of what nobody needs any longer, and is no faster. */
const youngMiB = 24;

/** A layer to be read on a thread. */
export interface ThreadJob extends ReadOrder {
  readonly layer: SourceLayer;
  readonly temporaryPath: string;
  readonly onBytes: (done: number) => void;
  readonly onEnd: (end: LayerEnd) => void;
  readonly signal: AbortSignal;
}

/** One worker thread, which reads one layer at a time. It does not keep the process alive when it is idle. */
export class LayerThread {
  readonly #worker: Worker;
  readonly #limits: ThreadLimits;
  readonly #reading = new Int32Array(new SharedArrayBuffer(4));
  #job: RunningJob | null = null;
  #broken = false;
  #ready = false;

  constructor(script: URL, limits: ThreadLimits) {
    this.#limits = limits;
    this.#worker = new Worker(script, {
      execArgv: [],
      workerData: { compileCache: getCompileCacheDir(), reading: this.#reading } satisfies WorkerData,
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMiB, maxYoungGenerationSizeMb: youngMiB },
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
    const running = new RunningJob(job, this.#limits, say, {
      ready: () => this.#ready,
      reading: () => Atomics.load(this.#reading, 0),
    });
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

/** What is seen of a thread from outside. */
interface ThreadSigns {
  /** Whether it has started. */
  ready(): boolean;
  /** The read that it is at, 0 between reads. */
  reading(): number;
}

/** The pool's side of one layer on a thread. */
class RunningJob {
  /** Whether the thread is done with the layer, well or not. */
  answered = false;
  readonly #job: ThreadJob;
  readonly #limits: ThreadLimits;
  readonly #say: (message: ToWorker, transfer?: readonly ArrayBuffer[]) => void;
  readonly #signs: ThreadSigns;
  readonly #pieces: Uint8Array[] = [];
  #pump: InputPump | null = null;
  #ended: { readonly thrown: unknown } | 'well' | null = null;
  #wake: () => void = () => {};
  #stall: NodeJS.Timeout | undefined;

  constructor(
    job: ThreadJob,
    limits: ThreadLimits,
    say: (message: ToWorker, transfer?: readonly ArrayBuffer[]) => void,
    signs: ThreadSigns,
  ) {
    this.#signs = signs;
    this.#job = job;
    this.#limits = limits;
    this.#say = say;
  }

  async *pieces(): AsyncGenerator<Uint8Array, void> {
    const { layer, temporaryPath, limits, settings, analyzers, lost } = this.#job;
    this.#say({ kind: 'read', layer: sendLayer(layer), temporaryPath, limits, settings, analyzers, lost });
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
    const { heapMiB } = this.#limits;
    if (outOfMemory) {
      const needs = `needs more than ${heapMiB} MiB of memory`;
      this.#lose(this.#tooLarge('heapMiB', heapMiB, `${needs} to be read`), `${needs} (limit heapMiB)`);
      return;
    }
    const name = layerName(this.#job.layer);
    const fault = new Fault('internal/failed', `the thread that read the layer ${name} ended: ${String(thrown)}`, {
      cause: thrown,
    });
    this.#lose(fault, 'ended the thread that read it');
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

  /** A thread that neither waits for us nor says anything nor goes on to another read hangs. */
  #watch(): void {
    clearTimeout(this.#stall);
    const { ready, reading } = this.#signs;
    if (!ready() || this.#ended !== null || this.#pieces.length >= piecesAhead || this.#pump?.starved) return;
    const seconds = this.#limits.stallSeconds ?? 1.5 * this.#job.limits.analyzerSeconds;
    const before = reading();
    this.#stall = setTimeout(() => {
      if (reading() !== before) return this.#watch();
      const busy = `has kept its thread busy for ${seconds} s without a result`;
      this.#lose(this.#tooLarge('stallSeconds', seconds, busy), `${busy} (limit stallSeconds)`);
    }, seconds * 1000);
  }

  /** The thread is of no more use; when it was in the middle of a read, that is what ended it. */
  #lose(fault: Fault, problem: string): void {
    const read = this.#signs.reading();
    this.end({ thrown: read === 0 ? fault : lostReadFault(fault, { read, problem: `not read: ${problem}` }) });
  }

  #tooLarge(limit: keyof ThreadLimits, most: number, what: string): Fault {
    const name = layerName(this.#job.layer);
    return new Fault('image/too-large', `the layer ${name} ${what} (limit ${limit})`, {
      detail: { limit, most, layer: name },
    });
  }
}

function sendLayer(layer: SourceLayer): SentLayer {
  const { digest, diffId, mediaType, size, bytes } = layer;
  return { digest, diffId, mediaType, size, bytes: bytes.kind === 'stream' ? { kind: 'stream' } : bytes };
}
