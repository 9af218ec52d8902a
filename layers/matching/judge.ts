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

/** Shared with the test that keeps its plan on the covering index (name_id, hi_key). */
export const statement = `with s as materialized (
    select distinct unnest(packages) as package_id from package_set
    where digest in (select decode(d, 'hex') from jsonb_array_elements_text(:sets::jsonb) d)
  ), t as materialized (
    select p.package_id, p.name_id, p.purl, p.version, a.affected_id, a.advisory_id, a.severity,
      case a.status when 1 then 'advisory' end as reason
    from s join package p on p.package_id = s.package_id
    join affected a on a.name_id = p.name_id and a.hi_key > p.version_key and a.lo_key <= p.version_key
      and a.valid_to = 9223372036854775807
    where a.status in (0, 1) and (p.package_id, a.affected_id) > (:package::bigint, :affected::bigint)
    union all
    select p.package_id, p.name_id, p.purl, p.version, a.affected_id, a.advisory_id, a.severity,
      case a.status when 2 then null else 'package' end as reason
    from s join package p on p.package_id = s.package_id
    join affected a on a.name_id = p.name_id and a.valid_to = 9223372036854775807
    where p.version_key is null and (a.status in (0, 1) or a.exact = p.version)
      and (p.package_id, a.affected_id) > (:package::bigint, :affected::bigint)
    order by 1, 5 limit :limit::bigint
  )
  select t.package_id, t.affected_id, t.purl, t.version, t.reason, t.severity, n.namespace, v.id, v.aliases, v.related,
    v.severity_source, v.urls, v.feed_group, a.fixed, a.fix_state
  from t join name n on n.name_id = t.name_id join advisory v on v.advisory_id = t.advisory_id
  join affected a on a.affected_id = t.affected_id
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
