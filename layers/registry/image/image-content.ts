import { type Digest, digestOf, isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { OciDescriptor } from '#schema/oci.ts';
import type { LayerBytes } from '../layer-source.ts';
import { type Manifest, parseManifest } from './manifest.ts';

/** Where the content of images lies: a registry, a layout folder, an archive. */
export interface ImageContent {
  /** The bytes of a manifest or config, at most limits.documentBytes; they are verified here, not there. */
  document(descriptor: Descriptor, kind: 'manifest' | 'config'): Promise<Uint8Array>;
  /** Where the bytes of a layer are. */
  layer(descriptor: Descriptor): Promise<LayerBytes> | LayerBytes;
}

/** A descriptor whose digest is one that can be verified; size null when nobody said it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number | null;
}

/** A descriptor to begin from; its size is null when only a digest was given. */
export type Root = Omit<OciDescriptor, 'size'> & { readonly size: number | null };

export interface ResolveOptions {
  /** As the user wrote it, for messages. */
  readonly reference: string;
  readonly platform: string | null;
  readonly limits: Limits;
}

/** Documents read to find out about platforms that an index does not tell; more is an index made to tire us. */
const mostLookedInto = 64;

/** A manifest that was read and verified. */
export interface ReadManifest {
  readonly descriptor: Descriptor;
  readonly text: Uint8Array;
  readonly manifest: Manifest;
}

/**
 * Reads documents of one image and verifies digest and size. `look` counts those that are read only to tell a platform, and
 * throws `image/too-large` when there are too many.
 */
export function documentReader(content: ImageContent, { reference, limits }: ResolveOptions) {
  let looks = 0;
  const read = async (descriptor: Descriptor, kind: 'manifest' | 'config'): Promise<Uint8Array> => {
    const where = `${kind} ${descriptor.digest} of ${reference}`;
    if (descriptor.size !== null && descriptor.size > limits.documentBytes) {
      throw new Fault(
        'image/too-large',
        `${where} is ${descriptor.size} bytes long; documentBytes is ${limits.documentBytes}`,
      );
    }
    const bytes = await content.document(descriptor, kind);
    const digest = digestOf(bytes);
    if (digest !== descriptor.digest) {
      throw new Fault('image/digest-mismatch', `${where} has the digest ${digest}: it was changed or damaged`);
    }
    if (descriptor.size !== null && bytes.length !== descriptor.size) {
      throw new Fault('image/corrupt', `${where} is ${bytes.length} bytes long, not ${descriptor.size} as stated`);
    }
    return bytes;
  };
  return {
    read,
    async manifest(descriptor: Descriptor): Promise<ReadManifest> {
      const text = await read(descriptor, 'manifest');
      const where = `manifest ${descriptor.digest} of ${reference}`;
      return { descriptor, text, manifest: parseManifest(text, descriptor.mediaType, where) };
    },
    look() {
      if (++looks > mostLookedInto) {
        throw new Fault(
          'image/too-large',
          `${reference}: more than ${mostLookedInto} manifests would have to be read to tell platforms`,
        );
      }
    },
  };
}

export type DocumentReader = ReturnType<typeof documentReader>;

/** The descriptor of content that can be verified; throws `image/unsupported` for another digest than sha256. */
export function descriptorOf({ mediaType, digest, size }: Root, reference: string): Descriptor {
  if (!isDigest(digest)) {
    throw new Fault(
      'image/unsupported',
      `${reference} names content by '${digest.slice(0, 100)}'; only sha256 digests are read`,
    );
  }
  return { mediaType, digest, size };
}
