import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Digest, digestOf } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import { inflate } from '#registry/layer-bytes.ts';
import { tarEntries } from '#registry/tar/tar-stream.ts';
import type { Built } from './image-builder.ts';

/** What a repository of the test registry holds. */
export interface Repository {
  readonly tags: ReadonlyMap<string, Digest>;
  readonly blobs: ReadonlyMap<Digest, Buffer>;
}

/** How the registry behaves. Everything left out is how a good public registry behaves. */
export interface RegistryBehaviour {
  /** `anonymous-bearer` asks for a token that anybody gets; `identity` exchanges refresh tokens only by POST. */
  readonly auth?: 'none' | 'basic' | 'bearer' | 'anonymous-bearer' | 'identity';
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
  /** Seconds that the token server says a token counts; not said when left out. */
  readonly tokenSeconds?: number;
  /** Blobs are redirected to a second origin, which refuses any call with an Authorization header. */
  readonly redirectBlobs?: boolean;
  /** The first calls for content are answered with these statuses, one after the other; 429 says Retry-After: 1. */
  readonly firstStatuses?: readonly number[];
  /** As many blob answers as given here are cut after so many bytes each. */
  readonly cutBlobs?: readonly number[];
  /** Range is ignored: everything is sent again. */
  readonly ignoreRange?: boolean;
  /** The content under this digest is served with a byte changed. */
  readonly damaged?: Digest;
  /** Sent instead of the right Docker-Content-Digest; null leaves it out. */
  readonly contentDigest?: string | null;
  /** Sent instead of the right Content-Type of manifests. */
  readonly contentType?: string;
  /** Where the registry sends its callers for a token, when not to itself. */
  readonly realm?: string;
  /** Looks at each call to the registry before anything else does; what it gives is the answer. */
  readonly refuses?: (request: IncomingMessage) => Refusal | null;
  /** What redirects of blobs name as the second origin, instead of its address. */
  readonly redirectTo?: string;
  /** The first answer with this blob stops in the middle and stays open, until the client goes. */
  readonly stallOnce?: Digest;
}

/** An answer other than the one that was wanted. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RegistryServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`, the registry's name in references. */
  readonly host: string;
  /** `127.0.0.1:PORT` of the second origin, which blobs are redirected to. */
  readonly blobHost: string;
  /** Every request so far, those of the second origin too, as `METHOD path`. */
  readonly requests: readonly string[];
  /** How many requests match. */
  count(form: RegExp): number;
  /** Tokens given so far count no longer. */
  expireTokens(): void;
  /** The next answers with blobs break off after so many bytes each. */
  cut(...bytes: readonly number[]): void;
}

/** The repository that holds these images: tagged ones by tag, all by digest. */
export function repositoryOf(images: readonly Built[]): Repository {
  return {
    tags: new Map(images.filter(({ tag }) => tag !== null).map(({ tag, digest }) => [tag!, digest])),
    blobs: new Map(images.flatMap(({ blobs }) => [...blobs])),
  };
}

/** The repository that holds the images of an OCI archive, by the names in its index. */
export async function repositoryOfArchive(file: string): Promise<Repository> {
  const blobs = new Map<Digest, Buffer>();
  let index = Buffer.alloc(0);
  const bytes = await readFile(file);
  for await (const entry of tarEntries(inflate(once(bytes)), defaultLimits)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of entry.body) pieces.push(piece);
    const content = Buffer.concat(pieces);
    if (entry.path === 'index.json') index = content;
    else if (entry.path.startsWith('blobs/')) blobs.set(digestOf(content), content);
  }
  const { manifests } = JSON.parse(index.toString()) as {
    manifests: { digest: Digest; annotations?: Record<string, string> }[];
  };
  const tags = manifests.map(
    ({ digest, annotations }) => [annotations?.['org.opencontainers.image.ref.name'] ?? 'latest', digest] as const,
  );
  return { tags: new Map(tags), blobs };
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

