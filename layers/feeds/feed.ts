import type { Log } from '#core/log.ts';
import type { Clock } from '#platform/clock.ts';
import type { Fetch } from '#platform/fetch.ts';
import type { Advisory, SetAside } from './advisory.ts';

/** What a feed may use: the network through a {@link Fetch} that knows mirrors, and a folder for temporary files. */
export interface FeedWorld {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes an empty temporary file's path; it is removed after the sync. */
  readonly temporaryFile: (name: string) => string;
}

/** Where the last sync stood: ETags, Last-Modified, checksums, cursors; the feed's own, JSON. */
export type Mark = Readonly<Record<string, string>>;

/** The answer of an upstream. */
export type Fetched =
  | { readonly kind: 'unchanged' }
  /** The upstream does not have this group (404): not an error of the sync, but nothing can be judged by it. */
  | { readonly kind: 'absent'; readonly reason: string }
  | {
      readonly kind: 'changed';
      readonly mark: Mark;
      /** Every record of the group; throwing ends the sync and leaves what is stored as it is. */
      readonly records: () => AsyncIterable<Advisory | SetAside>;
      /** Parts that upstream did not have though the rest was there: reported with the sync. */
      readonly missing: readonly string[];
    };

/**
 * An upstream of advisories. A group is what is fetched and refreshed together (`alpine:3.20`, `debian`, `osv:npm`).
 */
export interface Feed {
  readonly name: string;
  /** Raised when parsing changes: stored groups are then read again though upstream is unchanged. */
  readonly version: number;
  /** Groups to be offered by `feeds list` before anything was synced. */
  readonly knownGroups: readonly string[];
  /** The groups that hold advisories of a namespace; empty when this feed has none for it. */
  groupsFor(namespace: string): readonly string[];
  /** Fetches one group, conditionally on the mark of the last sync (null: everything). Throws `feed/failed` or `network/*`. */
  fetch(world: FeedWorld, group: string, mark: Mark | null): Promise<Fetched>;
}
