import type { Log } from '#core/log.ts';
import type { Clock } from '#platform/clock.ts';
import type { Fetch } from '#platform/fetch.ts';
import type { FeedRecord } from './advisory.ts';

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
      readonly records: () => AsyncIterable<FeedRecord>;
      /**
       * False when `records` are only what changed since the mark: what is not named stays, what is gone is named as
       * {@link Removed}. True when left out: what is not named is gone.
       */
      readonly complete?: boolean;
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
  /**
   * The groups that hold what is said of a namespace; empty when this feed has none for it. Beside the namespaces of
   * packages there are `cve` (enrichment of every image's findings), `lifecycle` (dates of releases) and `cpe` (names
   * `vendor:product`, versions `generic`: programs that no package manager knows).
   */
  groupsFor(namespace: string): readonly string[];
  /**
   * `fetch` (when left out): a group is fetched when an image first needs it. `tell`: it takes minutes the first time. A
   * scan waits for it only where it judges the image's own packages; a server judges without it, says so, and has it loaded.
   */
  readonly demand?: 'fetch' | 'tell';
  /** Terms that the user has to accept before anything is fetched; none when left out. */
  readonly licence?: { readonly name: string; readonly url: string };
  /** Fetches one group, conditionally on the mark of the last sync (null: everything). Throws `feed/failed` or `network/*`. */
  fetch(world: FeedWorld, group: string, mark: Mark | null): Promise<Fetched>;
}
