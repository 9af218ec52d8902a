import { Fault } from '#core/fault.ts';
import { parseConfig } from './image-config.ts';
import { type Descriptor, type DocumentReader, descriptorOf, type ResolveOptions, type Root } from './image-content.ts';
import { defaultPlatform, formatPlatform, type ImagePlatform, platformRank } from './image-platform.ts';
import { isIndexType, type Manifest, manifestTypes } from './manifest.ts';

/** An image whose manifest was read. */
export interface ChosenImage {
  readonly descriptor: Descriptor;
  readonly text: Uint8Array;
  readonly manifest: Extract<Manifest, { kind: 'image' }>;
  readonly platform: ImagePlatform | null;
}

/** Something that an index offers: an image for a platform, when the index says for which. */
interface Offer {
  readonly descriptor: Descriptor;
  readonly platform: ImagePlatform | null;
}

/**
 * The image for a platform among what an index lists, `depth` levels below what was asked for (0 when the list has no
 * document of its own). Without a wanted platform: the only one there is, else linux/amd64.
 */
export async function chooseImage(
  reader: DocumentReader,
  listed: readonly Root[],
  depth: number,
  wanted: ImagePlatform | null,
  options: ResolveOptions,
): Promise<ChosenImage> {
  return await choose(reader, await offersOf(reader, listed, depth, options), wanted, options);
}

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
): Promise<ChosenImage> {
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

/** The fault for an image that is not for the platform wanted; `offered` is what it is for. */
export function platformMissing(reference: string, wanted: ImagePlatform, offered: readonly string[]): Fault {
  const there = offered.slice(0, 30).join(', ').slice(0, 1000);
  return new Fault(
    'image/platform-missing',
    `${reference} is not built for ${formatPlatform(wanted)}; choose one of: ${there}`,
    { detail: { platforms: offered.slice(0, 30) } },
  );
}

/** The platform that a descriptor states; null when it does not. */
export function platformOf({ platform }: Root): ImagePlatform | null {
  if (!platform?.os || !platform.architecture) return null;
  return { os: platform.os, architecture: platform.architecture, variant: platform.variant || null };
}
