import type { Unannounced } from '#feeds/unannounced-store.ts';
import type { Sql } from '#platform/sql.ts';
import { mostByIndex } from './images-holding.ts';
import { inSlices } from './in-slices.ts';

/** An image that a change of the feeds speaks of. */
export interface TouchedImage {
  readonly account: string;
  readonly digest: string;
  /** `registry/repository:tag@digest` by the newest tag that points to it; without a tag when none does. */
  readonly reference: string;
}

/** Sets that are read by one statement: some millions of packages, a second or so. */
const window = 20_000;

/** Sets of the one answer by index: as much text as an answer holds. */
const mostSets = 80_000;

/** Images of one answer: by number alone, and with their names. */
const atOnce = { numbers: 25_000, images: 1000, young: 1000 };

/**
 * Analysed images that hold a package of which a group's advisories say something new, or nothing any more: their verdicts may
 * be others now. After a group's first load only those that were judged without it. An image is given once; in pages, so that
 * what comes while they are read may be among them or not (it was judged after the change). Remembers the numbers of touched images, some
 * 40 bytes each.
 */
export async function* touchedImages(sql: Sql, change: Unannounced): AsyncGenerator<TouchedImage> {
  const given = new Set<number>();
  const { firstLoadedAt: before } = change;
  const ask = (slice: readonly number[]) => sql.query<Row>(named, { images: JSON.stringify(slice), before });
  for (const find of [holders, youngImages])
    for await (const numbers of find(sql, change)) {
      const fresh = numbers.filter((number) => !given.has(number));
      for (const number of fresh) given.add(number);
      yield* inSlices(fresh, atOnce.images, ask);
    }
}

/** Numbers of images that hold a touched package, each once for a part of the sets. */
async function* holders(sql: Sql, change: Unannounced): AsyncGenerator<readonly number[]> {
  for await (const sets of touchedSets(sql, change)) {
    for (let last = 0; ; ) {
      const page = { sets: JSON.stringify(sets), last, limit: atOnce.numbers };
      const rows = await sql.query<{ image_no: number }>(imagesOfSets, page);
      yield rows.map(({ image_no }) => image_no);
      if (rows.length < atOnce.numbers) break;
      last = rows.at(-1)!.image_no;
    }
  }
}

/**
 * Sets with a touched package, in the order of their numbers. A shared base is looked at once, not for each of its images. By index when
 * few packages are touched; should they be in many sets all the same, the others are read one after the other.
 */
async function* touchedSets(sql: Sql, { feed, group, after, to }: Unannounced): AsyncGenerator<readonly number[]> {
  const change = { feed, group, after, to };
  const [size] = await sql.query<{ packages: number; sets: number }>(touchedSize, { ...change, most: mostByIndex + 1 });
  const { packages, sets } = size!;
  if (packages === 0) return;
  let last = 0;
  if (packages <= mostByIndex) {
    const lists = await sql.query<{ list: string }>(setsByIndex, { ...change, limit: mostSets });
    let found = 0;
    for (const { list } of lists) {
      const numbers: readonly number[] = JSON.parse(`[${list}]`);
      yield numbers;
      found += numbers.length;
      last = numbers.at(-1)!;
    }
    if (found < mostSets) return;
  }
  for (; last < sets; last += window) {
    const found = await sql.query<{ set_id: number }>(setsByReading, { ...change, last, window });
    if (found.length > 0) yield found.map(({ set_id }) => set_id);
  }
}

/**
 * Images that were analysed after the first revision began may hold packages that are not written down, and may have been judged before its
 * rows were there: for them every package of a changed name counts.
 */
async function* youngImages(sql: Sql, change: Unannounced): AsyncGenerator<readonly number[]> {
  const { feed, group, after, to, firstLoadedAt: before } = change;
  for (let last = 0; ; ) {
    const page = { feed, group, after, to, before, last, limit: atOnce.young };
    const rows = await sql.query<{ image_no: number; held: boolean }>(young, page);
    yield rows.filter(({ held }) => held).map(({ image_no }) => image_no);
    if (rows.length < atOnce.young) return;
    last = rows.at(-1)!.image_no;
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

type Row = { account: string; digest: string; reference: string };

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

const touchedOf = `revisions as materialized (${revisions}), touched as materialized (select distinct t.package_id from (${touched}) t)`;

const touchedSize = `with ${touchedOf}
  select (select count(*) from (select from touched limit :most::bigint) t) as packages,
    (select coalesce(max(set_id), 0) from package_set) as sets`;

// The sets are found first and by themselves: with an order and a limit in sight the planner walks them instead. Many are given in a row:
// each answer looks through all of the index again.
/** Shared with the test that keeps its plan. */
export const setsByIndex = `with ${touchedOf}, sets as materialized (
    select s.set_id from package_set s where s.packages && array(select t.package_id from touched t)
  )
  select string_agg(n.set_id::text, ',' order by n.set_id) as list from (
    select set_id, (row_number() over (order by set_id) - 1) / 5000 as part from sets order by set_id limit :limit::bigint
  ) n
  group by n.part order by n.part`;

// `is true` has the packages hashed once: a bare `in` becomes a join, which is begun anew for each set.
const setsByReading = `with ${touchedOf}
  select s.set_id from package_set s
  where s.set_id > :last::bigint and s.set_id <= :last::bigint + :window::bigint
    and exists (select from unnest(s.packages) as held(id) where (held.id in (select t.package_id from touched t)) is true)
  order by s.set_id`;

const imagesOfSets = `select distinct i.image_no from jsonb_array_elements_text(:sets::jsonb) as j(set_id)
  cross join lateral (
    select i.image_no from image_set i where i.set_id = j.set_id::int and i.image_no > :last::bigint offset 0
  ) i
  order by i.image_no limit :limit::bigint`;

const young = `with revisions as materialized (${revisions}), named as materialized (
    select p.package_id from package p where p.name_id in (select c.name_id from (${changed}) c)
  ), page as materialized (
    select image_no from image
    where image_no > :last::bigint and state = 'analyzed' and status = 'active'
      and (analyzed_at >= (select min(at) from revisions)) is not false
      and (:before::bigint is null or analyzed_at < :before::bigint)
    order by image_no limit :limit::bigint
  )
  select p.image_no, exists (
      select from image_set i join package_set s on s.set_id = i.set_id cross join lateral unnest(s.packages) as held(id)
      where i.image_no = p.image_no and (held.id in (select n.package_id from named n)) is true
    ) as held
  from page p order by p.image_no`;

const named = `select p.account, p.digest, coalesce((
      select t.registry || '/' || t.repository || ':' || t.tag || '@' || t.digest from tagged_image t
      where t.account = p.account and t.digest = p.digest and not exists (
        select from image_tag n where n.account = t.account and n.registry = t.registry and n.repository = t.repository
          and n.tag = t.tag and n.detected_at > t.detected_at offset 0)
      order by t.detected_at desc, t.registry, t.repository, t.tag limit 1), p.pull_reference) as reference
  from jsonb_array_elements_text(:images::jsonb) with ordinality as j(image_no, place)
  cross join lateral (
    select g.account, g.digest, g.pull_reference from image g
    where g.image_no = j.image_no::bigint and g.state = 'analyzed' and g.status = 'active'
      and (:before::bigint is null or g.analyzed_at < :before::bigint)
    offset 0
  ) p
  order by j.place`;
