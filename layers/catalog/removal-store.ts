import type { Sql } from '#platform/sql.ts';
import type { Repository } from './tag-store.ts';

/**
 * Notes that a repository does not have an image any more since `at`, if it was pulled from there: where a tag of another repository
 * points to it, it is pulled from that one, else it is removed. False, and nothing is changed, when the account does not know it from there,
 * or it was seen there after that moment.
 */
export async function markRemoved(
  { sql }: { readonly sql: Sql },
  account: string,
  { registry, repository }: Repository,
  digest: string,
  at: number,
): Promise<boolean> {
  const rows = await sql.query(
    `with elsewhere as (
       select t.registry || '/' || t.repository || '@' || t.digest as reference from tagged_image t
       where t.account = :account::text and t.digest = :digest::text
         and (t.registry, t.repository) <> (:registry::text, :repository::text) and not exists (
           select from image_tag n where n.account = t.account and n.registry = t.registry and n.repository = t.repository
             and n.tag = t.tag and n.detected_at > t.detected_at offset 0)
       order by t.detected_at desc, t.registry, t.repository limit 1
     )
     update image set pull_reference = coalesce((select reference from elsewhere), pull_reference),
       removed_at = case when exists (select from elsewhere) then null else :at::bigint end
     where account = :account::text and digest = :digest::text and present_at <= :at::bigint and removed_at is null
       and pull_reference = :registry::text || '/' || :repository::text || '@' || :digest::text
     returning image_no`,
    { account, registry, repository, digest, at },
  );
  return rows.length > 0;
}
