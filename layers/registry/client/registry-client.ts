import { type Digest, digestOf, isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { Platform } from '#platform/platform.ts';
import { discard, readBytes, readText, send } from '#platform/send.ts';
import { registryErrors } from '#schema/oci.ts';
import { blobStream } from './blob-stream.ts';
import type { FindCredentials } from './credentials.ts';
import { manifestTypes } from '../image/manifest.ts';
import { registryHost } from '../reference.ts';
import { type RegistryAuth, registryAuth } from './registry-auth.ts';

export interface ManifestAnswer {
  readonly bytes: Buffer;
  readonly digest: Digest;
  /** As the registry calls it; empty when it does not. */
  readonly mediaType: string;
}

/**
 * Reads from one registry (OCI distribution-spec 1.1). Logs in when the registry asks for it; redirects go without our
 * credentials. Throws `registry/denied`, `registry/not-found`, `registry/failed`, `network/*`; what it gives by digest is
 * verified, or throws `image/digest-mismatch`.
 */
export interface RegistryClient {
  /** The manifest of a tag or digest, at most limits.documentBytes. */
  manifest(repository: string, reference: string): Promise<ManifestAnswer>;
  /** The digest that a tag stands for now, without its manifest where the registry tells it. */
  digest(repository: string, tag: string): Promise<Digest>;
  /** A small blob whole, at most limits.documentBytes. */
  document(repository: string, digest: Digest): Promise<Buffer>;
  /** A blob as it streams in, taken up where it broke off. The digest is not verified: whoever reads takes it. */
  blob(repository: string, digest: Digest, size: number | null): AsyncGenerator<Uint8Array>;
}

export interface ClientOptions {
  /** The registry's name, `docker.io` or `host[:port]`. */
  readonly registry: string;
  readonly credentials: FindCredentials | null;
  /** Plain HTTP: true for this registry in any case, false never; null for registries on this machine only. */
  readonly plainHttp: boolean | null;
  readonly limits: Limits;
}

type World = Pick<Platform, 'fetch' | 'clock'>;

export function registryClient(world: World, options: ClientOptions): RegistryClient {
  const { registry, limits } = options;
  const host = registryHost(registry);
  const plain = options.plainHttp ?? isLoopback(host);
  const auth = registryAuth(world, {
    registry,
    credentials: options.credentials,
    mayCall: (url) =>
      url.protocol === 'https:' ||
      (plain && url.protocol === 'http:' && (options.plainHttp === true || isLoopback(url.host))),
  });

  /** One call about a repository, with one more try when credentials are asked for. Any answer but 2xx is thrown. */
  const call = async (
    repository: string,
    path: string,
    request: { method?: 'HEAD'; headers: Record<string, string>; what: string },
  ): Promise<Response> => {
    const url = `${plain ? 'http' : 'https'}://${host}/v2/${repository}/${path}`;
    const attempt = async (header: string | null) => {
      const headers = header === null ? request.headers : { ...request.headers, Authorization: header };
      return await send(world, url, { method: request.method ?? 'GET', headers });
    };
    const used = auth.header(repository);
    let response = await attempt(used);
    const header = await loginAfter(response, repository, used).catch(async (thrown: unknown) => {
      await discard(response);
      throw thrown;
    });
    if (header !== null) {
      await discard(response);
      response = await attempt(header);
    }
    if (response.ok) return response;
    throw await refusal(response, `reading ${request.what} of ${registry}/${repository}`, registry, auth);
  };

  const loginAfter = async (response: Response, repository: string, used: string | null) => {
    const challenge = response.headers.get('www-authenticate');
    if (response.status === 401 && challenge !== null) return await auth.answer(challenge, repository, used);
    return response.status === 403 ? await auth.renew(repository, used) : null;
  };

  const manifest = async (repository: string, reference: string): Promise<ManifestAnswer> => {
    const what = `manifest ${reference}`;
    const where = `${what} of ${registry}/${repository}`;
    const open = () => call(repository, `manifests/${reference}`, { headers: { Accept: accept }, what });
    const { response, bytes } = await whole(open, limits.documentBytes, where);
    const digest = digestOf(bytes);
    const stated = isDigest(reference) ? reference : response.headers.get('docker-content-digest');
    if (stated !== null && isDigest(stated) && stated !== digest) {
      throw new Fault(
        'image/digest-mismatch',
        `${where} has the digest ${digest}, not ${stated}: it was changed or damaged`,
      );
    }
    const mediaType = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    return { bytes, digest, mediaType };
  };

  return {
    manifest,
    async digest(repository, tag) {
      const what = `manifest ${tag}`;
      const response = await call(repository, `manifests/${tag}`, {
        method: 'HEAD',
        headers: { Accept: accept },
        what,
      });
      const digest = response.headers.get('docker-content-digest') ?? '';
      return isDigest(digest) ? digest : (await manifest(repository, tag)).digest;
    },
    async document(repository, digest) {
      const what = `blob ${digest}`;
      const where = `${what} of ${registry}/${repository}`;
      const open = () => call(repository, `blobs/${digest}`, { headers: {}, what });
      const { bytes } = await whole(open, limits.documentBytes, where);
      if (digestOf(bytes) === digest) return bytes;
      throw new Fault('image/digest-mismatch', `${where} does not have that digest: it was changed or damaged`);
    },
    blob(repository, digest, size) {
      const what = `layer ${digest}`;
      const open = async (from: number) => {
        // Bytes as they are stored: a compressed transfer has no offsets to go on from.
        const headers: Record<string, string> = { 'Accept-Encoding': 'identity' };
        if (from > 0) headers['Range'] = `bytes=${from}-`;
        return await call(repository, `blobs/${digest}`, { headers, what });
      };
      return blobStream(world.clock, open, size, `${what} of ${registry}/${repository}`);
    },
  };
}

const accept = [...manifestTypes, 'application/json;q=0.1'].join(', ');

/** Names and addresses of this machine, as they stand before a port. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || /^127(\.\d{1,3}){3}$/.test(name) || name === '[::1]';
}

/** A document whole; asked for again when the connection breaks within it. */
async function whole(open: () => Promise<Response>, limit: number, where: string) {
  for (let attempt = 1; ; attempt++) {
    const response = await open();
    try {
      return { response, bytes: await readBytes(response, limit) };
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'input/too-large') {
        throw new Fault('image/too-large', `${where} is longer than ${limit} bytes (documentBytes)`, { cause: thrown });
      }
      const broken = !(thrown instanceof Fault) || thrown.code === 'network/unreachable';
      if (!broken || attempt === 3) throw thrown;
    }
  }
}

