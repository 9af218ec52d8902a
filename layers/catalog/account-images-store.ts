import type { Platform } from '#platform/platform.ts';

/** Removes up to `limit` images of an account with their tags, sets and verdicts; how many. Blobs are shared and stay. */
export async function removeImagesOf({ sql }: Pick<Platform, 'sql'>, account: string, limit: number): Promise<number> {
  const rows = await sql.query(
    `with gone as (
       delete from image where image_no in (select image_no from image where account = :account::text limit :limit::int)
       returning 1
     )
     select count(*)::int as gone from gone`,
    { account, limit },
  );
  return Number(rows[0]?.['gone']);
}
