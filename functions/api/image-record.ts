import type { Image, Tag } from '#catalog/image.ts';
import { publicState } from '#catalog/lifecycle.ts';
import { tagsOf } from '#catalog/tag-store.ts';
import { readBlob } from '#platform/blobs.ts';
import type { ApiWorld } from './route.ts';

/** Images whose tags are asked for at a time. */
const pageSize = 100;

/**
 * Images of an account as the v1 API shows them, with the tags that led to them. Dockerfiles are left out (null) where `withDockerfiles` is
 * false: a list of all images would be mostly them.
 */
export async function* imageRecords(
  world: Pick<ApiWorld, 'sql' | 'blobs'>,
  images: readonly Image[],
  withDockerfiles: boolean,
) {
  for (let at = 0; at < images.length; at += pageSize) {
    const page = images.slice(at, at + pageSize);
    const digests = page.map(({ digest }) => digest);
    const tags = await tagsOf(world, page[0]!.account, digests);
    for (const image of page) {
      const key = withDockerfiles ? image.dockerfile : null;
      const dockerfile = key === null ? null : await readBlob(world.blobs, key);
      yield imageRecord(image, tags.get(image.digest) ?? [], dockerfile?.toString('base64') ?? null);
    }
  }
}

/** One image, as a list of one. */
export async function oneImageRecord(world: Pick<ApiWorld, 'sql' | 'blobs'>, image: Image) {
  return Array.fromAsync(imageRecords(world, [image], true));
}

/** A time as records of the v1 API write it: ISO 8601 UTC, whole seconds, Z. */
export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function imageRecord(image: Image, tags: readonly Tag[], dockerfile: string | null) {
  const { content } = image;
  return {
    imageDigest: image.digest,
    parentDigest: image.parentDigest,
    userId: image.account,
    image_type: 'docker',
    platform: image.platform,
    annotations: image.annotations,
    image_status: image.status,
    analysis_status: publicState(image.state),
    analysis_status_detail: image.failure,
    created_at: isoSeconds(image.createdAt),
    last_updated: isoSeconds(image.updatedAt),
    analyzed_at: image.analyzedAt === null ? null : isoSeconds(image.analyzedAt),
    removed_at: image.removedAt === null ? null : isoSeconds(image.removedAt),
    image_content: {
      metadata: {
        arch: content?.arch ?? null,
        distro: content === null ? null : (content.distro ?? 'Unknown'),
        distro_version: content === null ? null : (content.distroVersion ?? '0'),
        dockerfile_mode: content === null ? null : image.dockerfile === null ? 'Guessed' : 'Actual',
        image_size: content?.size ?? null,
        layer_count: content?.layerCount ?? null,
      },
    },
    image_detail: tags.map((tag) => tagRecord(image, tag, dockerfile)),
  };
}

/** Times are those of the tag: clients take the newest `created_at` of a tag for the image that it points to. */
function tagRecord(image: Image, tag: Tag, dockerfile: string | null) {
  const since = isoSeconds(tag.detectedAt);
  return {
    registry: tag.registry,
    repo: tag.repository,
    tag: tag.tag,
    digest: image.digest,
    imageDigest: image.digest,
    imageId: image.imageId,
    userId: image.account,
    fulltag: `${tag.registry}/${tag.repository}:${tag.tag}`,
    fulldigest: `${tag.registry}/${tag.repository}@${image.digest}`,
    dockerfile,
    created_at: since,
    last_updated: since,
    tag_detected_at: since,
  };
}
