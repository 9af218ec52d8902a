import type { LogEvent } from '#schema/event-log.ts';
import type { FeedGroup } from './feed-group.ts';
import type { StoredGroup } from './group-store.ts';
import type { Loaded } from './load-records.ts';
import { shownFeed } from './shown-feed.ts';

/** The account that hears of feeds. */
export const feedsAccount = 'admin';

/**
 * What is told of a sync of a group: that it changed something, or that it failed otherwise than the one before. Null for the others: most
 * syncs find nothing new, and a failure that lasts is told once.
 */
export function groupEvent(
  of: FeedGroup,
  before: StoredGroup,
  after: StoredGroup,
  loaded: Loaded | null,
): LogEvent | null {
  const { feed, group = null } = shownFeed(of);
  const event = {
    id: `${after.revision} ${after.checkedAt}`,
    account: feedsAccount,
    resource: `${feed}/${group ?? of.group}`,
    at: after.checkedAt,
  };
  const name = { feed, group: of.group };
  if (after.state === 'failed') {
    if (before.state === 'failed' && before.lastError === after.lastError) return null;
    return { ...event, type: 'system.feeds.sync.group_failed', details: { ...name, error: after.lastError } };
  }
  if (after.state !== 'ok' || loaded?.revision == null) return null;
  const { written, opened, vanished } = loaded;
  const details = { ...name, record_count: after.records, written, vanished, ranges_opened: opened };
  return { ...event, type: 'system.feeds.sync.group_completed', details };
}
