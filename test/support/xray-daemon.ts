import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A document that came, as X-Ray reads it. */
export interface TraceDocument {
  readonly name: string;
  readonly id: string;
  readonly trace_id: string;
  readonly parent_id: string;
  readonly type: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fault?: boolean;
  readonly namespace?: string;
  readonly aws?: { readonly operation: string };
}

/** The X-Ray daemon on loopback, as far as it receives. A packet that is not of its form is kept as an error. */
export async function xrayDaemon() {
  const socket = createSocket('udp4');
  const documents: TraceDocument[] = [];
  const refused: string[] = [];
  socket.on('message', (packet) => {
    const [head, body = ''] = packet.toString().split('\n', 2);
    if (head === '{"format":"json","version":1}' && packet.length <= 64_000) documents.push(JSON.parse(body));
    else refused.push(packet.toString().slice(0, 200));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    documents,
    refused,
    /** Waits until so many have come: a packet on loopback is there soon, but not at once. */
    async received(count: number): Promise<void> {
      for (let tries = 0; tries < 200 && documents.length < count; tries++)
        await new Promise((done) => setTimeout(done, 5));
    },
    async [Symbol.asyncDispose]() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
