import { type Digest, digestOf, isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { Platform } from '#platform/platform.ts';
import { readBytes } from '#platform/send.ts';
import { blobStream } from './blob-stream.ts';
import { manifestTypes } from '../image/manifest.ts';
import { largestPage, listTags } from './list-tags.ts';
import { type CallOptions, registryCalls } from './registry-call.ts';

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
  /**
   * The digest that a tag stands for now, without its manifest where the registry tells it. `known` is what it was before: a registry that
   * compares for itself then has nothing to send.
   */
  digest(repository: string, tag: string, known?: Digest | null): Promise<Digest>;
  /** The tags of a repository, page by page as the registry gives them; what is not the name of a tag is left out. */
  tags(repository: string): AsyncGenerator<readonly string[]>;
  /** A small blob whole, at most limits.documentBytes. */
  document(repository: string, digest: Digest): Promise<Buffer>;
  /** A blob as it streams in, taken up where it broke off. The digest is not verified: whoever reads takes it. */
  blob(repository: string, digest: Digest, size: number | null): AsyncGenerator<Uint8Array>;
}

export interface ClientOptions extends CallOptions {
  readonly limits: Limits;
}

type World = Pick<Platform, 'fetch' | 'clock'>;

export function registryClient(world: World, options: ClientOptions): RegistryClient {
  const { registry, limits } = options;
  const calls = registryCalls(world, options);

  /** Any answer but 2xx is thrown. */
  const call = (
    repository: string,
    path: string,
    { what, ...request }: { headers: Record<string, string>; what: string },
  ) => calls.call(repository, path, { ...request, doing: `reading ${what}` });

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
    async digest(repository, tag, known = null) {
      const doing = `reading manifest ${tag}`;
      const headers = { Accept: accept, ...(known === null ? {} : { 'If-None-Match': `"${known}"` }) };
      const response = await calls.ask(repository, `manifests/${tag}`, { method: 'HEAD', headers, doing });
      if (response.status === 304 && known !== null) return known;
      if (response.status === 405) return (await manifest(repository, tag)).digest;
      if (!response.ok) throw await calls.refusal(response, repository, doing);
      const digest = response.headers.get('docker-content-digest') ?? '';
      return isDigest(digest) ? digest : (await manifest(repository, tag)).digest;
    },
    tags: (repository) =>
      listTags(calls.origin, repository, async (path) => {
        const where = `the list of tags of ${registry}/${repository}`;
        const headers = { Accept: 'application/json' };
        const open = () => calls.call(repository, path, { headers, doing: 'listing tags' });
        return await whole(open, largestPage, where, '');
      }),
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

/** A document whole; asked for again when the connection breaks within it. */
async function whole(open: () => Promise<Response>, limit: number, where: string, by = ' (documentBytes)') {
  for (let attempt = 1; ; attempt++) {
    const response = await open();
    try {
      return { response, bytes: await readBytes(response, limit) };
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'input/too-large') {
        throw new Fault('image/too-large', `${where} is longer than ${limit} bytes${by}`, { cause: thrown });
      }
      const broken = !(thrown instanceof Fault) || thrown.code === 'network/unreachable';
      if (!broken || attempt === 3) throw thrown;
    }
  }
}