/** What an answer other than 2xx means. Of the registry's own words only the error codes are told. */
async function refusal(response: Response, doing: string, registry: string, auth: RegistryAuth): Promise<Fault> {
  const { status } = response;
  const codes = await errorCodes(response);
  const detail = { status, codes };
  const told = codes.length === 0 ? `${status}` : `${status} ${codes.join(', ')}`;
  if (status === 401 || status === 403) {
    const problem = auth.problem();
    const why = problem === null ? '' : ` (${problem})`;
    const help = auth.advice() ?? `check the name, or log in with: docker login ${registry}`;
    const message = `${doing}: ${registry} denies it (${told}); ${help}${why}`;
    return new Fault('registry/denied', message, { detail });
  }
  if (status === 404 || codes.some((code) => ['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'BLOB_UNKNOWN'].includes(code))) {
    return new Fault('registry/not-found', `${doing}: ${registry} does not have it (${told}); check name and tag`, {
      detail,
    });
  }
  return new Fault('registry/failed', `${doing}: ${registry} answered ${told}; try again later`, { detail });
}

async function errorCodes(response: Response): Promise<readonly string[]> {
  try {
    const parsed = registryErrors.safeParse(JSON.parse(await readText(response, 64 * 1024)));
    const codes = parsed.success ? parsed.data.errors.map(({ code }) => code ?? '') : [];
    return codes.filter((code) => /^[A-Z_]{1,40}$/.test(code)).slice(0, 5);
  } catch {
    return [];
  }
}
