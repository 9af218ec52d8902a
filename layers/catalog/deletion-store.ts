import type { Sql } from '#platform/sql.ts';

/** What is known of one digest that was to be deleted. */
export type Deletion =
  | { readonly kind: 'not-found' }
  /** `images` of an index, or one image; now or before. */
  | { readonly kind: 'deleting'; readonly images: number }
  | { readonly kind: 'refused'; readonly why: 'analyzing' | 'subscribed' };

/** Digests of one statement. */
export const mostDeletions = 100;

/**
 * Marks images as being deleted, and says for each digest how it went; at most {@link mostDeletions}. The digest of an index means all of its images, and so
 * does that of the image that stands for it: the original knew no others. Refused are images that are analyzed just now, and the newest of
 * a tag with an active subscription; with `force` neither, and these subscriptions are switched off. All images of a digest or none.
 */
export async function markDeleting(
  { sql }: { readonly sql: Sql },
  account: string,
  digests: readonly string[],
  { force, now }: { readonly force: boolean; readonly now: number },
): Promise<ReadonlyMap<string, Deletion>> {
  const rows = await sql.query<Row>(statement, { account, digests: JSON.stringify(digests), force, now });
  return new Map(rows.map((row) => [row.digest, deletionOf(row)]));
}

const statement = `with asked as materialized (
    select distinct digest from jsonb_array_elements_text(:digests::jsonb) as j (digest)
  ), member as materialized (
    select distinct a.digest as asked, i.image_no, i.digest, i.state, i.status from asked a cross join lateral (
      select a.digest
      union all
      select x.digest from index_image x where x.account = :account::text and x.index_digest = a.digest
      union all
      select x.digest from index_image m
        join index_image x on x.account = m.account and x.index_digest = m.index_digest
      where m.account = :account::text and m.digest = a.digest and m.place = 0
    ) d
    join image i on i.account = :account::text and i.digest = d.digest
  ), held as materialized (
    select distinct m.asked, s.subscription_id from member m
    cross join lateral (
      select * from tagged_image where account = :account::text and digest = m.digest offset 0
    ) t
    join subscription s on s.account = :account::text
      and s.subscription_key = t.registry || '/' || t.repository || ':' || t.tag and s.active
    where m.status = 'active' and not exists (
      select from image_tag n where n.account = t.account and n.registry = t.registry and n.repository = t.repository
        and n.tag = t.tag and n.detected_at > t.detected_at offset 0)
  ), judged as materialized (
    select m.asked, count(*)::int as images,
      not :force::boolean and bool_or(m.status = 'active' and m.state in ('analyzing', 'matching')) as busy,
      not :force::boolean and m.asked in (select asked from held) as subscribed
    from member m group by m.asked
  ), freed as (
    update subscription set active = false, updated_at = :now::bigint
    where :force::boolean and subscription_id in (select subscription_id from held)
  ), marked as (
    update image set status = 'deleting', updated_at = :now::bigint
    where status = 'active' and image_no in (
      select m.image_no from member m join judged j on j.asked = m.asked where not j.busy and not j.subscribed)
  )
  select a.digest, coalesce(j.images, 0) as images, coalesce(j.busy, false) as busy, coalesce(j.subscribed, false) as subscribed
  from asked a left join judged j on j.asked = a.digest`;

type Row = { digest: string; images: number; busy: boolean; subscribed: boolean };

function deletionOf({ images, busy, subscribed }: Row): Deletion {
  if (images === 0) return { kind: 'not-found' };
  if (busy) return { kind: 'refused', why: 'analyzing' };
  return subscribed ? { kind: 'refused', why: 'subscribed' } : { kind: 'deleting', images };
}
