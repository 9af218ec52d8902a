import { json } from 'node:stream/consumers';
import { httpServer } from './http-server.ts';

/** A request as it came over the wire. */
export interface WireRequest {
  /** `GET /v1/images?history=false`: percent-encoding as it was sent. */
  readonly line: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body where it was JSON; null where there was none. */
  readonly body: unknown;
}

/** A server that answers as it is told to, and remembers what it was asked. */
export interface WireServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly WireRequest[];
}

/**
 * Answers requests by their line: `METHOD /path` with what stands there, or, of {@link Turns}, each time with the
 * next; anything else with 404. The path is what stands behind `/v1`, without the query, decoded.
 */
export async function wireServer(answers: Readonly<Record<string, unknown>>): Promise<WireServer> {
  const requests: WireRequest[] = [];
  const turns = new Map<string, number>();
  const server = await httpServer(async (request, response) => {
    const body = Number(request.headers['content-length'] ?? 0) > 0 ? await json(request).catch(() => null) : null;
    const { pathname } = new URL(request.url ?? '/', 'http://server');
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    const key = `${request.method} ${decodeURIComponent(pathname.replace(/^\/v1/, ''))}`;
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    const found = Object.hasOwn(answers, key) ? answers[key] : new Status(404, { message: `no ${key}`, httpcode: 404 });
    const answer = found instanceof Turns ? found.answers[Math.min(turn, found.answers.length - 1)] : found;
    const { status, sent } = answer instanceof Status ? answer : { status: 200, sent: answer };
    response.writeHead(status, { 'content-type': typeof sent === 'string' ? 'text/plain' : 'application/json' });
    response.end(sent === undefined ? '' : typeof sent === 'string' ? sent : JSON.stringify(sent));
  });
  return { url: server.url, requests, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** An answer with another status than 200. */
export class Status {
  readonly status: number;
  readonly sent: unknown;

  constructor(status: number, sent: unknown) {
    this.status = status;
    this.sent = sent;
  }
}

/** Answers that are given one after the other, the last for ever. */
export class Turns {
  readonly answers: readonly unknown[];

  constructor(...answers: readonly unknown[]) {
    this.answers = answers;
  }
}
