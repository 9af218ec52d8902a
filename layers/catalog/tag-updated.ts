import { toldAnnotations } from '#platform/event-details.ts';
import type { Sql } from '#platform/sql.ts';
import type { LogEvent } from '#schema/event-log.ts';
import { fullTag } from './current-tags-store.ts';
import type { Tag } from './image.ts';
import { findImages } from './image-store.ts';
import { tagImages } from './tag-images-store.ts';

/** Images that are told of as those before. */
const mostBefore = 100;

/**
 * The event of a tag that pointed to something else until it was recorded just now, in the same transaction: as the original's notices of
 * `tag_update` carry it, images newest first. Null for a tag that is new, for a push that was heard of late, and where the image is the same. An index that was made anew around the same image is no other image.
 */
export async function tagUpdated(
  world: { readonly sql: Sql },
  account: string,
  tag: Tag,
  at: number,
): Promise<LogEvent | null> {
  const [now, ...moves] = await tagImages(world, account, tag, mostBefore);
  if (now?.digest !== tag.digest) return null;
  const before = moves.filter((move) => move !== null);
  if (before.length === 0 || before[0]!.image === now.image) return null;
  const images = new Set(before.map(({ image }) => image));
  images.delete(now.image);
  const [image] = await findImages(world, account, [now.image]);
  const annotations = toldAnnotations(image?.annotations ?? {});
  const name = fullTag(tag);
  return {
    // A push that is heard of twice says the same of the same move.
    id: `${now.digest} ${before[0]!.detectedAt}`,
    account,
    type: 'user.image.tag.updated',
    resource: name,
    details: {
      curr_eval: [now.image],
      last_eval: [...images],
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    subscription: { type: 'tag_update', key: name },
    at,
  };
}
