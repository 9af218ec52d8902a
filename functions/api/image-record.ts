import type { Image, Tag } from '#catalog/image.ts';
import { publicState } from '#catalog/lifecycle.ts';

/** A time as image records of the v1 API write it: ISO 8601 UTC, whole seconds, Z. */
export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** `registry/repository:tag`. */
export function fullTag(tag: Pick<Tag, 'registry' | 'repository' | 'tag'>): string {
  return `${tag.registry}/${tag.repository}:${tag.tag}`;
}

/** An image as the v1 API shows it, with the tags that point or pointed to it; `dockerfile` is base64 or null. */
export function imageRecord(image: Image, tags: readonly Tag[], dockerfile: string | null) {
  const { content } = image;
  const times = { created_at: isoSeconds(image.createdAt), last_updated: isoSeconds(image.updatedAt) };
  return {
    imageDigest: image.digest,
    parentDigest: image.parentDigest,
    userId: image.account,
    image_type: 'docker',
    annotations: image.annotations,
    image_status: image.status,
    analysis_status: publicState(image.state),
    analysis_status_detail: image.failure,
    ...times,
    analyzed_at: image.analyzedAt === null ? null : isoSeconds(image.analyzedAt),
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
    image_detail: tags.map((tag) => ({
      registry: tag.registry,
      repo: tag.repository,
      tag: tag.tag,
      digest: image.digest,
      imageDigest: image.digest,
      imageId: image.imageId,
      userId: image.account,
      fulltag: fullTag(tag),
      fulldigest: `${tag.registry}/${tag.repository}@${image.digest}`,
      dockerfile,
      ...times,
      tag_detected_at: isoSeconds(tag.detectedAt),
    })),
  };
}
