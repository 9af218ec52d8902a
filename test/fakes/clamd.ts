import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** What a fake clamd answers, and what it has seen. */
export interface FakeClamd extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Content of the streams, in their order. */
  readonly streams: readonly Buffer[];
  connections: number;
}

export interface FakeClamdOptions {
  /** What it says of a stream: `OK`, `NAME FOUND`, `WORDS ERROR`. */
  readonly says: (content: Buffer) => string;
  readonly version?: string;
  /** As StreamMaxLength: with a longer stream it answers in the middle and hangs up. */
  readonly most?: number;
  /** Hangs up without an answer after so many streams. */
  readonly leavesAfter?: number;
}

/** Speaks clamd's protocol on a TCP port of this machine: sessions (`zIDSESSION`), `zINSTREAM`, `zVERSION`, `zEND` (clamd(8)). */
export async function startClamd(options: FakeClamdOptions): Promise<FakeClamd> {
  const streams: Buffer[] = [];
  const sockets = new Set<Socket>();
  const fake = { connections: 0 };
  const server = createServer((socket) => {
    fake.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket, options, streams).catch((error) => socket.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return Object.assign(fake, {
    address: `127.0.0.1:${port}`,
    streams,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
}

async function serve(socket: Socket, { says, version, most, leavesAfter }: FakeClamdOptions, streams: Buffer[]) {
  const input = new Input(socket);
  let number = 0;
  for (;;) {
    const command = await input.until(0);
    if (command === null || command === 'zEND') break;
    if (command === 'zIDSESSION') continue;
    number += 1;
    const answer = (text: string) => socket.write(`${number}: ${text}\0`);
    if (command === 'zVERSION') answer(version ?? 'ClamAV 1.4.6');
    else if (command === 'zINSTREAM') {
      const pieces: Buffer[] = [];
      let bytes = 0;
      for (let size = await input.size(); size > 0; size = await input.size()) {
        bytes += size;
        if (bytes > (most ?? Number.POSITIVE_INFINITY)) {
          socket.end(`${number}: INSTREAM size limit exceeded. ERROR\0`);
          return;
        }
        pieces.push(await input.bytes(size));
      }
      const content = Buffer.concat(pieces);
      streams.push(content);
      if (streams.length > (leavesAfter ?? Number.POSITIVE_INFINITY)) break;
      answer(`stream: ${says(content)}`);
    } else {
      socket.end('UNKNOWN COMMAND\0');
      return;
    }
  }
  socket.destroy();
}

/** What a socket receives, by pieces of known ends. */
class Input {
  readonly #pieces: AsyncIterator<Buffer>;
  #held = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#pieces = socket[Symbol.asyncIterator]();
  }

  async until(end: number): Promise<string | null> {
    for (;;) {
      const at = this.#held.indexOf(end);
      if (at >= 0) return this.#take(at + 1).toString('latin1', 0, at);
      if (!(await this.#more())) return null;
    }
  }

  async size(): Promise<number> {
    return (await this.bytes(4)).readUInt32BE();
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#held.length < count) if (!(await this.#more())) throw new Error('the client hung up');
    return this.#take(count);
  }

  #take(count: number): Buffer {
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  async #more(): Promise<boolean> {
    const next = await this.#pieces.next().catch(() => ({ done: true as const, value: undefined }));
    if (next.done) return false;
    this.#held = Buffer.concat([this.#held, next.value]);
    return true;
  }
}
