import { isDigest } from '#core/digest.ts';
import type { ImageRegistry, RegistryImage } from '#platform/image-registry.ts';
import type { Platform } from '#platform/platform.ts';
import type { EventOf } from '#schema/events.ts';
import { isCompanionTag } from './companion-tag.ts';
import { type Asked, findUnknown, type Unknown } from './reconcile-store.ts';

export type ReconcileWorld = Pick<Platform, 'sql' | 'clock'> & {
  readonly images: Pick<ImageRegistry, 'describeImages'>;
};

export interface ReconcileRequest {
  readonly account: string;
  /** The registry's name in references. */
  readonly registry: string;
  readonly repository: string;
  /**
   * Also what has no tag. Left out by default: the images below an index have none and come with their index, and
   * attestations that are made like images cannot be told from those.
   */
  readonly untagged?: boolean;
}

/** How many manifests were looked at, and why some were passed over. */
export interface ReconcileCounts {
  readonly seen: number;
  /** Archived or on the way back: they cannot be pulled. */
  readonly archived: number;
  /** Signatures, attestations, charts and other things that are no images. */
  readonly artifacts: number;
  readonly untagged: number;
  readonly pushed: number;
}

/** Tags and digests that one statement is asked about. */
const pageSize = 500;

/**
 * Finds what pushes the catalog was not told of (ECR's events are best effort): gives image.pushed for every tag that points
 * elsewhere than the catalog says or that it does not know, and returns counts. One statement a page of 500. Changes nothing
 * itself: until its events are admitted the same call gives the same, afterwards nothing. A tag that the catalog
 * knows something newer of than this listing is left alone. (https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html)
 */
export async function* reconcileRegistry(
  world: ReconcileWorld,
  request: ReconcileRequest,
): AsyncGenerator<EventOf<'image.pushed'>, ReconcileCounts> {
  const begun = world.clock.now();
  const counts = { seen: 0, archived: 0, artifacts: 0, untagged: 0, pushed: 0 };
  let page: Candidate[] = [];
  const pushes = async () => {
    const asked = page;
    page = [];
    if (asked.length === 0) return [];
    const found = await findUnknown(world, request.account, request, asked);
    const unknown = found.map(({ at, elsewhere }) => ({ ...asked[at]!, elsewhere }));
    const events = unknown.flatMap((candidate) => pushOf(request, candidate, begun));
    counts.pushed += events.length;
    return events;
  };
  for await (const image of world.images.describeImages(request.repository)) {
    counts.seen++;
    const outcome = candidatesOf(image, request.untagged ?? false);
    if (typeof outcome === 'string') counts[outcome]++;
    else page.push(...outcome);
    if (page.length >= pageSize) yield* await pushes();
  }
  yield* await pushes();
  return counts;
}

type Candidate = Asked & { readonly pushedAt: number | null };

type UnknownCandidate = Candidate & Pick<Unknown, 'elsewhere'>;

/** What of a manifest the catalog should know, or why nothing. */
function candidatesOf(
  image: RegistryImage,
  untagged: boolean,
): readonly Candidate[] | 'archived' | 'artifacts' | 'untagged' {
  const { digest, tags, pushedAt } = image;
  if (image.status !== 'active') return 'archived';
  if (!isImage(image)) return 'artifacts';
  const named = tags.filter((tag) => !isCompanionTag(tag));
  if (named.length > 0) return named.map((tag) => ({ digest, tag, pushedAt }));
  if (tags.length > 0) return 'artifacts';
  return untagged ? [{ digest, tag: null, pushedAt }] : 'untagged';
}

const indexTypes = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

const imageTypes = new Set([
  ...indexTypes,
  '',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);

/** Types of configs that container images have; indexes have none, old registries gave configs as octet streams. */
const configTypes = new Set([
  '',
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  'application/octet-stream',
]);

function isImage({ digest, mediaType, artifactType, subject }: RegistryImage): boolean {
  return isDigest(digest) && subject === null && imageTypes.has(mediaType) && configTypes.has(artifactType);
}

/**
 * The push that was missed, if it was one. A tag that moved back, or came back, points to a digest that was pushed before that: it
 * points there since now. What the catalog heard of after the listing began is newer than the listing.
 */
function pushOf(
  { account, registry, repository }: ReconcileRequest,
  { digest, tag, pushedAt, elsewhere }: UnknownCandidate,
  begun: number,
): readonly EventOf<'image.pushed'>[] {
  if (elsewhere !== null && elsewhere.since >= begun) return [];
  const pushed = pushedAt === null ? begun : Math.max(0, Math.min(Math.floor(pushedAt), begun));
  const at = elsewhere !== null && pushed <= elsewhere.since ? begun : pushed;
  const reference = `${registry}/${repository}${tag === null ? '' : `:${tag}`}@${digest}`;
  return [{ kind: 'image.pushed', account, reference, at }];
}
