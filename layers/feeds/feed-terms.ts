import type { Platform } from '#platform/platform.ts';
import { acceptedFeeds } from './consent-store.ts';
import type { Feed } from './feed.ts';
import type { FeedGroup } from './feed-group.ts';

/** Where the terms of feeds were accepted: in the database, or by name in a setting of the deployment. */
export type TermsWorld = Pick<Platform, 'sql'> & { readonly acceptedFeeds?: readonly string[] };

/** What becomes of groups that are too large to wait for. */
export interface LargeGroups {
  /** Those that are waited for all the same. */
  readonly waitedFor: ReadonlySet<string>;
  /** The others are loaded meanwhile. */
  readonly loaded: boolean;
}

/**
 * Why a group is not fetched while an image waits for it, with what to do; null when it is. By what was accepted when this was asked.
 */
export async function reasonsNotToFetch(
  world: TermsWorld,
  groups: readonly FeedGroup[],
  large: LargeGroups = { waitedFor: new Set(), loaded: false },
): Promise<(group: FeedGroup) => string | null> {
  const feeds = [...new Set(groups.map(({ feed }) => feed))];
  const unaccepted = new Set(await unacceptedFeeds(world, feeds));
  return ({ feed, group }) => {
    if (unaccepted.has(feed)) return termsNote(feed);
    if (feed.demand !== 'tell' || large.waitedFor.has(group)) return null;
    return large.loaded
      ? 'it takes minutes to load; the image is judged anew when it is there'
      : `it is fetched by 'plimsoll feeds sync ${group}' and then kept fresh`;
  };
}

/** Why a feed must not be fetched at all: its terms are not accepted. Null when it may. */
export async function refusalOf(world: TermsWorld, feed: Feed): Promise<string | null> {
  const [unaccepted] = await unacceptedFeeds(world, [feed]);
  return unaccepted === undefined ? null : termsNote(feed);
}

/** Those of the feeds that must not be asked: their terms are not accepted. */
export async function unacceptedFeeds(world: TermsWorld, feeds: readonly Feed[]): Promise<readonly Feed[]> {
  const withTerms = feeds.filter(({ licence, name }) => licence !== undefined && !world.acceptedFeeds?.includes(name));
  const accepted = await acceptedFeeds(world.sql, withTerms);
  return withTerms.filter(({ name }) => !accepted.has(name));
}

function termsNote({ name, licence }: Feed): string {
  return `its terms (${licence?.name}, ${licence?.url}) are not accepted; read them, then 'plimsoll feeds accept ${name}'`;
}
