import { comparators } from '#versions/comparators.ts';
import type { FeedGroup } from './feed-group.ts';
import type { StoredGroup } from './group-store.ts';

/** How a feed group stands. */
export interface GroupStatus {
  readonly feed: string;
  readonly group: string;
  /**
   * `ok`: as fresh as was asked for. `stale`: stored, but older, or read by older rules. `absent`: upstream does not
   * have it. `failed`: the last sync failed; what is stored stands. `never`: not asked for yet.
   */
  readonly state: 'ok' | 'stale' | 'absent' | 'failed' | 'never';
  /** When upstream last confirmed or changed what is stored, milliseconds since the epoch; null: never. */
  readonly syncedAt: number | null;
  readonly checkedAt: number | null;
  readonly records: number;
  /** Records that could not be read; their reasons are in `feed_set_aside`. */
  readonly setAside: number;
  /** Parts that upstream did not have though the rest was there. */
  readonly missing: readonly string[];
  readonly lastError: string | null;
  /** Of the last sync that wrote anything; 0 when none did. */
  readonly revision: number;
  /** Why it is not fetched while an image waits for it, and what to do; null when it is. */
  readonly note: string | null;
}

/** The status of a group by what is stored of it. */
export function groupStatus(
  { feed, group }: FeedGroup,
  stored: StoredGroup | null,
  now: number,
  maxAgeMs: number,
): GroupStatus {
  if (stored === null) {
    const nothing = {
      syncedAt: null,
      checkedAt: null,
      records: 0,
      setAside: 0,
      missing: [],
      lastError: null,
      revision: 0,
      note: null,
    };
    return { feed: feed.name, group, state: 'never', ...nothing };
  }
  const { syncedAt, checkedAt, records, setAside, missing, lastError, revision } = stored;
  const old = syncedAt === null || now - syncedAt > maxAgeMs || !isCurrent({ feed, group }, stored);
  const state = stored.state === 'ok' && old ? 'stale' : stored.state;
  const told = { syncedAt, checkedAt, records, setAside, missing, lastError, revision };
  return { feed: feed.name, group, state, ...told, note: null };
}

/** False when the stored records were read by another version of the feed or keyed by other rules: its mark means nothing then. */
export function isCurrent({ feed }: FeedGroup, stored: StoredGroup): boolean {
  return stored.feedVersion === feed.version && stored.rules === rules;
}

/** The rules of every version scheme, as one text. */
export const rules = Object.values(comparators)
  .map(({ scheme, rules }) => `${scheme} ${rules}`)
  .join(', ');
