import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Digest, digestOf } from '#core/digest.ts';
import { httpServer } from '#test/support/http-server.ts';

/** A registry that takes images, as strict as the distribution-spec allows; tokens are for pull or push of one repository. */
export interface PushRegistry extends AsyncDisposable {
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  /** By `repository/reference`. */
  readonly manifests: Map<string, { readonly bytes: Buffer; readonly mediaType: string }>;
  readonly requests: readonly string[];
  /** Requests with an Authorization header that came to the second origin, where uploads go. */
  readonly leaked: readonly string[];
  readonly mishaps: {
    /** The next PATCH requests are cut after so many bytes, which arrived. */
    readonly cutAfter: number[];
    /** The next requests of a method are answered with a status, before they are looked at. */
    readonly statuses: { readonly method: string; readonly status: number }[];
    /** The next PATCH is done, but not answered. */
    unanswered: number;
    /** Uploads that are forgotten at their next request. */
    forgotten: number;
  };
}

interface Options {
  /** Asks for tokens by scope. */
  readonly tokens?: boolean;
  /** Uploads go to a second origin, by absolute addresses. */
  readonly elsewhere?: boolean;
  readonly chunkMinLength?: number;
}

export async function startPushRegistry(options: Options = {}): Promise<PushRegistry> {
  const blobs = new Map<string, Buffer>();
  const manifests: PushRegistry['manifests'] = new Map();
  const uploads = new Map<string, { repository: string; bytes: Buffer; turn: number }>();
  const requests: string[] = [];
  const leaked: string[] = [];
  const mishaps: PushRegistry['mishaps'] = { cutAfter: [], statuses: [], unanswered: 0, forgotten: 0 };
  let [host, other] = ['', ''];

  const serve = (isOther: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    if (isOther && request.headers.authorization !== undefined) leaked.push(request.url!);
    void answer(request, response, isOther).catch(() => response.destroy());
  };
  await using opened = new AsyncDisposableStack();
  const first = opened.use(await httpServer(serve(false)));
  const second = opened.use(await httpServer(serve(true)));
  [host, other] = [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`];
  const stack = opened.move();
  return { host, blobs, manifests, requests, leaked, mishaps, [Symbol.asyncDispose]: () => stack.disposeAsync() };

  async function answer(request: IncomingMessage, response: ServerResponse, isOther: boolean): Promise<void> {
    const url = new URL(request.url!, `http://${host}`);
    if (url.pathname === '/token') return giveToken(url, response);
    const [, repository = '', rest = ''] = /^\/v2\/(.+?)\/((?:blobs|manifests)\/.*)$/.exec(url.pathname) ?? [];
    const writes = request.method !== 'GET' && request.method !== 'HEAD';
    if (options.tokens === true && !isOther) {
      const needed = `token-${repository}:${writes || rest.startsWith('blobs/uploads/') ? 'pull,push' : 'pull'}`;
      const given = request.headers.authorization ?? '';
      if (!given.startsWith(`Bearer ${needed}`)) {
        const scope = needed.replace('token-', 'repository:');
        const challenge = `Bearer realm="http://${host}/token",service="test registry",scope="${scope}"`;
        return refuse(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': challenge });
      }
    }
    const planned = mishaps.statuses.findIndex(({ method }) => method === request.method);
    if (planned >= 0) return refuse(response, mishaps.statuses.splice(planned, 1)[0]!.status, 'UNKNOWN');
    if (rest.startsWith('manifests/')) return await manifest(request, response, repository, rest.slice(10));
    if (rest.startsWith('blobs/uploads/')) return await upload(request, response, repository, rest.slice(14), url);
    const bytes = blobs.get(rest.slice(6));
    if (bytes === undefined) return refuse(response, 404, 'BLOB_UNKNOWN');
    response.writeHead(200, { 'Content-Length': bytes.length }).end(request.method === 'HEAD' ? undefined : bytes);
  }

  function giveToken(url: URL, response: ServerResponse): void {
    const token = `token-${url.searchParams.get('scope')?.replace('repository:', '')}`;
    response.writeHead(200).end(JSON.stringify({ token, expires_in: 300 }));
  }

  async function upload(
    request: IncomingMessage,
    response: ServerResponse,
    repository: string,
    id: string,
    url: URL,
  ): Promise<void> {
    if (request.method === 'POST') {
      const made = randomBytes(8).toString('hex');
      uploads.set(made, { repository, bytes: Buffer.alloc(0), turn: 0 });
      const least = options.chunkMinLength === undefined ? {} : { 'OCI-Chunk-Min-Length': options.chunkMinLength };
      return void response.writeHead(202, { Location: locationOf(repository, made), ...least }).end();
    }
    const found = uploads.get(id);
    if (mishaps.forgotten > 0) {
      mishaps.forgotten--;
      uploads.delete(id);
      return refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN');
    }
    // The address of an upload changes with every piece.
    if (found === undefined || url.searchParams.get('turn') !== String(found.turn))
      return refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN');
    const progress = () => ({
      Location: locationOf(repository, id),
      ...(found.bytes.length === 0 ? {} : { Range: `0-${found.bytes.length - 1}` }),
    });
    if (request.method === 'GET') return void response.writeHead(204, progress()).end();
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of request) {
      pieces.push(piece as Buffer);
      size += (piece as Buffer).length;
      const cut = mishaps.cutAfter[0];
      if (request.method === 'PATCH' && cut !== undefined && size >= cut) {
        mishaps.cutAfter.shift();
        found.bytes = Buffer.concat([found.bytes, Buffer.concat(pieces).subarray(0, cut)]);
        return void request.socket.destroy();
      }
    }
    const body = Buffer.concat(pieces);
    if (request.method === 'PATCH') {
      const range = `${found.bytes.length}-${found.bytes.length + body.length - 1}`;
      if (request.headers['content-range'] !== range || request.headers['content-length'] !== String(body.length))
        return refuse(response, 416, 'BLOB_UPLOAD_INVALID', progress());
      found.bytes = Buffer.concat([found.bytes, body]);
      found.turn++;
      if (mishaps.unanswered > 0) {
        mishaps.unanswered--;
        found.turn--;
        return void request.socket.destroy();
      }
      return void response.writeHead(202, progress()).end();
    }
    const whole = Buffer.concat([found.bytes, body]);
    uploads.delete(id);
    const digest = url.searchParams.get('digest') ?? '';
    if (digestOf(whole) !== digest) return refuse(response, 400, 'DIGEST_INVALID');
    blobs.set(digest, whole);
    response.writeHead(201, { Location: `/v2/${repository}/blobs/${digest}` }).end();
  }

  async function manifest(request: IncomingMessage, response: ServerResponse, repository: string, reference: string) {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    if (request.method !== 'PUT') {
      const stored = manifests.get(`${repository}/${reference}`);
      if (stored === undefined) return refuse(response, 404, 'MANIFEST_UNKNOWN');
      return void response.writeHead(200, { 'Content-Type': stored.mediaType }).end(stored.bytes);
    }
    const bytes = Buffer.concat(pieces);
    const digest = digestOf(bytes);
    const parsed = JSON.parse(bytes.toString()) as Parsed;
    if (parsed.mediaType !== request.headers['content-type']) return refuse(response, 400, 'MANIFEST_INVALID');
    const named = [...(parsed.layers ?? []), ...(parsed.config === undefined ? [] : [parsed.config])];
    const missing =
      named.some((one) => !blobs.has(one.digest)) ||
      (parsed.manifests ?? []).some((one) => !manifests.has(`${repository}/${one.digest}`));
    if (missing) return refuse(response, 404, 'MANIFEST_BLOB_UNKNOWN');
    if (reference.startsWith('sha256:') && reference !== digest) return refuse(response, 400, 'DIGEST_INVALID');
    for (const name of [reference, digest])
      manifests.set(`${repository}/${name}`, { bytes, mediaType: parsed.mediaType });
    response.writeHead(201, { 'Docker-Content-Digest': digest }).end();
  }

  function locationOf(repository: string, id: string): string {
    const path = `/v2/${repository}/blobs/uploads/${id}?state=a%2Fb&turn=${uploads.get(id)!.turn}`;
    return options.elsewhere === true ? `http://${other}${path}` : path;
  }
}

interface Parsed {
  readonly mediaType: string;
  readonly config?: { readonly digest: Digest };
  readonly layers?: readonly { readonly digest: Digest }[];
  readonly manifests?: readonly { readonly digest: Digest }[];
}

function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify({ errors: [{ code, message: 'in the words of the registry' }] }));
}
