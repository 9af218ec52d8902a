import { piecesAhead, sendFault, type ToWorker } from './layer-messages.ts';

/** Measured: a message costs about as much as copying this much, and registries give 16 KiB at a time. */
const pieceBytes = 256 * 1024;

/** Milliseconds that a stream has to let go; one that says nothing meanwhile ends by the time limits of whoever opened it. */
const patience = 1000;

/** Sends a stream to a thread in pieces, as fast as it uses them. */
export class InputPump {
  readonly #stream: number;
  readonly #say: (message: ToWorker, transfer?: readonly ArrayBuffer[]) => void;
  readonly #done: Promise<void>;
  #ahead = 0;
  #ended = false;
  #closed = false;
  #wake: () => void = () => {};

  constructor(
    open: () => Promise<AsyncIterable<Uint8Array>>,
    stream: number,
    say: (message: ToWorker, transfer?: readonly ArrayBuffer[]) => void,
  ) {
    this.#stream = stream;
    this.#say = say;
    this.#done = this.#pump(open);
  }

  /** Whether the thread can only wait for the stream to go on. */
  get starved(): boolean {
    return this.#ahead === 0 && !this.#ended;
  }

  /** The thread has used a piece. */
  used(): void {
    this.#ahead -= 1;
    this.#wake();
  }

  /** Stops, and lets go of the stream. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    const waited = Promise.withResolvers<void>();
    const timer = setTimeout(waited.resolve, patience);
    await Promise.race([this.#done, waited.promise]);
    clearTimeout(timer);
  }

  async #pump(open: () => Promise<AsyncIterable<Uint8Array>>): Promise<void> {
    const stream = this.#stream;
    try {
      for await (const bytes of inPieces(this.#whileOpen(await open()))) {
        while (this.#ahead >= piecesAhead && !this.#closed) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
        if (this.#closed) return;
        this.#ahead += 1;
        this.#say({ kind: 'input', stream, bytes }, [bytes.buffer]);
      }
      this.#finish({ kind: 'input-end', stream });
    } catch (thrown) {
      this.#finish({ kind: 'input-fault', stream, fault: sendFault(thrown) });
    }
  }

  /** A stream that trickles fills no piece for a long time. */
  async *#whileOpen(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of stream) {
      if (this.#closed) return;
      yield bytes;
    }
  }

  #finish(message: ToWorker): void {
    this.#ended = true;
    if (!this.#closed) this.#say(message);
  }
}

/** Copies into pieces of their own, which can be handed over. */
async function* inPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(pieceBytes);
  let filled = 0;
  for await (const given of bytes) {
    for (let at = 0; at < given.byteLength; ) {
      const part = given.subarray(at, at + piece.byteLength - filled);
      piece.set(part, filled);
      filled += part.byteLength;
      at += part.byteLength;
      if (filled < piece.byteLength) continue;
      yield piece;
      piece = new Uint8Array(pieceBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
}
