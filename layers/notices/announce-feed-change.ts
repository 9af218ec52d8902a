import type { Platform } from '#platform/platform.ts';
import type { Topic } from '#platform/topic.ts';
import { type FeedChange, feedNotice } from './feed-notice.ts';

export type AnnounceWorld = Pick<Platform, 'log'> & {
  /** Where notices go; null: into the log alone. */
  readonly topic: Topic | null;
};

/** Tells the log and whoever listens of a change of the feeds. Throws what the topic throws: it is then to be told again. */
export async function announceFeedChange({ log, topic }: AnnounceWorld, change: FeedChange): Promise<void> {
  const { group, revision, advisories, packages, images } = change;
  await topic?.publish(feedNotice(change));
  log.info('feed change announced', { group, revision, advisories, packages, images, published: topic !== null });
}
