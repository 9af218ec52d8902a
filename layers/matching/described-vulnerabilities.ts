import { namespaceType } from '#core/distro.ts';
import { advisoryName } from '#core/package-name.ts';
import { type Severity, severityOfRank, severityRank } from '#core/severity.ts';
import { namespaceComparator } from '#feeds/namespace-comparator.ts';
import type { Sql, SqlParameters } from '#platform/sql.ts';
import type { Cvss, FixState } from '#schema/finding.ts';
import { type AdvisoryText, advisoryTexts } from './advisory-texts.ts';

/** A stretch of versions of a package that an advisory speaks of, by its end. */
export interface DescribedPackage {
  /** As advisories call it: a source package's name where they speak of sources. */
  readonly name: string;
  /** The version that mends it, else the only one that is affected; null where there is neither. */
  readonly version: string | null;
  readonly fixState: FixState;
}

/** What an advisory says in one namespace. */
export interface DescribedVulnerability {
  readonly text: AdvisoryText;
  readonly namespace: string;
  /** The highest that it gives a package there, else the NVD's. */
  readonly severity: Severity;
  /** One line, its own or the NVD's; null when nobody has one. */
  readonly title: string | null;
  /** Its own vectors, then the NVD's. */
  readonly cvss: readonly Cvss[];
  /** Each once, by name. */
  readonly packages: readonly DescribedPackage[];
}

/** Which vulnerabilities are asked for. */
export interface VulnerabilityQuestion {
  /** By any of their ids. */
  readonly ids: readonly string[];
  /** None: in all. */
  readonly namespaces: readonly string[];
  /** Only what affects this package, at this version of it if that is given. */
  readonly package: { readonly name: string; readonly version: string | null } | null;
}

/** An item of an answer; asked for again, the answer goes on behind it. */
export interface VulnerabilityPlace {
  readonly advisoryId: number;
  readonly namespace: string;
}

/**
 * What the advisories of vulnerabilities say, by all that is known now: one item for each advisory and namespace, always in the same
 * order. A version that cannot be placed counts as affected, as in an image.
 */
export async function* describedVulnerabilities(
  sql: Sql,
  question: VulnerabilityQuestion,
  after: VulnerabilityPlace | null,
): AsyncGenerator<DescribedVulnerability> {
  const asked = await parametersOf(sql, question);
  let item: Row[] = [];
  for await (const row of rowsOf(sql, asked, after)) {
    if (item[0] !== undefined && !isSamePlace(item[0], row)) {
      yield await described(sql, item);
      item = [];
    }
    item.push(row);
  }
  if (item.length > 0) yield await described(sql, item);
}

async function parametersOf(sql: Sql, question: VulnerabilityQuestion): Promise<SqlParameters> {
  const { ids, namespaces, package: wanted } = question;
  const asked = { ids: JSON.stringify(ids), namespaces: namespaces.length === 0 ? null : JSON.stringify(namespaces) };
  if (wanted === null) return { ...asked, packages: null, version: null };
  const { name, version } = wanted;
  const rows = await sql.query<{ namespace: string }>(namespacesStatement, asked);
  const packages = rows.map(({ namespace }) => {
    const type = namespaceType(namespace);
    const key = version === null ? undefined : namespaceComparator(namespace)?.key(version);
    return {
      namespace,
      name: type === null ? name : advisoryName(type, name),
      ...(key instanceof Uint8Array ? { key: Buffer.from(key).toString('hex') } : {}),
    };
  });
  return { ...asked, packages: JSON.stringify(packages), version };
}

const pageSize = 2000;

async function* rowsOf(sql: Sql, asked: SqlParameters, after: VulnerabilityPlace | null): AsyncGenerator<Row> {
  // Behind a whole item at first, behind a row of one then.
  let place: SqlParameters = {
    advisory: after?.advisoryId ?? 0,
    namespace: after?.namespace ?? '',
    name: null,
    row: 0,
  };
  for (;;) {
    const rows: readonly Row[] = await sql.query<Row>(statement, { ...asked, ...place, limit: pageSize });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    place = { advisory: last.advisory_id, namespace: last.namespace, name: last.name, row: last.affected_id };
  }
}

