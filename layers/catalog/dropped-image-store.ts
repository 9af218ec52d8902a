import type { Sql } from '#platform/sql.ts';

/** Which images go. */
export interface Dropped {
  /** Of this account only; null: of any. */
  readonly account: string | null;
  /** All of them, or those that are being deleted. */
  readonly which: 'all' | 'deleting';
  /** Up to so many. */
  readonly limit: number;
  readonly now: number;
}

/**
 * Takes images out of the catalog with their verdicts and the moves of tags that led to them, and notes which package sets no image has any
 * more; how many. The last move of a tag stays: by it what was deleted here is not taken for news while its registry has it. Others that take
 * images out at the same time take others. Blobs are shared by accounts and stay.
 */
export async function dropImages(
  { sql }: { readonly sql: Sql },
  { account, which, limit, now }: Dropped,
): Promise<number> {
  return sql.transaction(async (tx) => {
    const rows = await tx.query<{ image_no: number; account: string; led_to: string }>(
      `select image_no, account, (
         select coalesce(jsonb_agg(x.index_digest), '[]') || to_jsonb(i.digest) from index_image x
         where x.account = i.account and x.digest = i.digest
       ) as led_to from image i
       where (:account::text is null or account = :account::text) and (:all::boolean or status = 'deleting')
       limit :limit::int for update of i skip locked`,
      { account, all: which === 'all', limit },
    );
    if (rows.length === 0) return 0;
    const images = JSON.stringify(rows.map((row) => ({ ...row, led_to: JSON.parse(row.led_to) })));
    const [unlinked] = await tx.query<{ sets: string }>(
      `with unlinked as (
         delete from image_set where image_no in (
           select image_no from jsonb_to_recordset(:images::jsonb) as g (image_no bigint))
         returning set_id
       )
       select coalesce(jsonb_agg(distinct set_id), '[]') as sets from unlinked`,
      { images },
    );
    await tx.query(
      'delete from image where image_no in (select image_no from jsonb_to_recordset(:images::jsonb) as g (image_no bigint))',
      { images },
    );
    await tx.query(
      `update package_set s set unlinked_at = :now::bigint
       where set_id in (select j::int from jsonb_array_elements_text(:sets::jsonb) as j)
         and not exists (select from image_set i where i.set_id = s.set_id)`,
      { sets: unlinked?.sets ?? '[]', now },
    );
    await tx.query(moves, { images });
    return rows.length;
  });
}

/** Removes up to `limit` package sets that no image has and that nobody stored again since `before`; how many. */
export async function dropUnlinkedSets({ sql }: { readonly sql: Sql }, before: number, limit: number): Promise<number> {
  const [row] = await sql.query<{ gone: number }>(
    `with gone as (
       delete from package_set where set_id in (
         select s.set_id from package_set s
         where s.unlinked_at < :before::bigint and not exists (select from image_set i where i.set_id = s.set_id)
         order by s.unlinked_at limit :limit::int for update skip locked)
       returning 1
     )
     select count(*)::int as gone from gone`,
    { before, limit },
  );
  return row?.gone ?? 0;
}

/** Those to the image, and to indexes of which no image is left. */
const moves = `delete from image_tag t using (
    select distinct g.account, d.digest from jsonb_to_recordset(:images::jsonb) as g (account text, led_to jsonb)
    cross join lateral jsonb_array_elements_text(g.led_to) as d (digest)
  ) g
  where t.account = g.account and t.digest = g.digest
    and not exists (select from image i where i.account = g.account and i.digest = g.digest)
    and not exists (select from index_image x where x.account = g.account and x.index_digest = g.digest)
    and exists (select from image_tag n where n.account = t.account and n.registry = t.registry
      and n.repository = t.repository and n.tag = t.tag and n.detected_at > t.detected_at)`;
