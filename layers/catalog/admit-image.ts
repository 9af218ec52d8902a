import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import type { ImageSource } from '#registry/layer-source.ts';
import { parseReference } from '#registry/reference.ts';
import type { Event } from '#schema/events.ts';
import type { Image } from './image.ts';
import { admitToCatalog, findImage, moveImage } from './image-store.ts';
import { recordTag } from './tag-store.ts';

/** Opens an image of a registry with the credentials of an account, or those of this installation where it has none for it. */
export type OpenRegistryImage = (
  reference: string,
  options: { readonly account: string; readonly platform?: string },
) => Promise<ImageSource & AsyncDisposable>;

export type AdmitWorld = Pick<Platform, 'sql' | 'clock' | 'log'> & { readonly openRegistryImage: OpenRegistryImage };

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
}

/**
 * The way into the catalog, for pushes and requests alike: asks the registry what the reference is, records image and tag,
 * and says what has to happen next. The same request again changes nothing and answers the same. Registry faults pass through;
 * `input/invalid` when a Dockerfile comes for a known image without `force`.
 */
export async function admitImage(
  world: AdmitWorld,
  request: AdmitRequest,
): Promise<{ readonly image: Image; readonly next: readonly Event[] }> {
  const reference = parseReference(request.reference);
  await using source = await world.openRegistryImage(request.reference, { account: request.account });
  const configDigest = source.config.digest;
  if (source.digest === null || configDigest === null)
    throw new Fault(
      'image/unsupported',
      `${request.reference}: only images with a manifest can be kept in the catalog`,
    );
  if (request.dockerfile != null && request.force !== true) await refuseKnown(world, request.account, source.digest);
  const now = world.clock.now();
  const { image, added } = await admitToCatalog(
    world,
    {
      account: request.account,
      digest: source.digest,
      parentDigest: source.parentDigest ?? source.digest,
      imageId: configDigest.slice('sha256:'.length),
      platform: source.platform,
      pullReference: `${reference.registry}/${reference.repository}@${source.digest}`,
      dockerfile: request.dockerfile ?? null,
      annotations: request.annotations ?? {},
      createdAt: request.createdAt ?? now,
    },
    now,
  );
  if (reference.tag !== null)
    await recordTag(world, request.account, {
      registry: reference.registry,
      repository: reference.repository,
      tag: reference.tag,
      digest: source.digest,
      detectedAt: request.at,
    });
  world.log.info(added ? 'image admitted' : 'image known', { account: image.account, digest: image.digest });
  return next(world, image, request.force ?? false, now);
}

/** Another Dockerfile would change verdicts that were reached by the one before. */
async function refuseKnown(world: AdmitWorld, account: string, digest: string): Promise<void> {
  const known = await findImage(world, account, digest);
  if (known?.digest === digest && known.status === 'active')
    throw new Fault(
      'input/invalid',
      `cannot provide a dockerfile for the existing image ${digest} without force: repeat the request with force=true`,
    );
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