type Row = {
  advisory_id: number;
  namespace: string;
  name: string;
  affected_id: number;
  severity: number;
  version: string | null;
  fix_state: string;
};

const vulnerabilities = `v as materialized (
    select advisory_id from advisory where id in (select jsonb_array_elements_text(:ids::jsonb))
    union
    select a.advisory_id from jsonb_array_elements_text(:ids::jsonb) as j(id) join advisory a
      on a.aliases || a.related @> jsonb_build_array(j.id) and a.aliases || a.related <> '[]'
  )`;

const isWanted = `(:namespaces::jsonb is null or n.namespace in (select jsonb_array_elements_text(:namespaces::jsonb)))`;

/** Those in which anything is said of the vulnerabilities: versions have an order in each. */
const namespacesStatement = `with ${vulnerabilities}
  select distinct n.namespace from v
  cross join lateral (
    select r.name_id from affected r where r.advisory_id = v.advisory_id and r.valid_to = 9223372036854775807 offset 0
  ) a
  join name n on n.name_id = a.name_id where ${isWanted} order by 1 limit 1000`;

/** Shared with the test that keeps its plan. */
export const statement = `with ${vulnerabilities}, said as materialized (
    select a.* from v cross join lateral (
      select r.* from affected r where r.advisory_id = v.advisory_id and r.valid_to = 9223372036854775807 offset 0
    ) a
  ), packages as materialized (
    select x.namespace, x.name, decode(x.key, 'hex') as key
    from jsonb_to_recordset(coalesce(:packages::jsonb, '[]')) as x(namespace text, name text, key text)
  ), held as materialized (
    select s.*, n.namespace, n.name, p.key from said s
    join name n on n.name_id = s.name_id
    left join packages p on p.namespace = n.namespace and p.name = n.name
    where ${isWanted} and (:packages::jsonb is null or p.name is not null)
      and (:version::text is null or s.status = 2 and s.exact = :version::text
        or s.status <> 2 and (p.key is null and (s.status <> 3 or s.lo_key = '' and s.hi_key = '\\xff')
          or s.lo_key <= p.key and s.hi_key > p.key))
  )
  select h.advisory_id, h.namespace, h.name, h.affected_id, h.severity, coalesce(h.fixed, h.exact) as version, h.fix_state
  from held h
  where h.status <> 3
    and (:version::text is null or h.name_id not in (select c.name_id from held c where c.status = 3))
    and case when :name::text is null then (h.advisory_id, h.namespace) > (:advisory::bigint, :namespace::text)
      else (h.advisory_id, h.namespace, h.name, h.affected_id) > (:advisory::bigint, :namespace::text, :name::text, :row::bigint) end
  order by h.advisory_id, h.namespace, h.name, h.affected_id limit :limit::int`;

function isSamePlace(a: Row, b: Row): boolean {
  return a.advisory_id === b.advisory_id && a.namespace === b.namespace;
}

async function described(sql: Sql, rows: readonly Row[]): Promise<DescribedVulnerability> {
  const { advisory_id: advisoryId, namespace } = rows[0]!;
  const texts = await advisoryTexts(sql, [advisoryId], []);
  const text = texts.text(advisoryId);
  const ratings = [text.id, ...text.aliases, ...text.related]
    .flatMap((id) => texts.known(id).ratings)
    .filter(({ status }) => status !== 'rejected');
  const own = highest(rows.map(({ severity }) => severityOfRank(severity)));
  const packages = rows.map(({ name, version, fix_state }) => ({ name, version, fixState: fix_state as FixState }));
  return {
    text,
    namespace,
    severity: own === 'Unknown' ? highest(ratings.map(({ severity }) => severity)) : own,
    title: text.title ?? ratings.find(({ title }) => title !== null)?.title ?? null,
    cvss: [...text.cvss, ...ratings.flatMap(({ cvss }) => cvss)],
    packages: [...new Map(packages.map((one) => [JSON.stringify(one), one])).values()],
  };
}

function highest(all: readonly Severity[]): Severity {
  return severityOfRank(Math.max(0, ...all.map(severityRank)));
}
