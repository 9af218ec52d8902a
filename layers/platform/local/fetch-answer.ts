import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import type { FetchRequest } from '../fetch.ts';

/**
 * The Response of a message whose headers are there. The body is read as it is asked for; it breaks off with
 * `network/unreachable` when `silence` milliseconds pass without a byte while somebody waits, or the connection ends early.
 */
export function answerOf(message: IncomingMessage, url: URL, request: FetchRequest, silence: number): Response {
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) {
    message.destroy();
    throw unreachable(new Error(`it answered with status ${status}`), url);
  }
  const headers = headersOf(message);
  const statusText = /^[\t\x20-\x7e]*$/.test(message.statusMessage ?? '') ? (message.statusMessage ?? '') : '';
  if (request.method === 'HEAD' || [204, 205, 304].includes(status)) {
    message.resume();
    return new Response(null, { status, statusText, headers });
  }
  const inflate = namesEncoding(request) || headers.get('content-length') === '0' ? undefined : inflaterOf(headers);
  if (inflate !== undefined) {
    headers.delete('content-encoding');
    headers.delete('content-length');
  }
  // Errors of both reach whoever reads the inflated side.
  const source: Readable = inflate === undefined ? message : pipeline(message, inflate(), () => {});
  return new Response(bodyOf(source, message, url, request, silence), { status, statusText, headers });
}

/** Calls `onLate` after so many milliseconds, but not before what came in while the process was busy has been seen. */
export function deadline(milliseconds: number, onLate: () => void): () => void {
  let over = false;
  const timer = setTimeout(() => setImmediate(() => over || onLate()), milliseconds);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** What a failed connection says, with the host and nothing else of the URL. */
export function unreachable(thrown: unknown, url: URL): Fault {
  if (thrown instanceof Fault) return thrown;
  const error = thrown as { readonly code?: string; readonly message?: string; readonly errors?: readonly Error[] };
  const said = error.message || error.errors?.map((part) => part.message).join('; ') || 'the connection failed';
  const hint = hints.find(({ codes }) => codes.test(error.code ?? ''))?.hint ?? '';
  return new Fault('network/unreachable', `${url.host} cannot be reached: ${said}${hint}`, {
    detail: { host: url.host, ...(error.code === undefined ? {} : { code: error.code }) },
  });
}

const hints = [
  { codes: /^(ENOTFOUND|EAI_AGAIN)$/, hint: '; check the name and the network' },
  { codes: /^ECONNREFUSED$/, hint: '; check the address, and that something listens there' },
  {
    codes: /CERT|SIGNATURE|ISSUER/,
    hint: '; if its certificate is of an authority of your own, name the authority’s file in NODE_EXTRA_CA_CERTS',
  },
] as const;

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    try {
      headers.append(message.rawHeaders[i]!, message.rawHeaders[i + 1]!);
    } catch {
      // A header that Headers does not take is one that nobody can ask for.
    }
  }
  return headers;
}

function namesEncoding(request: FetchRequest): boolean {
  return Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === 'accept-encoding');
}

const inflaters: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

function inflaterOf(headers: Headers): (() => Transform) | undefined {
  const encoding = (headers.get('content-encoding') ?? '').trim().toLowerCase();
  return Object.hasOwn(inflaters, encoding) ? inflaters[encoding] : undefined;
}

function bodyOf(
  source: Readable,
  message: IncomingMessage,
  url: URL,
  request: FetchRequest,
  silence: number,
): ReadableStream<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]();
  const end = () => {
    request.signal?.removeEventListener('abort', abort);
    source.destroy();
    message.destroy();
  };
  const abort = () => {
    message.destroy(new Error('aborted'));
    source.destroy(new Error('aborted'));
  };
  request.signal?.addEventListener('abort', abort, { once: true });
  // An answer that nobody reads does not keep the process alive. Once it has ended, its socket is another request's.
  const { socket } = message;
  const wait = (how: 'ref' | 'unref') => {
    if (!message.readableEnded) socket[how]();
  };
  wait('unref');
  // Without a reader nobody hears of a failure; the reader gets it from the iterator.
  source.on('error', () => {});
  message.on('error', () => {});
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const stop = deadline(silence, () => {
          const late = new Fault('network/unreachable', `${url.host} fell silent in the middle of its answer`, {
            detail: { host: url.host },
          });
          message.destroy(late);
          source.destroy(late);
        });
        wait('ref');
        try {
          const next = await pieces.next();
          if (next.done === true) {
            request.signal?.removeEventListener('abort', abort);
            controller.close();
          } else controller.enqueue(next.value);
        } catch (thrown) {
          end();
          controller.error(request.signal?.aborted === true ? request.signal.reason : brokenOff(thrown, url));
        } finally {
          stop();
          wait('unref');
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

function brokenOff(thrown: unknown, url: URL): Fault {
  if (thrown instanceof Fault) return thrown;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault('network/unreachable', `${url.host} broke off in the middle of its answer: ${said}`, {
    detail: { host: url.host },
  });
}