/** A registry on this machine that serves repositories by name, and its token server. */
export async function startRegistry(
  repositories: Readonly<Record<string, Repository>>,
  behaviour: RegistryBehaviour = {},
): Promise<RegistryServer> {
  const state = {
    requests: [] as string[],
    tokens: new Set<string>(),
    issued: 0,
    statuses: [...(behaviour.firstStatuses ?? [])],
    cuts: [...(behaviour.cutBlobs ?? [])],
    stalled: false,
    host: '',
    other: '',
  };
  const content = (request: IncomingMessage, response: ServerResponse) => {
    if (/^\/v2\/.+\/tags\/list(\?|$)/.test(request.url!)) return sendTags(request, response, repositories);
    const found = /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)/.exec(request.url!);
    const repository = found === null ? undefined : repositories[found[1]!];
    if (found === null || repository === undefined) return refuse(response, 404, 'NAME_UNKNOWN');
    const [, , kind, name] = found;
    const digest = (repository.tags.get(name!) ?? name) as Digest;
    const bytes = repository.blobs.get(digest);
    if (bytes === undefined) return refuse(response, 404, kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN');
    const served = behaviour.damaged === digest ? damage(bytes) : bytes;
    if (kind === 'manifests') return sendManifest(request, response, served, digest, behaviour);
    if (behaviour.redirectBlobs === true) {
      return response
        .writeHead(307, {
          Location: `${behaviour.redirectTo ?? `http://${state.other}`}/cdn${request.url!}?signature=s`,
        })
        .end();
    }
    if (behaviour.stallOnce === digest && !state.stalled) {
      state.stalled = true;
      response.writeHead(200, { 'Content-Length': served.length });
      return void response.write(served.subarray(0, served.length >> 1));
    }
    sendBlob(request, response, served, behaviour, state.cuts);
  };

  const registry = createServer((request, response) => {
    state.requests.push(`${request.method} ${request.url}`);
    const refusal = behaviour.refuses?.(request) ?? null;
    if (refusal !== null) return refuse(response, refusal.status, refusal.code, refusal.headers);
    if (request.url!.startsWith('/token')) return void giveToken(request, response, behaviour, state);
    if (!allowed(request, behaviour, state.tokens)) return challenge(response, behaviour, state.host, request.url!);
    const status = state.statuses.shift();
    if (status !== undefined) {
      return refuse(response, status, 'TOOMANYREQUESTS', status === 429 ? { 'Retry-After': '1' } : {});
    }
    if (request.url === '/v2/') return response.writeHead(200).end('{}');
    return content(request, response);
  });
  const other = createServer((request, response) => {
    state.requests.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== undefined) return refuse(response, 400, 'UNSUPPORTED');
    const found = /^\/cdn\/v2\/(.+)\/blobs\/([^/?]+)/.exec(request.url!);
    const bytes = repositories[found?.[1] ?? '']?.blobs.get(found?.[2] as Digest);
    if (found === null || bytes === undefined) return refuse(response, 404, 'BLOB_UNKNOWN');
    sendBlob(request, response, behaviour.damaged === found[2] ? damage(bytes) : bytes, behaviour, state.cuts);
  });
  state.host = await listen(registry);
  state.other = await listen(other);
  return {
    host: state.host,
    blobHost: state.other,
    requests: state.requests,
    count: (form) => state.requests.filter((request) => form.test(request)).length,
    expireTokens: () => state.tokens.clear(),
    cut: (...bytes) => void state.cuts.push(...bytes),
    async [Symbol.asyncDispose]() {
      await Promise.all([close(registry), close(other)]);
    },
  };
}

/** A page of the tags in order, with a link to the next where `n` leaves some out. */
function sendTags(
  request: IncomingMessage,
  response: ServerResponse,
  repositories: Readonly<Record<string, Repository>>,
): void {
  const { pathname, searchParams } = new URL(request.url!, 'http://registry');
  const name = /^\/v2\/(.+)\/tags\/list$/.exec(pathname)?.[1] ?? '';
  const repository = repositories[name];
  if (repository === undefined) {
    refuse(response, 404, 'NAME_UNKNOWN');
    return;
  }
  const after = searchParams.get('last') ?? '';
  const most = Number(searchParams.get('n') ?? Number.POSITIVE_INFINITY);
  const left = [...repository.tags.keys()].sort().filter((tag) => tag > after);
  const tags = left.slice(0, most);
  const link = `</v2/${name}/tags/list?last=${tags.at(-1)}&n=${most}>; rel="next"`;
  response
    .writeHead(200, { 'Content-Type': 'application/json', ...(tags.length < left.length ? { Link: link } : {}) })
    .end(JSON.stringify({ name, tags }));
}

