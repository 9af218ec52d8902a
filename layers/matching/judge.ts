import { type Severity, severityOfRank } from '#core/severity.ts';
import { Fault } from '#core/fault.ts';
import type { AffectedOnly } from '#feeds/advisory.ts';
import type { Sql } from '#platform/sql.ts';
import type { FixState } from '#schema/finding.ts';
import { type AdvisoryText, advisoryTexts } from './advisory-texts.ts';
import type { Known } from './enrichment.ts';

/** One advisory record against one package, as the database judged it. */
export interface Judgement extends AdvisoryText {
  readonly packageId: number;
  readonly purl: string;
  readonly namespace: string;
  /** The version that was judged (of the source package where the namespace goes by source). */
  readonly version: string;
  readonly severity: Severity;
  readonly fixed: string | null;
  readonly fixState: FixState;
  readonly channel: string | null;
  readonly fixedAt: string | null;
  readonly only: AffectedOnly | null;
  /** The revision of the feeds since which this row says so. */
  readonly validFrom: number;
  /** When that revision was begun, milliseconds since the epoch; 0 where that is not known. */
  readonly validAt: number;
  readonly judgement: 'affected' | 'undecidable';
  /** Why it is undecidable, null when it is not. */
  readonly reason: 'package' | 'advisory' | null;
}

/** What the database said of an image. */
export interface Judged {
  /** In the order of packages, then of records. */
  readonly judgements: readonly Judgement[];
  /** What is known of the vulnerabilities that they name, and of what else was asked about. */
  readonly known: (about: string) => Known;
}

/**
 * Judges the packages of these sets, live, in the database, by key: by everything that is known now, or that was known under the
 * revision `asOf`. A package whose version has no key is undecidable for every range of its name, and affected only where
 * an advisory lists exactly its version. Complete, in as many statements as it takes: two for most images.
 */
export async function judge(
  sql: Sql,
  digests: readonly string[],
  { asOf = null, about = [] }: { readonly asOf?: number | null; readonly about?: readonly string[] } = {},
): Promise<Judged> {
  const rows: Row[] = [];
  for await (const page of pages(sql, JSON.stringify(digests), asOf)) for (const row of page) rows.push(row);
  const advisories = rows.map((row) => row.advisory_id);
  const { text, known } = await advisoryTexts(sql, advisories, about);
  return { judgements: rows.map((row) => judgementOf(row, text(row.advisory_id))), known };
}

async function* pages(sql: Sql, sets: string, asOf: number | null): AsyncGenerator<readonly Row[]> {
  let after = { package_id: 0, affected_id: 0 };
  let limit = 3000;
  for (;;) {
    const page = { sets, limit, package: after.package_id, affected: after.affected_id };
    let rows: readonly Row[];
    try {
      rows = await (asOf === null ? sql.query<Row>(statement, page) : sql.query<Row>(pastStatement, { ...page, asOf }));
    } catch (fault) {
      // Texts differ in length; the port's 1 MiB decides how many rows make a page.
      if (!(fault instanceof Fault) || fault.code !== 'sql/result-too-large' || limit === 1) throw fault;
      limit = Math.max(1, limit >> 2);
      continue;
    }
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    after = last;
  }
}

type Row = {
  package_id: number;
  affected_id: number;
  advisory_id: number;
  purl: string;
  namespace: string;
  version: string;
  severity: number;
  fixed: string | null;
  fix_state: string;
  channel: string | null;
  fixed_at: string | null;
  only_for: string | null;
  valid_from: number;
  valid_at: number;
  reason: 'package' | 'advisory' | null;
};

/**
 * `lateral ... offset 0` makes each package one probe of the covering index (name_id, hi_key), whatever the planner thinks
 * of the size of a set: a hash join would read every affected row there is. Packages are read in one walk of their index, each once
 * however many sets have it; texts last, for the rows of one page only; those of advisories apart (see {@link advisoryTexts}).
 */
const statementOn = (affected: string) => `with s as materialized (
    select k.package_id, k.name_id, k.version_key, k.purl, k.version from package k
    where k.package_id >= :package::bigint and k.package_id = any (array(
      select unnest(packages) from package_set
      where digest in (select decode(d, 'hex') from jsonb_array_elements_text(:sets::jsonb) d)))
  ), t as materialized (
    select s.package_id, s.name_id, s.purl, s.version, a.affected_id, a.advisory_id, a.severity,
      case when a.keyless and a.status <> 2 then 'package' when a.status = 1 then 'advisory' end as reason
    from s
    cross join lateral (
      select r.affected_id, r.advisory_id, r.severity, r.status, false as keyless from ${affected} r
      where r.name_id = s.name_id and r.hi_key > s.version_key and r.lo_key <= s.version_key and r.status in (0, 1)
      union all
      select r.affected_id, r.advisory_id, r.severity, r.status, true as keyless from ${affected} r
      where s.version_key is null and r.name_id = s.name_id and (r.status in (0, 1)
        or r.status = 2 and r.exact = s.version)
      offset 0
    ) a
    where (s.package_id, a.affected_id) > (:package::bigint, :affected::bigint)
    order by s.package_id, a.affected_id limit :limit::bigint
  )
  select t.package_id, t.affected_id, t.advisory_id, t.reason, t.severity, t.purl, t.version, n.namespace, f.fixed, f.fix_state,
    f.channel, f.fixed_at, f.only_for, f.valid_from, coalesce(v.at, 0) as valid_at
  from t
  cross join lateral (select namespace from name where name.name_id = t.name_id offset 0) n
  cross join lateral (select * from affected where affected.affected_id = t.affected_id offset 0) f
  left join feed_revision v on v.revision = f.valid_from
  order by t.package_id, t.affected_id`;

/** Shared with the test that keeps its plan. */
export const statement = statementOn(`(select * from affected where valid_to = 9223372036854775807)`);

export const pastStatement = statementOn('affected_at(:asOf::bigint)');

function judgementOf(row: Row, text: AdvisoryText): Judgement {
  return {
    ...text,
    packageId: row.package_id,
    purl: row.purl,
    namespace: row.namespace,
    version: row.version,
    severity: severityOfRank(row.severity),
    fixed: row.fixed,
    fixState: row.fix_state as FixState,
    channel: row.channel,
    fixedAt: row.fixed_at,
    only: row.only_for === null ? null : JSON.parse(row.only_for),
    validFrom: row.valid_from,
    validAt: row.valid_at,
    judgement: row.reason === null ? 'affected' : 'undecidable',
    reason: row.reason,
  };
}
