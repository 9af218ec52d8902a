import type { Unannounced } from '#feeds/unannounced-store.ts';
import type { Sql } from '#platform/sql.ts';

/** An image that a change of the feeds speaks of. */
export interface TouchedImage {
  readonly account: string;
  readonly digest: string;
  /** `registry/repository:tag@digest` by the newest tag that points to it; without a tag when none does. */
  readonly reference: string;
}

/** Images of one statement: some 400,000 packages are looked up, in well under a second. */
const pageSize = 1000;

/**
 * Analysed images that hold a package of which a group's advisories say something new, or nothing any more: their verdicts may
 * be others now. After a group's first load only those that were judged without it. An image is given once; in pages, so that
 * what comes while they are read may be among them or not (it was judged after the change).
 */
export async function* touchedImages(sql: Sql, change: Unannounced): AsyncGenerator<TouchedImage> {
  const { feed, group, after, to, firstLoadedAt: before } = change;
  for (let last = 0; ; ) {
    const rows: readonly Row[] = await sql.query<Row>(statement, {
      ...{ feed, group, after, to, before, last, limit: pageSize },
    });
    for (const { account, digest, reference } of rows) if (reference !== null) yield { account, digest, reference };
    const end = rows.at(-1);
    if (end === undefined || rows.length < pageSize) return;
    last = end.image_no;
  }
}

/** How much of a group changed, in its rows and among the packages that any image ever held. */
export interface ChangeSize {
  readonly advisories: number;
  readonly opened: number;
  readonly closed: number;
  readonly packages: number;
}

/** Counts a change; `packages` are distinct packages of which advisories say something new, or nothing any more. */
export async function changeSize(sql: Sql, change: Unannounced): Promise<ChangeSize> {
  const { feed, group, after, to } = change;
  const [row] = await sql.query<{ advisories: number; opened: number; closed: number; packages: number }>(
    `with changed as materialized (${changed}), revisions as materialized (${revisions})
     select count(distinct advisory_id) as advisories,
       count(*) filter (where valid_from > :after::bigint and valid_from <= :to::bigint) as opened,
       count(*) filter (where valid_to > :after::bigint and valid_to <= :to::bigint) as closed,
       (select count(distinct t.package_id) from (${touched}) t) as packages
     from changed`,
    { feed, group, after, to },
  );
  return row!;
}

/** A row's reference is null when the change does not speak of the image. */
type Row = { image_no: number; account: string; digest: string; reference: string | null };

// By the indexes of opened and closed rows, the bound on valid_to being that of the latter. The group is compared with a
// subquery: a join is planned by guesses, and guessed wrong it begins with all advisories of the group.
const changed = `select f.name_id, f.advisory_id, f.valid_from, f.valid_to from affected f
  where (f.valid_from > :after::bigint and f.valid_from <= :to::bigint
      or f.valid_to > :after::bigint and f.valid_to <= :to::bigint and f.valid_to < 9223372036854775807)
    and (:feed::text, :group::text) = (
      select a.feed, a.feed_group from advisory a where a.advisory_id = f.advisory_id)`;

// What the group's revisions wrote down of packages; those that came while they were at work are not among them.
const touched = `select c.package_id from package_change c
  where c.revision in (select r.revision from revisions r)`;

const revisions = `select r.revision, r.at from feed_revision r
  where r.revision > :after::bigint and r.revision <= :to::bigint and r.feed = :feed::text and r.feed_group = :group::text`;

// An image that was analysed after the first revision began may hold such packages, and may have been judged before its rows
// were there: for it every package of a changed name counts.
const statement = `with revisions as materialized (${revisions}), touched as materialized (${touched}),
  named as materialized (
    select p.package_id from package p where p.name_id in (select c.name_id from (${changed}) c)
  ), page as materialized (
    select image_no, account, digest, pull_reference, analyzed_at >= (select min(at) from revisions) as young from image
    where image_no > :last::bigint and state = 'analyzed' and status = 'active'
      and (:before::bigint is null or analyzed_at < :before::bigint)
    order by image_no limit :limit::bigint
  )
  select p.image_no, p.account, p.digest, case when exists (
    select from image_set i join package_set s on s.set_id = i.set_id cross join lateral unnest(s.packages) as held(id)
    where i.image_no = p.image_no and (held.id in (select package_id from touched)
      or p.young is not false and held.id in (select package_id from named)))
    then coalesce((
      select t.registry || '/' || t.repository || ':' || t.tag || '@' || t.digest from image_tag t
      where t.account = p.account and t.digest = p.digest and not exists (
        select from image_tag n where n.account = t.account and n.registry = t.registry and n.repository = t.repository
          and n.tag = t.tag and n.detected_at > t.detected_at offset 0)
      order by t.detected_at desc, t.registry, t.repository, t.tag limit 1), p.pull_reference) end as reference
  from page p order by p.image_no`;
