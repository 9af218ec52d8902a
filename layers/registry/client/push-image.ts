import { type Digest, digestHex, digestOf, isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { Platform } from '#platform/platform.ts';
import { discard } from '#platform/send.ts';
import { type OciDescriptor, ociIndex } from '#schema/oci.ts';
import { parseDocument } from '../image/document.ts';
import { parseManifest } from '../image/manifest.ts';
import type { Reference } from '../reference.ts';
import type { ImageFiles } from '../sources/archive.ts';
import { pushBlob } from './push-blob.ts';
import { type CallOptions, registryCalls } from './registry-call.ts';

export interface PushOptions extends Omit<CallOptions, 'registry'> {
  readonly limits: Limits;
  /** Bytes of a request: longer blobs go up in pieces, which can be taken up again. 32 MiB when left out. */
  readonly pieceBytes?: number;
  readonly onBlob?: (digest: Digest, outcome: 'pushed' | 'existed') => void;
}

type World = Pick<Platform, 'fetch' | 'clock'>;

/**
 * Pushes the one image, or index, of an OCI layout to a registry under the tag or digest of the reference (OCI distribution-spec
 * 1.1, push): blobs that the registry has are not sent, each manifest goes after everything that it names. Pushing again changes
 * nothing. Gives the digest, which the registry has confirmed. Throws `image/corrupt` and `image/digest-mismatch` for
 * a layout that is damaged, `input/invalid` for one that holds several images, `registry/*`, `network/*`.
 */
export async function pushImage(
  world: World,
  files: ImageFiles,
  target: Reference,
  options: PushOptions,
): Promise<Digest> {
  const place = `the layout for ${target.registry}/${target.repository}`;
  const index = await files.read('index.json', options.limits.documentBytes);
  if (index === null) throw new Fault('image/not-an-image', `${place} has no index.json`);
  const { manifests } = parseDocument(index, ociIndex, `index.json of ${place}`).value;
  const [root, ...others] = [...new Map(manifests.map((listed) => [listed.digest, listed])).values()];
  if (root === undefined || others.length > 0)
    throw new Fault('input/invalid', `${place} holds ${manifests.length} images; push a layout of one`);
  const calls = registryCalls(world, { ...options, registry: target.registry });
  const { repository } = target;

  const pushManifest = async (listed: OciDescriptor, reference: string, depth: number): Promise<Digest> => {
    if (depth > options.limits.indexDepth)
      throw new Fault('image/too-large', `${place} nests indexes deeper than ${options.limits.indexDepth}`);
    const digest = digestIn(listed, place);
    const bytes = await files.read(blobPath(digest), options.limits.documentBytes);
    if (bytes === null) throw new Fault('image/corrupt', `${place} names ${digest} but does not hold it`);
    if (digestOf(bytes) !== digest) throw new Fault('image/digest-mismatch', `${place}: ${digest} is damaged`);
    const manifest = parseManifest(bytes, listed.mediaType, `manifest ${digest} of ${place}`);
    if (manifest.kind === 'index') {
      for (const child of manifest.manifests) await pushManifest(child, child.digest, depth + 1);
    } else {
      const wanted = new Map([manifest.config, ...manifest.layers].map((one) => [digestIn(one, place), one]));
      for (const [blob, { size }] of wanted) {
        const at = await files.locate(blobPath(blob));
        if (at === null || at.length !== size)
          throw new Fault('image/corrupt', `${place} does not hold all ${size} bytes of ${blob}`);
        const outcome = await pushBlob(world, calls, repository, blob, at, options.pieceBytes);
        options.onBlob?.(blob, outcome);
      }
    }
    await put(bytes, digest, listed.mediaType, reference);
    return digest;
  };

  const put = async (bytes: Buffer, digest: Digest, mediaType: string, reference: string): Promise<void> => {
    const doing = `writing manifest ${reference}`;
    const headers = { 'Content-Type': mediaType };
    const request = { method: 'PUT', headers, body: bytes, doing } as const;
    const response = await calls.call(repository, `manifests/${reference}`, request);
    await discard(response);
    const stated = response.headers.get('docker-content-digest');
    if (stated === null || stated === digest) return;
    throw new Fault('registry/failed', `${doing}: ${target.registry} stored it as ${stated}, not as ${digest}`);
  };

  return await pushManifest(root, target.digest ?? target.tag ?? root.digest, 0);
}

function blobPath(digest: Digest): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

function digestIn({ digest }: OciDescriptor, place: string): Digest {
  if (isDigest(digest)) return digest;
  throw new Fault('image/unsupported', `${place} names '${digest.slice(0, 100)}', which is no sha256 digest`);
}
