import { Fault } from '#core/fault.ts';
import { parseConfig } from './image-config.ts';
import { type Descriptor, type DocumentReader, descriptorOf, type ResolveOptions, type Root } from './image-content.ts';
import {
  defaultPlatform,
  formatPlatform,
  type ImagePlatform,
  platformRank,
  type WantedPlatforms,
} from './image-platform.ts';
import { isIndexType, type Manifest, manifestTypes } from './manifest.ts';

/** An image whose manifest was read. */
export interface ChosenImage {
  readonly descriptor: Descriptor;
  readonly text: Uint8Array;
  readonly manifest: Extract<Manifest, { kind: 'image' }>;
  readonly platform: ImagePlatform | null;
}

/** An image that an index offers, not read yet. */
export interface Offer {
  readonly descriptor: Descriptor;
  readonly platform: ImagePlatform;
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
  const offers = await offersOf(reader, listed, depth, options);
  const platforms = platformsOf(offers);
  const want = wanted ?? (platforms.length === 1 ? offers[0]!.platform : defaultPlatform);
  const best = bestFor(want, offers);
  if (best === null) throw platformMissing(options.reference, want, platforms);
  return await readOffer(reader, best, options);
}

/**
 * The images for the wanted platforms, each once, the one that {@link chooseImage} would take first. Where none of them is wanted: the
 * only one there is, else `image/platform-missing`.
 */
export async function chooseOffers(
  reader: DocumentReader,
  listed: readonly Root[],
  wanted: WantedPlatforms,
  options: ResolveOptions,
): Promise<readonly Offer[]> {
  const offers = await offersOf(reader, listed, 1, options);
  const platforms = platformsOf(offers);
  const chosen =
    wanted === 'all' ? offers.filter(({ platform }) => platform.os !== 'windows') : wantedOf(wanted, offers);
  if (chosen.length === 0 && platforms.length > 1)
    throw platformMissing(
      options.reference,
      wanted === 'all' ? defaultPlatform : (wanted[0] ?? defaultPlatform),
      platforms,
    );
  const first = bestFor(defaultPlatform, chosen);
  const ordered = [...(first === null ? [] : [first]), ...(chosen.length === 0 ? offers.slice(0, 1) : chosen)];
  return [...new Map(ordered.map((offer) => [offer.descriptor.digest, offer])).values()];
}

/** The manifest of an offer. */
export async function readOffer(
  reader: DocumentReader,
  { descriptor, platform }: Offer,
  options: ResolveOptions,
): Promise<ChosenImage> {
  const found = await reader.manifest(descriptor);
  if (found.manifest.kind !== 'image') {
    throw new Fault(
      'image/corrupt',
      `manifest ${found.descriptor.digest} of ${options.reference} is listed as an image but is an index`,
    );
  }
  return { ...found, manifest: found.manifest, platform };
}

/** Every image that an index offers, those of indexes in it in their place; what is no image is left out. At least one. */
async function offersOf(
  reader: DocumentReader,
  listed: readonly Root[],
  depth: number,
  options: ResolveOptions,
): Promise<readonly Offer[]> {
  const offers: Offer[] = [];
  for (const { descriptor, platform: stated } of await listedImages(reader, listed, depth, options)) {
    const platform = stated ?? (await lookInto(reader, descriptor, options));
    if (platform !== null) offers.push({ descriptor, platform });
  }
  if (offers.length === 0)
    throw new Fault('image/not-an-image', `${options.reference} is an index without any container image`);
  return offers;
}

/** Manifests of images, or of what may be one, with the platform when the index says for which they are. */
async function listedImages(
  reader: DocumentReader,
  descriptors: readonly Root[],
  depth: number,
  options: ResolveOptions,
): Promise<readonly { readonly descriptor: Descriptor; readonly platform: ImagePlatform | null }[]> {
  if (depth > options.limits.indexDepth) {
    throw new Fault(
      'image/unsupported',
      `${options.reference}: indexes are nested deeper than ${options.limits.indexDepth}`,
    );
  }
  const images = [];
  for (const listed of descriptors) {
    if (isAttached(listed)) continue;
    if (isIndexType(listed.mediaType)) {
      reader.look();
      const { manifest } = await reader.manifest(descriptorOf(listed, options.reference));
      if (manifest.kind === 'index')
        images.push(...(await listedImages(reader, manifest.manifests, depth + 1, options)));
    } else if (manifestTypes.includes(listed.mediaType) || listed.mediaType === '') {
      images.push({ descriptor: descriptorOf(listed, options.reference), platform: platformOf(listed) });
    }
  }
  return images;
}

/** Attestations, signatures and other things that are kept beside images. */
function isAttached(descriptor: Root): boolean {
  const { platform, annotations, artifactType } = descriptor;
  if (platform?.os === 'unknown' || platform?.architecture === 'unknown') return true;
  return Boolean(artifactType) || annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

/** The platform that the config of an image says; null when it is no container image. */
async function lookInto(
  reader: DocumentReader,
  listed: Descriptor,
  options: ResolveOptions,
): Promise<ImagePlatform | null> {
  reader.look();
  const { manifest } = await reader.manifest(listed);
  if (manifest.kind !== 'image' || manifest.artifact !== null) return null;
  const descriptor = descriptorOf(manifest.config, options.reference);
  const where = `config ${descriptor.digest} of ${options.reference}`;
  return parseConfig(await reader.read(descriptor, 'config'), descriptor.digest, null, where).config;
}

function platformsOf(offers: readonly Offer[]): readonly string[] {
  return [...new Set(offers.map(({ platform }) => formatPlatform(platform)))];
}

function wantedOf(wanted: readonly ImagePlatform[], offers: readonly Offer[]): readonly Offer[] {
  return wanted.flatMap((platform) => bestFor(platform, offers) ?? []);
}

/** The first of those that do best for a platform. */
function bestFor(wanted: ImagePlatform, offers: readonly Offer[]): Offer | null {
  let best: { readonly offer: Offer; readonly rank: number } | null = null;
  for (const offer of offers) {
    const rank = platformRank(wanted, offer.platform);
    if (rank !== null && (best === null || rank < best.rank)) best = { offer, rank };
  }
  return best?.offer ?? null;
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
