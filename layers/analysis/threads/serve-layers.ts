import type { MessagePort } from 'node:worker_threads';
import type { SourceLayer } from '#registry/layer-source.ts';
import type { AnalysisSettings } from '../analysis-settings.ts';
import type { Analyzer } from '../analyzer.ts';
import {
  type FromWorker,
  piecesAhead,
  receiveFault,
  type SentLayer,
  sendFault,
  type ToWorker,
  type WorkerData,
} from './layer-messages.ts';
import { encodeLayerReport, type LayerEnd } from '../layers/layer-report.ts';
import { readLayer } from '../read-layer.ts';

/** The worker's side of a layer pool: reads the layers that come over the port, one at a time, for as long as it is open. */
export function serveLayers(
  port: MessagePort,
  { reading }: Pick<WorkerData, 'reading'>,
  makeAnalyzers: (settings: AnalysisSettings) => readonly Analyzer[],
): void {
  const inbox = new Inbox(port);
  const say = (message: FromWorker) =>
    port.postMessage(message, message.kind === 'piece' ? [message.bytes.buffer as ArrayBuffer] : []);
  let made: { readonly for: string; readonly analyzers: readonly Analyzer[] } | null = null;
  // Patterns are compiled once for all layers under the same settings.
  const analyzersOf = (settings: AnalysisSettings) => {
    const text = JSON.stringify(settings);
    if (made?.for !== text) made = { for: text, analyzers: makeAnalyzers(settings) };
    return made.analyzers;
  };
  const serve = async () => {
    for (let order = await inbox.order(); ; order = await inbox.order()) {
      try {
        say({ kind: 'done', end: await report(order, reading, analyzersOf(order.settings), inbox, say) });
      } catch (thrown) {
        say({ kind: 'failed', fault: sendFault(thrown) });
      }
    }
  };
  say({ kind: 'ready' });
  void serve();
}

type Order = Extract<ToWorker, { kind: 'read' }>;
type Input = Extract<ToWorker, { kind: `input${string}` }>;

async function report(
  { layer, limits, temporaryPath, analyzers: names, lost }: Order,
  reading: WorkerData['reading'],
  all: readonly Analyzer[],
  inbox: Inbox,
  say: (message: FromWorker) => void,
): Promise<LayerEnd> {
  const onBytes = (done: number) => say({ kind: 'progress', done });
  const source = receiveLayer(layer, inbox, say);
  let end: LayerEnd | null = null;
  const analyzers = all.filter(({ name }) => names.includes(name));
  const onRead = (read: number) => void Atomics.store(reading, 0, read);
  const records = readLayer(source, { analyzers, limits, temporaryPath, onBytes, onRead, lost });
  const pieces = encodeLayerReport(records, (last) => {
    end = last;
  });
  for await (const bytes of pieces) {
    await inbox.room();
    say({ kind: 'piece', bytes: Uint8Array.from(bytes) });
  }
  return end!;
}

function receiveLayer(layer: SentLayer, inbox: Inbox, say: (message: FromWorker) => void): SourceLayer {
  const { bytes, ...rest } = layer;
  if (bytes.kind !== 'stream') return { ...rest, bytes };
  return { ...rest, bytes: { kind: 'stream', open: async () => receiveStream(inbox, say) } };
}

async function* receiveStream(inbox: Inbox, say: (message: FromWorker) => void): AsyncGenerator<Uint8Array> {
  const stream = inbox.nextStream();
  say({ kind: 'open', stream });
  try {
    for (let input = await inbox.input(); input.kind !== 'input-end'; input = await inbox.input()) {
      if (input.kind === 'input-fault') throw receiveFault(input.fault);
      yield input.bytes;
      say({ kind: 'used' });
    }
  } finally {
    say({ kind: 'close' });
  }
}

/** Messages in order of arrival, each kind to be waited for on its own. */
class Inbox {
  readonly #orders: Order[] = [];
  readonly #inputs: Input[] = [];
  #untaken = 0;
  #stream = 0;
  #wake: () => void = () => {};

  constructor(port: MessagePort) {
    port.on('message', (message: ToWorker) => {
      if (message.kind === 'read') this.#orders.push(message);
      else if (message.kind === 'taken') this.#untaken -= 1;
      else if (message.stream === this.#stream) this.#inputs.push(message);
      const wake = this.#wake;
      this.#wake = () => {};
      wake();
    });
  }

  /** The next layer to be read. */
  async order(): Promise<Order> {
    const order = await this.#when(() => this.#orders.shift());
    this.#untaken = 0;
    return order;
  }

  /** The number of a new stream; what comes of earlier ones is dropped. */
  nextStream(): number {
    this.#inputs.length = 0;
    this.#stream += 1;
    return this.#stream;
  }

  async input(): Promise<Input> {
    return this.#when(() => this.#inputs.shift());
  }

  /** Waits until another piece of the report may be sent, which is then counted. */
  async room(): Promise<void> {
    await this.#when(() => this.#untaken < piecesAhead || undefined);
    this.#untaken += 1;
  }

  async #when<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const before = this.#wake;
        this.#wake = () => {
          before();
          resolve();
        };
      });
    }
  }
}
