import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { Platform } from '#platform/platform.ts';
import type { ResolvedImages } from '#registry/image/resolve-images.ts';
import type { ImageSource } from '#registry/layer-source.ts';
import { formatReference, parseReference, type Reference } from '#registry/reference.ts';
import type { Event } from '#schema/events.ts';
import { admitAllToCatalog } from './admit-store.ts';
import type { Image } from './image.ts';
import { findImages, moveImage } from './image-store.ts';
import { pointTag } from './point-tag.ts';
import { indexAt } from './tag-store.ts';

/** Opens an image of a registry with the credentials of an account, or those of this installation where it has none for it. */
export type OpenRegistryImage = (
  reference: string,
  options: { readonly account: string; readonly platform?: string },
) => Promise<ImageSource & AsyncDisposable>;

export type AdmitWorld = Pick<Platform, 'sql' | 'clock' | 'log'> & {
  readonly limits: Limits;
  /** Every wanted image of what a reference points to, with the same credentials. */
  readonly openRegistryImages: (reference: string, options: { readonly account: string }) => Promise<ResolvedImages>;
};

export interface AdmitRequest {
  readonly account: string;
  /** A registry reference with a tag, a digest, or both (then the tag is recorded for that digest). */
  readonly reference: string;
  /** Since when the tag points there. */
  readonly at: number;
  readonly createdAt?: number;
  /** Blob key of a Dockerfile; taken for an image that is new, or with `force`. */
  readonly dockerfile?: string | null;
  readonly annotations?: Readonly<Record<string, string | null>>;
  /** Analyse again though it is analysed. */
  readonly force?: boolean;
  /** Nobody asked for it: what is pushed without a tag may be of an index, of which only some platforms are wanted. */
  readonly pushed?: boolean;
}

export interface Admission {
  /** The one that stands for what was asked for. */
  readonly image: Image;
  /** All images of an index, that one the first. */
  readonly images: readonly Image[];
  /** `registry/repository:tag`; null when the request named no tag. */
  readonly fulltag: string | null;
  /** What has to happen next. */
  readonly next: readonly Event[];
}

/**
 * The way into the catalog, for pushes and requests alike: asks the registry what the reference is, records its image, or all wanted
 * images of an index, and the tag, and says what has to happen next. The same request again changes nothing and answers the same.
 * Registry faults pass through; `image/too-large` when no image is small enough (limits.imageBytes), with the sizes in MB; `input/invalid`
 * when a Dockerfile comes for a known image without `force`; `image/platform-missing` for a push of what is not wanted.
 */
export async function admitImage(world: AdmitWorld, request: AdmitRequest): Promise<Admission> {
  const { account } = request;
  const reference = parseReference(request.reference);
  const found = await world.openRegistryImages(request.reference, { account });
  if (request.pushed === true && reference.tag === null && !found.isWanted)
    throw new Fault(
      'image/platform-missing',
      `${request.reference} is for ${found.images[0]!.platform}, which is not wanted`,
    );
  for (const left of found.leftOut)
    world.log.info('image of an index left out', { account, index: found.digest, ...left });
  const sources = smallEnough(world, found.images, request.reference);
  const digests = sources.flatMap(({ digest }) => digest ?? []);
  if (request.dockerfile != null && request.force !== true) await refuseKnown(world, account, digests);
  const now = world.clock.now();
  const wanted = sources.map((source, place) => newImage(request, reference, source, place, now));
  const admitted = await admitAllToCatalog(world, wanted, now);
  const images = admitted.map(({ image }) => image);
  const told = reference.tag !== null && (await placeTag(world, request, reference, found.digest, sources[0]!));
  for (const { image, added } of admitted)
    world.log.info(added ? 'image admitted' : 'image known', { account, digest: image.digest });
  const moved = [];
  for (const image of images) moved.push(await next(world, image, request.force ?? false, now));
  return {
    image: moved[0]!.image,
    images: moved.map(({ image }) => image),
    fulltag: reference.tag === null ? null : formatReference({ ...reference, digest: null }),
    next: [...moved.flatMap((one) => one.next), ...(told ? [{ kind: 'notice.raised', account } as const] : [])],
  };
}

/** Of an index those that are too large are left out. */
function smallEnough({ limits, log }: AdmitWorld, sources: readonly ImageSource[], reference: string) {
  const fits = sources.filter((source) => sizeOf(source) <= limits.imageBytes);
  for (const source of sources)
    if (!fits.includes(source)) log.info('image too large', { reference, digest: source.digest, size: sizeOf(source) });
  if (fits.length > 0) return fits;
  throw new Fault('image/too-large', 'Image size is too large based on max size specified in the configuration', {
    detail: {
      requested_image_compressed_size_mb: sizeOf(sources[0]!) / 1_000_000,
      max_compressed_image_size_mb: limits.imageBytes / 1_000_000,
    },
  });
}

function sizeOf({ layers }: ImageSource): number {
  return layers.reduce((sum, { size }) => sum + (size ?? 0), 0);
}

/** Another Dockerfile would change verdicts that were reached by the one before. */
async function refuseKnown(world: AdmitWorld, account: string, digests: readonly string[]): Promise<void> {
  const known = (await findImages(world, account, digests)).find(({ status }) => status === 'active');
  if (known !== undefined)
    throw new Fault(
      'input/invalid',
      `cannot provide a dockerfile for the existing image ${known.digest} without force: repeat the request with force=true`,
    );
}

function newImage(request: AdmitRequest, reference: Reference, source: ImageSource, place: number, now: number) {
  const { digest, parentDigest, config, platform } = source;
  if (digest === null || config.digest === null)
    throw new Fault(
      'image/unsupported',
      `${request.reference}: only images with a manifest can be kept in the catalog`,
    );
  return {
    account: request.account,
    digest,
    parentDigest: parentDigest ?? digest,
    place,
    imageId: config.digest.slice('sha256:'.length),
    platform,
    pullReference: `${reference.registry}/${reference.repository}@${digest}`,
    dockerfile: request.dockerfile ?? null,
    annotations: request.annotations ?? {},
    // Lists are newest first: the image that stands for the index comes before the others.
    createdAt: (request.createdAt ?? now) - place,
  };
}

/** Whoever names an image of the index that the tag points to says the same as the tag. */
async function placeTag(
  world: AdmitWorld,
  { account, at }: AdmitRequest,
  { registry, repository, tag }: Reference,
  digest: ResolvedImages['digest'],
  { parentDigest }: ImageSource,
): Promise<boolean> {
  const place = { registry, repository, tag: tag! };
  const index = parentDigest === null ? await indexAt(world, account, place, digest, at) : null;
  return pointTag(world, account, { ...place, digest: index ?? digest, detectedAt: at });
}

async function next(
  world: AdmitWorld,
  image: Image,
  force: boolean,
  now: number,
): Promise<{ image: Image; next: readonly Event[] }> {
  const { account, digest } = image;
  if (image.state === 'analysis_failed' || (force && image.state === 'analyzed')) {
    const requeued = (await moveImage(world, image, 'requeued', now)) ?? image;
    return { image: requeued, next: [{ kind: 'image.queued', account, digest }] };
  }
  // An image that waits is asked for again: its message may have been lost with the process that should have sent it.
  if (image.state === 'not_analyzed') return { image, next: [{ kind: 'image.queued', account, digest }] };
  // A new tag of a judged image has no verdict yet.
  if (image.state === 'analyzed') return { image, next: [{ kind: 'image.matched', account, digest }] };
  return { image, next: [] };
}
