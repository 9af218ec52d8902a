import type { Platform } from '#platform/platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import { analyzedEvent } from './analysis-events.ts';
import { currentImages, fullTag, holdImages } from './current-tags-store.ts';
import type { Tag } from './image.ts';
import { findImages } from './image-store.ts';
import { recordTag } from './tag-store.ts';
import { tagUpdated } from './tag-updated.ts';

/**
 * Records that a tag points to an image or an index, as `recordTag` does. Images of it that are analysed already are told for the tag as if
 * their analysis ended now: whoever waits for a tag hears of it whichever came first. A tag that pointed to another image is told of as well.
 * True when something was told: send `notice.raised` then.
 */
export async function pointTag(
  { sql, clock }: Pick<Platform, 'sql' | 'clock'>,
  account: string,
  tag: Tag,
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    // Their states stay until the tag is recorded: an analysis that ends meanwhile waits, and then sees the tag.
    const { images, before } = await holdImages({ sql: tx }, account, tag);
    await recordTag({ sql: tx }, account, tag);
    if (before === tag.digest) return false;
    const analyzed = images.filter(({ state }) => state === 'analyzed').map(({ digest }) => digest);
    const name = fullTag(tag);
    const current = analyzed.length === 0 ? [] : await currentImages({ sql: tx }, account, name);
    const told = await findImages(
      { sql: tx },
      account,
      analyzed.filter((digest) => current.includes(digest)),
    );
    const moved = await tagUpdated({ sql: tx }, account, tag, clock.now());
    const events = [
      ...(moved === null ? [] : [moved]),
      ...told.map((image) => analyzedEvent(image, name, clock.now())),
    ];
    await raiseEvents(tx, 'catalog', events);
    return events.length > 0;
  });
}
