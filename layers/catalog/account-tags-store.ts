import type { Platform } from '#platform/platform.ts';

/** Removes up to `limit` moves of an account's tags; how many. */
export async function removeTagsOf({ sql }: Pick<Platform, 'sql'>, account: string, limit: number): Promise<number> {
  const rows = await sql.query(
    `with gone as (
       delete from image_tag where (account, registry, repository, tag, detected_at) in (
         select account, registry, repository, tag, detected_at from image_tag where account = :account::text limit :limit::int)
       returning 1
     )
     select count(*)::int as gone from gone`,
    { account, limit },
  );
  return Number(rows[0]?.['gone']);
}
