import { formatPurl } from '#core/purl.ts';
import type { Sql } from '#platform/sql.ts';

/** An image of an account that holds some of the packages that were asked for. */
export interface HoldingImage {
  readonly imageNo: number;
  readonly digest: string;
  /** Of its config, 64 hex digits. */
  readonly imageId: string;
  /** Milliseconds since the epoch; null until it was analysed. */
  readonly analyzedAt: number | null;
  readonly packageIds: readonly number[];
}

/** Above this many packages the index of sets finds more slowly than reading every set does. */
export const mostByIndex = 2000;

/**
 * Active images of an account that hold any of these packages, in the order of their numbers, `limit` of them from behind `after`
 * (0 at the beginning): ask again with the last number while the page is full.
 */
export async function imagesHolding(
  sql: Sql,
  account: string,
  packageIds: readonly number[],
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly HoldingImage[]> {
  if (packageIds.length === 0) return [];
  const rows = await sql.query<Row>(packageIds.length > mostByIndex ? byReading : statement, {
    account,
    ids: JSON.stringify(packageIds),
    after,
    limit,
  });
  return rows.map((row) => ({
    imageNo: row.image_no,
    digest: row.digest,
    imageId: row.image_id,
    analyzedAt: row.analyzed_at,
    packageIds: JSON.parse(row.held),
  }));
}

type Row = { image_no: number; digest: string; image_id: string; analyzed_at: number | null; held: string };

/**
 * The packages of this own name (`libssl3`, `@scope/name`), of one version where it is given (as purls have it: an rpm's without its
 * epoch); at most 5,000.
 */
export async function packagesNamed(
  sql: Sql,
  name: string,
  version: string | null,
): Promise<readonly { readonly packageId: number; readonly purl: string }[]> {
  const slash = name.lastIndexOf('/');
  const path = formatPurl({
    type: '-',
    namespace: name.slice(0, Math.max(0, slash)),
    name: name.slice(slash + 1),
  }).slice(5);
  const wanted = version === null ? null : formatPurl({ type: '-', name: '-', version }).slice('pkg:-/-@'.length);
  const rows = await sql.query<{ package_id: number; purl: string }>(
    `select package_id, purl from package where substring(purl from '([^/@?#]+)@') = :last::text order by package_id limit 5000`,
    { last: path.slice(path.lastIndexOf('/') + 1) },
  );
  return rows.flatMap(({ package_id: packageId, purl }) => {
    const [before = '', its] = purl.split(/[?#]/)[0]!.split('@');
    return before.endsWith(path) && (wanted === null || wanted === its) ? [{ packageId, purl }] : [];
  });
}

// The sets are found first and by themselves: with an order and a limit in sight the planner walks the images instead.
const statementOn = (isHolding: string) => `with wanted as materialized (
    select x::int as package_id from jsonb_array_elements_text(:ids::jsonb) x
  ), sets as materialized (
    select s.set_id from package_set s where ${isHolding}
  ), held as materialized (
    select distinct i.image_no from sets s join image_set i on i.set_id = s.set_id
  ), page as (
    select g.image_no, g.digest, g.image_id, g.analyzed_at from held h join image g on g.image_no = h.image_no
    where g.account = :account::text and g.status = 'active' and g.image_no > :after::bigint
    order by g.image_no limit :limit::bigint
  )
  select p.image_no, p.digest, p.image_id, p.analyzed_at, (
      select jsonb_agg(distinct u.package_id) from image_set i join package_set s on s.set_id = i.set_id
      cross join lateral unnest(s.packages) as u(package_id)
      where i.image_no = p.image_no and (u.package_id in (select w.package_id from wanted w)) is true
    ) as held
  from page p order by p.image_no`;

/** Shared with the test that keeps its plan. */
export const statement = statementOn('s.packages && array(select w.package_id from wanted w)');

// `is true` has the packages hashed once: a bare `in` becomes a join, which is begun anew for each set.
const byReading = statementOn(
  'exists (select from unnest(s.packages) as u(package_id) where (u.package_id in (select w.package_id from wanted w)) is true)',
);
