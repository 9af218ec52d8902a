import { type Severity, severityOfRank } from '#core/severity.ts';
import { Fault } from '#core/fault.ts';
import type { AffectedOnly } from '#feeds/advisory.ts';
import type { Sql } from '#platform/sql.ts';
import type { FixState } from '#schema/finding.ts';

/** A package that any image ever held, and what an advisory says of it. */
export interface AffectedPackage {
  readonly packageId: number;
  readonly purl: string;
  readonly namespace: string;
  /** The version that was judged. */
  readonly version: string;
  readonly severity: Severity;
  readonly fixState: FixState;
  readonly fixed: string | null;
  readonly channel: string | null;
  readonly fixedAt: string | null;
  /** What the advisory speaks of alone: not asked here. */
  readonly only: AffectedOnly | null;
  /** Why it cannot be told whether it is affected; null where it is. */
  readonly reason: 'package' | 'advisory' | null;
  /** The advisory: its number, its id, its feed group. */
  readonly advisoryId: number;
  readonly id: string;
  readonly group: string;
}

const most = 20_000;

/**
 * The packages that have a vulnerability, by any of its ids, by what is known now; one row for each advisory that says so, the
 * packages that another clears left out. Rules that look at a whole image (who owns the files) are not asked: judge the
 * image for its findings. Throws `input/too-large` over 20,000.
 */
export async function affectedPackages(sql: Sql, id: string): Promise<readonly AffectedPackage[]> {
  const found: AffectedPackage[] = [];
  for (let after = { package_id: 0, advisory_id: 0 }; ; ) {
    const rows: readonly Row[] = await sql.query<Row>(statement, {
      ...{ id, ids: JSON.stringify([id]), package: after.package_id, advisory: after.advisory_id, limit: pageSize },
    });
    for (const row of rows) found.push(affectedPackage(row));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return found;
    if (found.length >= most)
      throw new Fault('input/too-large', `looking for packages with ${id.slice(0, 100)}: there are more than ${most}`);
    after = last;
  }
}

const pageSize = 2000;

type Row = {
  package_id: number;
  advisory_id: number;
  purl: string;
  namespace: string;
  version: string;
  severity: number;
  fix_state: string;
  fixed: string | null;
  channel: string | null;
  fixed_at: string | null;
  only_for: string | null;
  reason: 'package' | 'advisory' | null;
  id: string;
  feed_group: string;
};

/** Shared with the test that keeps its plan. */
export const statement = `with v as materialized (
    select advisory_id from advisory where id = :id::text
    union
    select advisory_id from advisory where aliases || related @> :ids::jsonb and aliases || related <> '[]'
  ), said as materialized (
    select p.package_id, a.advisory_id, a.affected_id, a.status from v
    cross join lateral (
      select r.* from affected r where r.advisory_id = v.advisory_id and r.valid_to = 9223372036854775807 offset 0
    ) a
    cross join lateral (
      select k.package_id from package k
      where k.name_id = a.name_id and k.version_key >= a.lo_key and k.version_key < a.hi_key
      union all
      select k.package_id from package k
      where k.name_id = a.name_id and k.version_key is null
        and (a.status in (0, 1) or a.status = 2 and a.exact = k.version or a.status = 3 and a.lo_key = '' and a.hi_key = '\\xff')
      offset 0
    ) p
  ), page as (
    select package_id, advisory_id, min(affected_id) as affected_id from said
    where status <> 3 and package_id not in (select package_id from said where status = 3)
      and (package_id, advisory_id) > (:package::bigint, :advisory::bigint)
    group by 1, 2 order by 1, 2 limit :limit::bigint
  )
  select page.package_id, page.advisory_id, k.purl, n.namespace, k.version, f.severity, f.fix_state, f.fixed,
    f.channel, f.fixed_at, f.only_for, w.id, w.feed_group,
    case when k.version_key is null and f.status <> 2 then 'package' when f.status = 1 then 'advisory' end as reason
  from page
  join package k on k.package_id = page.package_id join name n on n.name_id = k.name_id
  join affected f on f.affected_id = page.affected_id join advisory w on w.advisory_id = page.advisory_id
  order by 1, 2`;

function affectedPackage(row: Row): AffectedPackage {
  return {
    packageId: row.package_id,
    purl: row.purl,
    namespace: row.namespace,
    version: row.version,
    severity: severityOfRank(row.severity),
    fixState: row.fix_state as FixState,
    fixed: row.fixed,
    channel: row.channel,
    fixedAt: row.fixed_at,
    only: row.only_for === null ? null : JSON.parse(row.only_for),
    reason: row.reason,
    advisoryId: row.advisory_id,
    id: row.id,
    group: row.feed_group,
  };
}
