import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Fault } from '#core/fault.ts';
import type { Fetch, FetchRequest } from '#platform/fetch.ts';
import { discard } from '#platform/send.ts';

/**
 * A Fetch that reads `https://HOST/PATH` at `MIRROR/HOST/PATH`, for machines without the network and for tests. MIRROR is
 * a folder, read without any network, or an http(s) URL, whose redirects are followed here. Nothing else is ever asked.
 */
export function mirrored(fetch: Fetch, mirror: string): Fetch {
  if (/^https?:\/\//i.test(mirror)) return remote(fetch, mirror);
  const root = mirror.startsWith('file://') ? decodeURIComponent(new URL(mirror).pathname) : path.resolve(mirror);
  return (url, request) => fromFolder(root, new URL(url), request);
}

async function fromFolder(root: string, url: URL, request: FetchRequest = {}): Promise<Response> {
  request.signal?.throwIfAborted();
  const method = request.method ?? 'GET';
  if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405 });
  const file = await fileOf(root, url);
  if (file === null) return new Response(null, { status: 404 });
  const headers = {
    etag: `"${file.size.toString(16)}-${file.modified.toString(16)}"`,
    'last-modified': new Date(file.modified).toUTCString(),
    'content-length': String(file.size),
  };
  if (isUnchanged(headers, new Headers(request.headers))) {
    return new Response(null, {
      status: 304,
      headers: { etag: headers.etag, 'last-modified': headers['last-modified'] },
    });
  }
  return new Response(method === 'HEAD' ? null : lazily(file.path), { status: 200, headers });
}

interface MirrorFile {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** The file of a URL; null when there is none, or when the path or a symbolic link leads out of the mirror. */
async function fileOf(root: string, url: URL): Promise<MirrorFile | null> {
  const segments = [url.host, ...segmentsOf(url.pathname)];
  if (segments.some((segment) => !isName(segment))) return null;
  const inside = await rootOf(root);
  try {
    const real = await realpath(path.join(inside, ...segments));
    if (!real.startsWith(inside + path.sep)) return null;
    const found = await stat(real);
    return found.isFile() ? { path: real, size: found.size, modified: Math.trunc(found.mtimeMs) } : null;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code)) return null;
    throw new Fault('feed/failed', `reading ${url.href} from the mirror ${root}: ${code || 'it failed'}`, {
      cause: thrown,
    });
  }
}

async function rootOf(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (cause) {
    throw new Fault('input/invalid', `the feeds mirror ${root} is not a folder that can be read`, { cause });
  }
}

function segmentsOf(pathname: string): string[] {
  try {
    return pathname.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return [''];
  }
}

/** One name of a folder or file: an escaped slash or dots would lead elsewhere. */
function isName(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..' && !/[/\\\0]/.test(segment);
}

/** RFC 9110, 13.2.2: the ETag decides alone when both are given. */
function isUnchanged(file: { etag: string; 'last-modified': string }, asked: Headers): boolean {
  const none = asked.get('if-none-match');
  if (none !== null)
    return none.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag || tag.trim() === '*');
  const since = Date.parse(asked.get('if-modified-since') ?? '');
  return Date.parse(file['last-modified']) <= since;
}

/** The file is opened by the first read, so that an answer nobody reads holds nothing open. */
function lazily(file: string): ReadableStream<Uint8Array> {
  let reader: AsyncIterator<Uint8Array> | null = null;
  let stream: Readable | null = null;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        stream ??= createReadStream(file, { highWaterMark: 256 * 1024 });
        reader ??= stream[Symbol.asyncIterator]();
        const next = await reader.next();
        if (next.done === true) controller.close();
        else controller.enqueue(new Uint8Array(next.value));
      },
      cancel() {
        stream?.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

const maxRedirects = 5;

function remote(fetch: Fetch, mirror: string): Fetch {
  const base = new URL(mirror);
  const authorization =
    base.username === '' && base.password === ''
      ? null
      : `Basic ${Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`).toString('base64')}`;
  base.username = '';
  base.password = '';
  base.search = '';
  base.hash = '';
  return async (url, request = {}) => {
    const { host, pathname, search } = new URL(url);
    let at = new URL(`${base.href.replace(/\/+$/, '')}/${host}${pathname}${search}`);
    for (let hops = 0; hops <= maxRedirects; hops++) {
      // Credentials of the mirror are for the mirror: a redirect elsewhere (a bucket, a CDN) does not get them.
      const own = authorization !== null && at.origin === base.origin ? { authorization } : {};
      const response = await fetch(at.href, { ...request, headers: { ...request.headers, ...own } });
      const location = response.headers.get('location');
      if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
      await discard(response);
      at = new URL(location, at);
      if (!/^https?:$/.test(at.protocol)) break;
    }
    throw new Fault('feed/failed', `fetching ${url} from the mirror ${base.href}: its redirects lead nowhere`);
  };
}
