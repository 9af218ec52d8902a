import { comparators } from '#versions/comparators.ts';
import type { FeedGroup } from './feed-group.ts';
import type { StoredGroup } from './group-store.ts';

/** How a feed group stands. */
export interface GroupStatus {
  readonly feed: string;
  readonly group: string;
  /**
   * `ok`: as fresh as was asked for. `stale`: stored, but older, or read by older rules. `absent`: upstream does not
   * have it. `failed`: the last sync failed; what is stored stands. `never`: no sync has ended yet.
   */
  readonly state: 'ok' | 'stale' | 'absent' | 'failed' | 'never';
  /** When upstream last confirmed or changed what is stored, milliseconds since the epoch; null: never. */
  readonly syncedAt: number | null;
  /** When a sync last ended; 0: none has, though an image asked for it; null: nobody asked for it. */
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
  const state = checkedAt === 0 ? 'never' : stored.state === 'ok' && old ? 'stale' : stored.state;
  const told = { syncedAt, checkedAt, records, setAside, missing, lastError, revision };
  return { feed: feed.name, group, state, ...told, note: null };
}

/** A group that upstream does not have, or that failed, is not asked for again before this. Milliseconds. */
export const retryMs = 10 * 60_000;

/** Whether upstream is to be asked now, for an image that needs the group. */
export function isDue({ state, checkedAt }: GroupStatus, now: number): boolean {
  if (state === 'ok') return false;
  if (state === 'never' || state === 'stale') return true;
  return checkedAt === null || now - checkedAt >= retryMs;
}

/** False when the stored records were read by another version of the feed or keyed by other rules: its mark means nothing then. */
export function isCurrent({ feed }: FeedGroup, stored: StoredGroup): boolean {
  return stored.feedVersion === feed.version && stored.rules === rules;
}

/** The rules of every version scheme, as one text. */
export const rules = Object.values(comparators)
  .map(({ scheme, rules }) => `${scheme} ${rules}`)
  .join(', ');
