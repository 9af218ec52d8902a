import type { Sql } from '#platform/sql.ts';

/**
 * Marks an image of which everything lies in the archive as being deleted, if no more tags lead to it than those that were counted: what is left
 * of it goes as with every deletion. Active subscriptions of tags that lead to nothing newer are switched off, as a deletion by force does.
 * True when it is marked.
 */
export async function deleteArchivedSource(
  tx: Sql,
  account: string,
  digest: string,
  tags: number,
  now: number,
): Promise<boolean> {
  const rows = await tx.query<{ marked: number }>(
    `with led as materialized (
       select registry, repository, tag, detected_at from tagged_image where account = :account::text and digest = :digest::text
     ), marked as (
       update image set status = 'deleting', updated_at = :now::bigint
       where account = :account::text and digest = :digest::text and status = 'active'
         and (select count(distinct (registry, repository, tag)) from led) <= :tags::int
       returning image_no
     ), freed as (
       update subscription s set active = false, updated_at = :now::bigint from led t
       where exists (select from marked) and s.account = :account::text and s.active
         and s.subscription_key = t.registry || '/' || t.repository || ':' || t.tag
         and not exists (
           select from image_tag n where n.account = :account::text and n.registry = t.registry and n.repository = t.repository
             and n.tag = t.tag and n.detected_at > t.detected_at)
     )
     select count(*)::int as marked from marked`,
    { account, digest, tags, now },
  );
  return rows[0]!.marked > 0;
}
