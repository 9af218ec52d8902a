import type { Sql } from '#platform/sql.ts';
import type { FeedGroup } from './feed-group.ts';
import { shownFeed } from './shown-feed.ts';

/** What an administrator has switched off. */
export interface SwitchedOff {
  /** Whether a group is, by itself or with its feed. */
  group(group: FeedGroup): boolean;
  /** Whether a group is by itself. */
  groupAlone(group: FeedGroup): boolean;
  /** Whether a feed is, by the name that the API shows. */
  feed(name: string): boolean;
}

export async function switchedOff(sql: Sql): Promise<SwitchedOff> {
  const rows = await sql.query<{ feed: string; feed_group: string }>(
    'select feed, feed_group from feed_switch limit 1000',
  );
  const off = new Set(rows.map(({ feed, feed_group: group }) => `${feed} ${group}`));
  const feed = (name: string) => off.has(`${name} `);
  const groupAlone = (one: FeedGroup) => off.has(`${shownFeed(one).feed} ${one.group}`);
  return { feed, groupAlone, group: (one) => groupAlone(one) || feed(shownFeed(one).feed) };
}

/** Switches a feed (`group` null), by the name that the API shows, or one of its groups; done twice it is done once. */
export async function switchFeed(
  sql: Sql,
  { feed, group }: { readonly feed: string; readonly group: string | null },
  on: boolean,
  now: number,
): Promise<void> {
  const name = { feed, group: group ?? '' };
  if (on) await sql.query('delete from feed_switch where feed = :feed::text and feed_group = :group::text', name);
  else
    await sql.query(
      `insert into feed_switch (feed, feed_group, off_at) values (:feed::text, :group::text, :now::bigint)
       on conflict (feed, feed_group) do nothing`,
      { ...name, now },
    );
}

/** Why a group that is switched off is not fetched, and what to do. */
export const switchedOffNote =
  "it is switched off; what is stored of it stays as it is. 'anchore-cli system feeds config --enable' switches it on";
