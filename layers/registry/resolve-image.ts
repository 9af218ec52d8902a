import { type Digest, digestOf, isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { OciDescriptor } from '#schema/oci.ts';
import { parseConfig } from './image-config.ts';
import { defaultPlatform, formatPlatform, type ImagePlatform, parsePlatform, platformRank } from './image-platform.ts';
import type { ImageSource, LayerBytes, SourceLayer } from './layer-source.ts';
import { isIndexType, isReadableLayer, type Manifest, manifestTypes, parseManifest } from './manifest.ts';

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

/** Something that an index offers: an image for a platform, when the index says for which. */
interface Offer {
  readonly descriptor: Descriptor;
  readonly platform: ImagePlatform | null;
}

/** An image whose manifest was read. */
interface Found {
  readonly descriptor: Descriptor;
  readonly text: Uint8Array;
  readonly manifest: Extract<Manifest, { kind: 'image' }>;
  readonly platform: ImagePlatform | null;
}

/** Documents read to find out about platforms that an index does not tell; more is an index made to tire us. */
const mostLookedInto = 64;

/**
 * Finds the one image meant by what was asked for and reads it: through indexes to limits.indexDepth, by platform. With one
 * root the root may be an index or an image; several roots are read as an index that has no document of its own. When no
 * platform is asked for, an image for only one platform is taken, else linux/amd64. Digest and size of every document are
 * verified. Throws `image/platform-missing` with what there is, `image/not-an-image`, `image/digest-mismatch`,
 * `image/corrupt`, `image/unsupported` or `image/too-large`.
 */
export async function resolveImage(
  content: ImageContent,
  roots: readonly Root[],
  options: ResolveOptions,
): Promise<ImageSource> {
  const wanted = options.platform === null ? null : parsePlatform(options.platform);
  const reader = documentReader(content, options);
  const only = roots.length === 1 ? descriptorOf(roots[0]!, options.reference) : null;
  if (only !== null) {
    const root = await reader.manifest(only);
    if (root.manifest.kind === 'image') {
      const found = { ...root, manifest: root.manifest, platform: platformOf(roots[0]!) };
      return await finish(content, reader, found, wanted, null, options);
    }
    const offers = await offersOf(reader, root.manifest.manifests, 1, options);
    return await finish(content, reader, await choose(reader, offers, wanted, options), wanted, only.digest, options);
  }
  const offers = await offersOf(reader, roots, 0, options);
  return await finish(content, reader, await choose(reader, offers, wanted, options), wanted, null, options);
}

/** Reads documents and verifies them; counts those that are only looked into. */
function documentReader(content: ImageContent, { reference, limits }: ResolveOptions) {
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
    async manifest(descriptor: Descriptor) {
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

type DocumentReader = ReturnType<typeof documentReader>;

/** Every image that an index offers, those of indexes in it in their place; what is no image is left out. */
async function offersOf(
  reader: DocumentReader,
  descriptors: readonly Root[],
  depth: number,
  options: ResolveOptions,
): Promise<readonly Offer[]> {
  if (depth > options.limits.indexDepth) {
    throw new Fault(
      'image/unsupported',
      `${options.reference}: indexes are nested deeper than ${options.limits.indexDepth}`,
    );
  }
  const offers: Offer[] = [];
  for (const listed of descriptors) {
    if (isAttached(listed)) continue;
    if (isIndexType(listed.mediaType)) {
      reader.look();
      const { manifest } = await reader.manifest(descriptorOf(listed, options.reference));
      if (manifest.kind === 'index') offers.push(...(await offersOf(reader, manifest.manifests, depth + 1, options)));
    } else if (manifestTypes.includes(listed.mediaType) || listed.mediaType === '') {
      offers.push({ descriptor: descriptorOf(listed, options.reference), platform: platformOf(listed) });
    }
  }
  return offers;
}

/** Attestations, signatures and other things that are kept beside images. */
function isAttached(descriptor: Root): boolean {
  const { platform, annotations, artifactType } = descriptor;
  if (platform?.os === 'unknown' || platform?.architecture === 'unknown') return true;
  return Boolean(artifactType) || annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

async function choose(
  reader: DocumentReader,
  offers: readonly Offer[],
  wanted: ImagePlatform | null,
  options: ResolveOptions,
): Promise<Found> {
  const images: Offer[] = [];
  for (const offer of offers) {
    if (offer.platform !== null) {
      images.push(offer);
      continue;
    }
    const platform = await lookInto(reader, offer, options);
    if (platform !== null) images.push({ ...offer, platform });
  }
  if (images.length === 0) {
    throw new Fault('image/not-an-image', `${options.reference} is an index without any container image`);
  }
  const platforms = [...new Set(images.map(({ platform }) => formatPlatform(platform!)))];
  const want = wanted ?? (platforms.length === 1 ? images[0]!.platform! : defaultPlatform);
  const best = images
    .map((image) => ({ image, rank: platformRank(want, image.platform!) }))
    .filter(({ rank }) => rank !== null)
    .reduce<{ image: Offer; rank: number | null } | null>(
      (least, next) => (least === null || next.rank! < least.rank! ? next : least),
      null,
    );
  if (best === null) throw platformMissing(options.reference, want, platforms);
  const found = await reader.manifest(best.image.descriptor);
  if (found.manifest.kind !== 'image') {
    throw new Fault(
      'image/corrupt',
      `manifest ${found.descriptor.digest} of ${options.reference} is listed as an image but is an index`,
    );
  }
  return { ...found, manifest: found.manifest, platform: best.image.platform };
}

/** The platform that the config of an image says; null when it is no container image. */
async function lookInto(reader: DocumentReader, offer: Offer, options: ResolveOptions): Promise<ImagePlatform | null> {
  reader.look();
  const { manifest } = await reader.manifest(offer.descriptor);
  if (manifest.kind !== 'image' || manifest.artifact !== null) return null;
  const descriptor = descriptorOf(manifest.config, options.reference);
  const where = `config ${descriptor.digest} of ${options.reference}`;
  return parseConfig(await reader.read(descriptor, 'config'), descriptor.digest, null, where).config;
}

/** Reads the config and puts the image together. */
async function finish(
  content: ImageContent,
  reader: DocumentReader,
  found: Found,
  wanted: ImagePlatform | null,
  parentDigest: Digest | null,
  options: ResolveOptions,
): Promise<ImageSource> {
  const { reference, limits } = options;
  const { manifest, descriptor } = found;
  if (manifest.artifact !== null) {
    throw new Fault(
      'image/not-an-image',
      `${reference} is an artifact of type ${manifest.artifact.slice(0, 200)}, not a container image`,
    );
  }
  const configDescriptor = descriptorOf(manifest.config, reference);
  const where = `config ${configDescriptor.digest} of ${reference}`;
  const bytes = await reader.read(configDescriptor, 'config');
  const { config, diffIds } = parseConfig(bytes, configDescriptor.digest, found.platform, where);
  if (wanted !== null && platformRank(wanted, config) === null && found.platform === null) {
    throw platformMissing(reference, wanted, [formatPlatform(config)]);
  }
  if (manifest.layers.length > limits.layers) {
    throw new Fault(
      'image/too-large',
      `${reference} has ${manifest.layers.length} layers; at most ${limits.layers} are read`,
    );
  }
  if (diffIds.length !== manifest.layers.length) {
    const counts = `${manifest.layers.length} layers but its config names ${diffIds.length}`;
    throw new Fault('image/corrupt', `${reference}: the manifest has ${counts}`);
  }
  const layers: SourceLayer[] = [];
  for (const [i, listed] of manifest.layers.entries()) {
    const layer = descriptorOf(listed, reference);
    const readable = isReadableLayer(layer.mediaType);
    layers.push({
      digest: layer.digest,
      diffId: diffIds[i]!,
      mediaType: layer.mediaType,
      size: layer.size,
      bytes: readable ? await content.layer(layer) : unreadable(layer, reference),
    });
  }
  return {
    reference,
    digest: descriptor.digest,
    parentDigest,
    manifest: Buffer.from(found.text).toString('utf8'),
    config,
    platform: formatPlatform(config),
    layers,
  };
}

function unreadable(layer: Descriptor, reference: string): LayerBytes {
  const type = layer.mediaType.slice(0, 200);
  return {
    kind: 'stream',
    open: async () => {
      throw new Fault(
        'image/unsupported',
        `layer ${layer.digest} of ${reference} has media type '${type}', which is not read`,
      );
    },
  };
}

function platformMissing(reference: string, wanted: ImagePlatform, offered: readonly string[]): Fault {
  const there = offered.slice(0, 30).join(', ').slice(0, 1000);
  return new Fault(
    'image/platform-missing',
    `${reference} is not built for ${formatPlatform(wanted)}; choose one of: ${there}`,
    { detail: { platforms: offered.slice(0, 30) } },
  );
}

function platformOf({ platform }: Root): ImagePlatform | null {
  if (!platform?.os || !platform.architecture) return null;
  return { os: platform.os, architecture: platform.architecture, variant: platform.variant || null };
}

function descriptorOf({ mediaType, digest, size }: Root, reference: string): Descriptor {
  if (!isDigest(digest)) {
    throw new Fault(
      'image/unsupported',
      `${reference} names content by '${digest.slice(0, 100)}'; only sha256 digests are read`,
    );
  }
  return { mediaType, digest, size };
}
