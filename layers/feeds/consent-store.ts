import type { Sql } from '#platform/sql.ts';
import type { Feed } from './feed.ts';

/** The feeds whose terms, as they are called now, were accepted here. */
export async function acceptedFeeds(sql: Sql, feeds: readonly Feed[]): Promise<ReadonlySet<string>> {
  const withTerms = feeds.filter(({ licence }) => licence !== undefined);
  if (withTerms.length === 0) return new Set();
  const rows = await sql.query<{ feed: string; licence: string }>('select feed, licence from feed_consent limit 1000');
  const accepted = new Map(rows.map(({ feed, licence }) => [feed, licence]));
  return new Set(withTerms.filter(({ name, licence }) => accepted.get(name) === licence?.name).map(({ name }) => name));
}

/** Notes that the terms of a feed are accepted; again under the same name changes nothing. */
export async function acceptFeed(sql: Sql, { name, licence }: Feed, now: number): Promise<void> {
  if (licence === undefined) return;
  await sql.query(
    `insert into feed_consent as c (feed, licence, accepted_at) values (:name::text, :licence::text, :now::bigint)
     on conflict (feed) do update set licence = excluded.licence, accepted_at = excluded.accepted_at
       where c.licence <> excluded.licence`,
    { name, licence: licence.name, now },
  );
}
