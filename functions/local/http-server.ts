import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault, faults } from '#core/fault.ts';
import type { App } from '../api/app.ts';
import { clientAddress, type Proxies } from './client-address.ts';

/** A listening server. Disposing stops it; requests in hand get two seconds. */
export interface HttpServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves the API over HTTP on this machine; port 0 takes any free one. What trusted proxies say of where requests came from is taken.
 * Throws `state/conflict` when the port is taken.
 */
export async function listen(app: App, host: string, port: number, trusted: Proxies): Promise<HttpServer> {
  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 20_000, maxHeaderSize: 32 << 10 },
    (request, response) => {
      void answer(app, request, response, trusted);
    },
  );
  await new Promise<void>((done, failed) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const what = cause.code === 'EADDRINUSE' ? 'the port is taken; give another with --port' : cause.message;
      failed(new Fault('state/conflict', `cannot listen on ${host}:${port}: ${what}`, { cause }));
    });
    server.listen(port, host, done);
  });
  const at = server.address() as AddressInfo;
  return {
    url: `http://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      setTimeout(() => server.closeAllConnections(), 2000).unref();
      server.closeIdleConnections();
      await closed;
    },
  };
}

async function answer(app: App, request: IncomingMessage, response: ServerResponse, trusted: Proxies): Promise<void> {
  try {
    const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?');
    const { status, headers, body } = await app({
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      headers: request.headers as Record<string, string | undefined>,
      body: (limit) => readBody(request, limit),
      address: clientAddress(request.socket.remoteAddress ?? '', forwardedFor(request), trusted),
    });
    // What is still on its way is nothing that anybody waits for.
    if (!request.complete) response.setHeader('connection', 'close');
    if (typeof body === 'string') {
      const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      response.writeHead(status, { ...headers, ...length });
      response.end(request.method === 'HEAD' ? undefined : body);
    } else {
      response.writeHead(status, headers);
      const pieces = Readable.from(body);
      if (request.method === 'HEAD') response.end(() => pieces.destroy());
      else await pipeline(pieces, response);
    }
  } catch (thrown) {
    // Half an answer went out: only a broken connection tells the client so.
    if (response.headersSent) return void response.destroy();
    const { code, message } = Fault.from(thrown);
    const { status } = faults[code];
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ message, httpcode: status, detail: { error_codes: [], code } }));
  }
}

/** Node joins what came in several lines. */
function forwardedFor({ headers }: IncomingMessage): string | undefined {
  return headers['x-forwarded-for'] as string | undefined;
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > limit) throw new Fault('input/too-large', `the request body passes ${limit} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
