import type { Sql } from '#platform/sql.ts';

type World = { readonly sql: Sql };

/** Tags of one statement: at most 128 characters each. */
const pageSize = 1000;

/** Which of these tags of a watched repository were not remembered yet, in their order; at most 1,000 a call. */
export async function newTags({ sql }: World, watch: string, tags: readonly string[]): Promise<readonly string[]> {
  const rows = await sql.query<{ tag: string }>(
    `select t.tag from jsonb_array_elements_text(:tags::jsonb) with ordinality as t (tag, place)
     where not exists (select from watched_tag k where k.subscription_id = :watch::text and k.tag = t.tag)
     order by t.place`,
    { watch, tags: JSON.stringify(tags) },
  );
  return rows.map(({ tag }) => tag);
}

/** Remembers tags, at most 1,000; nothing happens when their subscription is gone. */
export async function rememberTags({ sql }: World, watch: string, tags: readonly string[]): Promise<void> {
  await sql.query(
    `insert into watched_tag (subscription_id, tag)
     select s.subscription_id, t.tag from subscription s, jsonb_array_elements_text(:tags::jsonb) as t (tag)
     where s.subscription_id = :watch::text on conflict do nothing`,
    { watch, tags: JSON.stringify(tags) },
  );
}

/** Forgets what is not in the list any more, so that a tag which comes back is new. */
export async function forgetTags({ sql }: World, watch: string, listed: ReadonlySet<string>): Promise<void> {
  for (let after = '', full = true; full; ) {
    const rows: readonly { tag: string }[] = await sql.query<{ tag: string }>(
      `select tag from watched_tag where subscription_id = :watch::text and tag > :after::text order by tag limit :limit::int`,
      { watch, after, limit: pageSize },
    );
    const gone = rows.flatMap(({ tag }) => (listed.has(tag) ? [] : [tag]));
    if (gone.length > 0)
      await sql.query(
        `delete from watched_tag where subscription_id = :watch::text
           and tag in (select jsonb_array_elements_text(:tags::jsonb))`,
        { watch, tags: JSON.stringify(gone) },
      );
    after = rows.at(-1)?.tag ?? '';
    full = rows.length === pageSize;
  }
}
