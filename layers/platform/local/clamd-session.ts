import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Fault } from '#core/fault.ts';

/** Where a session connects to. */
export type ClamdPlace = { readonly path: string } | { readonly host: string; readonly port: number };

/** clamd may load its databases anew before it answers. */
const silentMs = 5 * 60 * 1000;
/** Answers are short. */
const maxAnswer = 64 * 1024;

/** One connection to clamd with questions one after another (clamd(8): IDSESSION, commands and answers end with NUL). */
export class ClamdSession implements Disposable {
  readonly #socket: Socket;
  readonly #address: string;
  #received = '';
  #lost: Error | null = null;
  #wake: (() => void) | null = null;

  private constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.#address = address;
    // Small pieces would wait for each other's acknowledgement.
    socket.setNoDelay(true);
    socket.setTimeout(silentMs, () => socket.destroy(new Error(`no sign for ${silentMs / 1000} s`)));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#received += text;
      if (this.#received.length > maxAnswer) socket.destroy(new Error('it answers without end'));
      this.#wake?.();
    });
    socket.on('error', (error) => this.#lose(error));
    socket.on('close', () => this.#lose(new Error('it hung up')));
  }

  /** Throws `network/unreachable`. */
  static async open(place: ClamdPlace, address: string, signal?: AbortSignal): Promise<ClamdSession> {
    const socket = connect({ ...place, ...(signal === undefined ? {} : { signal }) });
    const session = new ClamdSession(socket, address);
    try {
      await once(socket, 'connect');
    } catch (thrown) {
      signal?.throwIfAborted();
      throw session.#away(thrown);
    }
    socket.write('zIDSESSION\0');
    return session;
  }

  async ask(command: string): Promise<string> {
    this.#socket.write(`z${command}\0`);
    return await this.#answer();
  }

  /** Sends a file in pieces; clamd may answer before it has all of it, and hangs up then. */
  async stream(body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
    this.#socket.write('zINSTREAM\0');
    for await (const piece of body) {
      if (piece.byteLength === 0) continue;
      if (this.#lost !== null || this.#received !== '') break;
      const size = Buffer.alloc(4);
      size.writeUInt32BE(piece.byteLength);
      this.#socket.write(size);
      if (!this.#socket.write(piece)) await this.#drained();
    }
    this.#socket.write(Buffer.alloc(4));
    return await this.#answer();
  }

  [Symbol.dispose](): void {
    this.#socket.end('zEND\0');
    this.#socket.destroySoon();
  }

  /** The next answer, without its number. */
  async #answer(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf('\0');
      if (end >= 0) {
        const answer = this.#received.slice(0, end);
        this.#received = this.#received.slice(end + 1);
        return answer.replace(/^\d+: /, '').trim();
      }
      if (this.#lost !== null) throw this.#away(this.#lost);
      await this.#woken();
    }
  }

  /** Ends when there is room again, or an answer, or nobody there. */
  async #drained(): Promise<void> {
    const drain = () => this.#wake?.();
    this.#socket.once('drain', drain);
    if (this.#lost === null && this.#socket.writableNeedDrain) await this.#woken();
    this.#socket.off('drain', drain);
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }

  #lose(error: Error): void {
    this.#lost ??= error;
    this.#wake?.();
  }

  #away(cause: unknown): Fault {
    const why = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
    return new Fault(
      'network/unreachable',
      `clamd at ${this.#address} does not answer (${why}); start it, or switch the scan off`,
      { cause },
    );
  }
}
