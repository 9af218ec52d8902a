import type { Platform } from '#platform/platform.ts';
import { parseReference } from '#registry/reference.ts';
import type { EventOf } from '#schema/events.ts';
import { markRemoved } from './removal-store.ts';
import { endTags, tagsAt } from './tag-store.ts';

/**
 * The step of a deletion in a registry: the tag, or every tag that pointed to the digest, points to nothing since then, and an image
 * without any is in that repository no more, as ECR deletes it with its last tag. Report, verdicts and history stay. A deletion that is
 * heard of late or again takes back nothing that was pushed after it.
 * (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html)
 */
export async function removeImage(
  world: Pick<Platform, 'sql' | 'log'>,
  { account, reference, at }: EventOf<'image.removed'>,
): Promise<void> {
  const { tag, digest, ...repository } = parseReference(reference);
  if (digest === null) return;
  const tags = tag === null ? await tagsAt(world, account, repository, digest, at) : [tag];
  await endTags(world, account, repository, tags, at);
  const left = tag === null ? [] : await tagsAt(world, account, repository, digest, at);
  const removed = left.length === 0 && (await markRemoved(world, account, repository, digest, at));
  world.log.info('deletion noted', { account, reference, tags: tags.length, removed });
}
