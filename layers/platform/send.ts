import { Fault } from '#core/fault.ts';
import type { Clock } from './clock.ts';
import type { FetchRequest } from './fetch.ts';
import type { Platform } from './platform.ts';

export interface SendOptions {
  /** Tries in all, 4 when left out; 1 for none but the first. */
  readonly attempts?: number;
  /** Redirects followed, 5 when left out; with 0 a redirect is the answer. */
  readonly redirects?: number;
  /** True when sending the request twice does no harm though its method does not say so. */
  readonly idempotent?: boolean;
}

/** Milliseconds: the first pause, doubled with each try; the longest; the longest that a server may ask for. */
const pauses = { first: 500, longest: 8_000, retryAfter: 60_000 } as const;

const idempotentMethods = ['GET', 'HEAD', 'PUT', 'DELETE'];

/**
 * Sends a request as a careful client does. Redirects are followed between http and https addresses, never from https to
 * http; credentials and cookies stay with the origin they were meant for. Requests that may be repeated are, when the
 * connection fails or the answer is 429 or 5xx, after a pause that doubles or that Retry-After asks for. The last answer is
 * given whatever its status; its body has not been read. Throws `network/*`; the signal of the request ends a pause too.
 */
export async function send(
  world: Pick<Platform, 'fetch' | 'clock'>,
  url: string,
  request: FetchRequest = {},
  options: SendOptions = {},
): Promise<Response> {
  const attempts = options.attempts ?? 4;
  const repeatable = options.idempotent ?? idempotentMethods.includes(request.method ?? 'GET');
  for (let attempt = 1; ; attempt++) {
    const last = attempt >= attempts || !repeatable;
    let pause = Math.min(pauses.first * 2 ** (attempt - 1), pauses.longest);
    try {
      const response = await follow(world, url, request, options.redirects ?? 5);
      if (last || !isPassing(response.status)) return response;
      pause = retryAfter(response, world.clock) ?? pause;
      await discard(response);
    } catch (thrown) {
      if (last || !(thrown instanceof Fault) || thrown.code !== 'network/unreachable') throw thrown;
    }
    await world.clock.sleep(pause, request.signal);
    request.signal?.throwIfAborted();
  }
}

/** Lets go of an answer that is not wanted, and of its connection. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

/** The body, at most `limit` bytes; throws `input/too-large` as soon as there are more, by what was announced or by what came. */
export async function readBytes(response: Response, limit: number): Promise<Buffer> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > limit) {
    await discard(response);
    throw tooLarge(announced, limit);
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > limit) throw tooLarge(size, limit);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** As {@link readBytes}, as UTF-8. */
export async function readText(response: Response, limit: number): Promise<string> {
  return (await readBytes(response, limit)).toString('utf8');
}

/** The answer behind the redirects (RFC 9110, 15.4). */
async function follow(
  world: Pick<Platform, 'fetch'>,
  start: string,
  request: FetchRequest,
  redirects: number,
): Promise<Response> {
  let url = start;
  let current = request;
  for (let left = redirects; ; left--) {
    const response = await world.fetch(url, current);
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null || redirects === 0) return response;
    await discard(response);
    if (left === 0) throw refused(url, `it redirects more than ${redirects} times`);
    const next = nextUrl(url, location);
    current = carriedOn(current, response.status, new URL(url).origin === next.origin);
    url = next.href;
  }
}

function nextUrl(url: string, location: string): URL {
  const from = new URL(url);
  if (!URL.canParse(location, from.href)) throw refused(url, 'it redirects to something that is not an address');
  const to = new URL(location, from);
  if (to.protocol !== 'http:' && to.protocol !== 'https:') throw refused(url, `it redirects to ${to.protocol}`);
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw refused(url, `it redirects from https to http, at ${to.host}`);
  }
  // The fragment is the reader's, not the server's.
  to.hash = '';
  return to;
}

/** The request as it goes on: 303 always, 301 and 302 by custom, turn a POST into a GET (fetch standard, HTTP-redirect fetch). */
function carriedOn(request: FetchRequest, status: number, sameOrigin: boolean): FetchRequest {
  const method = request.method ?? 'GET';
  const becomesGet = (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST');
  const dropped = [
    ...(sameOrigin ? [] : ['authorization', 'cookie', 'proxy-authorization']),
    ...(becomesGet ? ['content-type', 'content-length', 'content-encoding'] : []),
  ];
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).filter(([name]) => !dropped.includes(name.toLowerCase())),
  );
  if (!becomesGet) return { ...request, headers };
  const { body: _, ...rest } = request;
  return { ...rest, method: 'GET', headers };
}

/** 429 and failures of the server; not 501 and 505, which say that it will never be able to. */
function isPassing(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** What Retry-After asks for in milliseconds, `longest` at most: seconds or an HTTP date (RFC 9110, 10.2.3); null when it says nothing useful. */
export function retryAfter(response: Response, clock: Clock, longest: number = pauses.retryAfter): number | null {
  const text = response.headers.get('retry-after')?.trim() ?? '';
  const isDate = /^[A-Z][a-z]+,? /.test(text);
  const asked = /^\d+$/.test(text) ? Number(text) * 1000 : isDate ? Date.parse(text) - clock.now() : Number.NaN;
  if (Number.isNaN(asked)) return null;
  return Math.min(Math.max(0, asked), longest);
}

function refused(url: string, why: string): Fault {
  const { host } = new URL(url);
  return new Fault('network/refused', `${host} was not followed: ${why}`, { detail: { host } });
}

function tooLarge(size: number, limit: number): Fault {
  return new Fault('input/too-large', `The answer has ${size} bytes or more, ${limit} are allowed`);
}
