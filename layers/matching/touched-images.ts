import type { Sql } from '#platform/sql.ts';

/** An image that a change of the feeds speaks of. */
export interface TouchedImage {
  readonly account: string;
  readonly digest: string;
}

/** Images of one statement: some 400,000 packages are looked up, in well under a second. */
const pageSize = 1000;

/**
 * Analysed images that hold a package of a name of which the advisories changed at this revision: their verdicts may be others now. An
 * image is given once; in pages, so that what comes while they are read may be among them or not (it was judged after the change).
 */
export async function* touchedImages(sql: Sql, revision: number): AsyncGenerator<TouchedImage> {
  for (let after = 0; ; ) {
    const rows: readonly Row[] = await sql.query<Row>(statement, { revision, after, limit: pageSize });
    for (const { account, digest, touched } of rows) if (touched) yield { account, digest };
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = last.image_no;
  }
}

type Row = { image_no: number; account: string; digest: string; touched: boolean };

const statement = `with touched as materialized (
    select p.package_id from package p where p.name_id in
      (select f.name_id from affected f where f.valid_from = :revision::bigint or f.valid_to = :revision::bigint)
  ), page as materialized (
    select image_no, account, digest from image
    where image_no > :after::bigint and state = 'analyzed' and status = 'active'
    order by image_no limit :limit::bigint
  )
  select p.image_no, p.account, p.digest, exists (
    select from image_set i join package_set s on s.set_id = i.set_id cross join lateral unnest(s.packages) as held(id)
    where i.image_no = p.image_no and held.id in (select package_id from touched)) as touched
  from page p order by p.image_no`;
