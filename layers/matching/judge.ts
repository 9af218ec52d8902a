import { type Severity, severityOfRank } from '#core/severity.ts';
import { Fault } from '#core/fault.ts';
import type { Sql } from '#platform/sql.ts';
import type { FixState } from '#schema/finding.ts';

/** One advisory record against one package, as the database judged it. */
export interface Judgement {
  readonly purl: string;
  readonly namespace: string;
  /** The version that was judged (of the source package where the namespace goes by source). */
  readonly version: string;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly related: readonly string[];
  readonly severity: Severity;
  readonly severitySource: string | null;
  readonly urls: readonly string[];
  readonly group: string;
  readonly fixed: string | null;
  readonly fixState: FixState;
  readonly judgement: 'affected' | 'undecidable';
  /** Why it is undecidable, null when it is not. */
  readonly reason: 'package' | 'advisory' | null;
}

/**
 * Judges the packages of these sets against everything that is known now: live, in the database, by key. A package
 * whose version has no key is undecidable for every range of its name, and affected only where an advisory lists exactly
 * its version. Order: package, then record; complete, in as many pages as it takes.
 */
export async function* judge(sql: Sql, digests: readonly string[]): AsyncGenerator<Judgement> {
  const sets = JSON.stringify(digests);
  let after = { package_id: 0, affected_id: 0 };
  let limit = 1000;
  for (;;) {
    let rows: readonly Row[];
    try {
      rows = await sql.query<Row>(statement, { sets, limit, package: after.package_id, affected: after.affected_id });
    } catch (fault) {
      // Records differ a hundredfold in size; the port's 1 MiB decides how many make a page.
      if (!(fault instanceof Fault) || fault.code !== 'sql/result-too-large' || limit === 1) throw fault;
      limit = Math.max(1, limit >> 2);
      continue;
    }
    for (const row of rows) yield judgementOf(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    after = last;
  }
}

type Row = {
  package_id: number;
  affected_id: number;
  purl: string;
  namespace: string;
  version: string;
  id: string;
  aliases: string;
  related: string;
  severity: number;
  severity_source: string | null;
  urls: string;
  feed_group: string;
  fixed: string | null;
  fix_state: string;
  reason: 'package' | 'advisory' | null;
};

/**
 * Shared with the test that keeps its plan. `lateral ... offset 0` makes each package one probe of the covering index
 * (name_id, hi_key), whatever the planner thinks of the size of a set: a hash join would read every affected row there is.
 * The wide columns are fetched last, for the rows of one page only.
 */
export const statement = `with s as materialized (
    select distinct u.package_id from (
      select unnest(packages) as package_id from package_set
      where digest in (select decode(d, 'hex') from jsonb_array_elements_text(:sets::jsonb) d)
    ) u where u.package_id >= :package::bigint
  ), t as materialized (
    select s.package_id, p.name_id, p.purl, p.version, a.affected_id, a.advisory_id, a.severity,
      case when p.version_key is null and a.status <> 2 then 'package' when a.status = 1 then 'advisory' end as reason
    from s
    cross join lateral (select * from package k where k.package_id = s.package_id offset 0) p
    cross join lateral (
      select r.affected_id, r.advisory_id, r.severity, r.status from affected r
      where r.name_id = p.name_id and r.hi_key > p.version_key and r.lo_key <= p.version_key and r.status in (0, 1)
        and r.valid_to = 9223372036854775807
      union all
      select r.affected_id, r.advisory_id, r.severity, r.status from affected r
      where p.version_key is null and r.name_id = p.name_id and (r.status in (0, 1) or r.exact = p.version)
        and r.valid_to = 9223372036854775807
      offset 0
    ) a
    where (s.package_id, a.affected_id) > (:package::bigint, :affected::bigint)
    order by 1, 5 limit :limit::bigint
  )
  select t.package_id, t.affected_id, t.purl, t.version, t.reason, t.severity, n.namespace, v.id, v.aliases, v.related,
    v.severity_source, v.urls, v.feed_group, f.fixed, f.fix_state
  from t
  cross join lateral (select namespace from name where name.name_id = t.name_id offset 0) n
  cross join lateral (select * from advisory where advisory.advisory_id = t.advisory_id offset 0) v
  cross join lateral (select fixed, fix_state from affected where affected.affected_id = t.affected_id offset 0) f
  order by t.package_id, t.affected_id`;

function judgementOf(row: Row): Judgement {
  return {
    purl: row.purl,
    namespace: row.namespace,
    version: row.version,
    id: row.id,
    aliases: JSON.parse(row.aliases),
    related: JSON.parse(row.related),
    severity: severityOfRank(row.severity),
    severitySource: row.severity_source,
    urls: JSON.parse(row.urls),
    group: row.feed_group,
    fixed: row.fixed,
    fixState: row.fix_state as FixState,
    judgement: row.reason === null ? 'affected' : 'undecidable',
    reason: row.reason,
  };
}
