import { Fault } from '#core/fault.ts';
import { setAnnounced, type Unannounced, unannounced } from '#feeds/unannounced-store.ts';
import { changeSize, type TouchedImage, touchedImages } from '#matching/touched-images.ts';
import { type AnnounceWorld, announceFeedChange } from '#notices/announce-feed-change.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';

export type AnnounceFeedsWorld = AnnounceWorld & Pick<Platform, 'sql' | 'queues'>;

/** Messages that are sent together. */
const sentAtOnce = 100;

/** Images that a notice names. */
const mostNamed = 20;

/**
 * Has every image evaluated anew that a change of the feeds speaks of, and tells of the change; both at least once for each change, whichever
 * process made it and died after: what was told is noted last. A group's first load is told only if it speaks of images that were
 * judged without it. One that cannot be told now is a log line, and the fault of the last such is given: the next call does it again.
 */
export async function announceFeeds(world: AnnounceFeedsWorld): Promise<Fault | null> {
  let failure: Fault | null = null;
  const failed = new Set<string>();
  for (const change of await unannounced(world.sql)) {
    // A later change of the group can only be noted after the one before it.
    if (failed.has(change.group)) continue;
    try {
      await announce(world, change);
    } catch (thrown) {
      failure = Fault.from(thrown);
      failed.add(change.group);
      const { code, message } = failure;
      world.log.error('feed change not announced', { group: change.group, revision: change.to, code, message });
    }
  }
  return failure;
}

async function announce(world: AnnounceFeedsWorld, change: Unannounced): Promise<void> {
  const { feed, group, after, to: revision } = change;
  const firstLoad = change.firstLoadedAt !== null;
  const { images, named } = await renew(world, change);
  if (!firstLoad || images > 0) {
    const size = await changeSize(world.sql, change);
    await announceFeedChange(world, { feed, group, after, revision, firstLoad, ...size, images, named });
  }
  await setAnnounced(world.sql, change);
}

/** Sends every touched image on to be evaluated. */
async function renew(world: AnnounceFeedsWorld, change: Unannounced) {
  const named: TouchedImage[] = [];
  let images = 0;
  let page: TouchedImage[] = [];
  const send = async () => {
    const events = page.map(({ account, digest }) => ({ kind: 'image.matched', account, digest }) as const);
    images += page.length;
    page = [];
    await sendEvents(world.queues, events);
  };
  for await (const image of touchedImages(world.sql, change)) {
    page.push(image);
    if (named.length < mostNamed) named.push(image);
    if (page.length === sentAtOnce) await send();
  }
  await send();
  return { images, named };
}