function sendManifest(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  digest: Digest,
  behaviour: RegistryBehaviour,
): void {
  const accepted = request.headers.accept ?? '';
  const { mediaType, schemaVersion } = JSON.parse(bytes.toString()) as { mediaType?: string; schemaVersion?: number };
  const type = behaviour.contentType ?? mediaType ?? 'application/vnd.oci.image.manifest.v1+json';
  if (schemaVersion === 2 && behaviour.contentType === undefined && !accepted.includes(type)) {
    refuse(response, 404, 'MANIFEST_UNKNOWN');
    return;
  }
  const stated = behaviour.contentDigest === undefined ? digest : behaviour.contentDigest;
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    ...(stated === null ? {} : { 'Docker-Content-Digest': stated }),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function sendBlob(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  behaviour: RegistryBehaviour,
  cuts: number[],
): void {
  const range = behaviour.ignoreRange === true ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const from = range === null ? 0 : Number(range[1]);
  const body = bytes.subarray(from);
  response.writeHead(range === null ? 200 : 206, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': body.length,
    ...(range === null ? {} : { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
  });
  const cut = cuts.shift();
  if (cut === undefined || cut >= body.length) response.end(body);
  else response.write(body.subarray(0, cut), () => setImmediate(() => response.destroy()));
}

function allowed(request: IncomingMessage, behaviour: RegistryBehaviour, tokens: ReadonlySet<string>): boolean {
  const given = request.headers.authorization;
  switch (behaviour.auth ?? 'none') {
    case 'none':
      return true;
    case 'basic':
      return given === basic(behaviour);
    default:
      return given?.startsWith('Bearer ') === true && tokens.has(given.slice('Bearer '.length));
  }
}

function challenge(response: ServerResponse, behaviour: RegistryBehaviour, host: string, url: string): void {
  const repository = /^\/v2\/(.+)\/(manifests|blobs|tags)\//.exec(url)?.[1] ?? '';
  const realm = behaviour.realm ?? `http://${host}/token`;
  // The root asks for a login and no right.
  const scope = repository === '' ? '' : `,scope="repository:${repository}:pull"`;
  const bearer = `Bearer realm="${realm}",service="test registry"${scope}`;
  refuse(response, 401, 'UNAUTHORIZED', {
    'WWW-Authenticate': behaviour.auth === 'basic' ? 'Basic realm="test registry"' : bearer,
  });
}

async function giveToken(
  request: IncomingMessage,
  response: ServerResponse,
  behaviour: RegistryBehaviour,
  state: { tokens: Set<string>; issued: number },
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const form = new URLSearchParams(Buffer.concat(pieces).toString());
  const query = new URL(request.url!, 'http://token').searchParams;
  const asked = behaviour.auth === 'identity' ? form : query;
  const good =
    behaviour.auth === 'identity'
      ? request.method === 'POST' && form.get('refresh_token') === behaviour.identityToken
      : behaviour.auth === 'anonymous-bearer' || request.headers.authorization === basic(behaviour);
  if (
    !good ||
    asked.get('service') !== 'test registry' ||
    !/^repository:.+:pull$/.test(asked.get('scope') ?? 'repository:any:pull')
  ) {
    return refuse(response, 401, 'UNAUTHORIZED');
  }
  const token = `token-${++state.issued}`;
  state.tokens.add(token);
  const named = behaviour.auth === 'identity' ? { access_token: token } : { token };
  const life = behaviour.tokenSeconds === undefined ? {} : { expires_in: behaviour.tokenSeconds };
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ ...named, ...life }));
}

function basic({ username, password }: RegistryBehaviour): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify({ errors: [{ code, message: 'in the words of the registry' }] }));
}

function damage(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(copy.length / 2);
  copy[at] = copy[at]! ^ 1;
  return copy;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
