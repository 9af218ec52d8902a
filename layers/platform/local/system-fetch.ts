import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { Fault } from '#core/fault.ts';
import type { Fetch, FetchRequest } from '../fetch.ts';
import { checkedLookup, checkHost } from './checked-lookup.ts';
import { answerOf, deadline, unreachable } from './fetch-answer.ts';

export interface SystemFetchOptions {
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY in either case, as the environment has them; no proxy when left out. */
  readonly proxies?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds without a byte after which the body of an answer is broken off; 60,000 when left out. */
  readonly silence?: number;
}

/** Milliseconds until the headers must be there, unless the request says otherwise. */
const headersTimeout = 30_000;

/** Milliseconds for which an unused connection is kept. */
const idleTimeout = 15_000;

/**
 * HTTP over the machine's network: node:http and node:https, because they ask us for the address to connect to, so that
 * the address that was checked is the one that is called, and because they leave bodies as they were sent.
 * A request that does not name Accept-Encoding asks for compressed bodies and gets them inflated; one that names it gets
 * the bytes that came. Behind a proxy only the name is checked: the proxy finds the address.
 */
export function systemFetch(options: SystemFetchOptions = {}): Fetch {
  const proxyEnv = options.proxies;
  const settings = { keepAlive: true, timeout: idleTimeout, ...(proxyEnv === undefined ? {} : { proxyEnv }) };
  const agents = () => ({ 'http:': new http.Agent(settings), 'https:': new https.Agent(settings) });
  // A kept connection to a private address serves nobody who may not call it.
  const [all, toPublic] = [agents(), agents()];
  return async (address, request = {}) => {
    const url = checkUrl(address, request.publicOnly === true);
    const agent = (request.publicOnly === true ? toPublic : all)[url.protocol === 'https:' ? 'https:' : 'http:'];
    request.signal?.throwIfAborted();
    return answerOf(await ask(url, request, agent), url, request, options.silence ?? 60_000);
  };
}

function checkUrl(address: string, publicOnly: boolean): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const seen = address
      .slice(0, 60)
      .replace(/\/\/[^/@]*@/, '//...@')
      .replace(/\?.*$/s, '?...');
    throw new Fault('network/refused', `'${seen}' is not an http or https address`);
  }
  checkHost(url.hostname, publicOnly);
  return url;
}

async function ask(url: URL, request: FetchRequest, agent: http.Agent): Promise<http.IncomingMessage> {
  for (let again = true; ; again = false) {
    const call = start(url, request, agent);
    try {
      return await answerTo(call, url, request);
    } catch (thrown) {
      // The server closed a kept connection just as it was used again: nothing was asked yet.
      const closed = (thrown as NodeJS.ErrnoException).code === 'ECONNRESET' && call.reusedSocket;
      if (again && closed) continue;
      throw request.signal?.aborted === true ? request.signal.reason : unreachable(thrown, url);
    }
  }
}

function start(url: URL, request: FetchRequest, agent: http.Agent): http.ClientRequest {
  const options: https.RequestOptions = {
    method: request.method ?? 'GET',
    headers: headersOf(url, request),
    agent,
    lookup: lookupOf(url, request),
    ...(request.anyCertificate === true ? { rejectUnauthorized: false } : {}),
  };
  try {
    return (url.protocol === 'https:' ? https : http).request(bare(url), options);
  } catch (thrown) {
    throw new Fault('input/invalid', `${url.host} cannot be asked: ${(thrown as Error).message}`);
  }
}

/** The name that is looked up is another than that of the URL where it is a proxy's, which the operator has named. */
function lookupOf(url: URL, { publicOnly = false }: FetchRequest): LookupFunction {
  return (host, options, callback) => checkedLookup(publicOnly && host === url.hostname)(host, options, callback);
}

function answerTo(call: http.ClientRequest, url: URL, request: FetchRequest): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const limit = request.timeout ?? headersTimeout;
  const stop = deadline(limit, () => {
    call.destroy(
      new Fault('network/unreachable', `${url.host} did not answer within ${limit} ms`, { detail: { host: url.host } }),
    );
  });
  const abort = () => call.destroy(new Error('aborted'));
  request.signal?.addEventListener('abort', abort, { once: true });
  promise
    .catch(() => {})
    .finally(() => {
      stop();
      request.signal?.removeEventListener('abort', abort);
    });
  call.on('error', reject);
  call.on('response', resolve);
  // A server that switches protocols answers nothing that was asked for.
  call.on('upgrade', (_, socket) => {
    socket.destroy();
    reject(new Error('it answered in another protocol'));
  });
  call.end(request.body);
  return promise;
}

/** The URL without credentials, which go into a header of their own. */
function bare(url: URL): URL {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  return copy;
}

function headersOf(url: URL, request: FetchRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  headers['user-agent'] ??= 'plimsoll';
  headers['accept'] ??= '*/*';
  headers['accept-encoding'] ??= 'gzip, br, zstd';
  if (url.username !== '' || url.password !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] ??= `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  return headers;
}
