import type { Sql } from '#platform/sql.ts';
import { chunkParameters, type RecordChunk, recordsOf } from './record-chunks.ts';
import { hashesOf } from './hash-store.ts';
import { type GroupName, told, turn } from './revision-store.ts';

/** The hash of every record that the group ever had, by record; empty where it is not wholly written, or upstream dropped it. */
export function knownAdvisories(sql: Sql, name: GroupName): Promise<Map<string, string>> {
  return hashesOf(sql, 'advisory', name);
}

/**
 * Writes new and changed records, as the chunk of this number of the revision: afterwards each has exactly the given rows, rows
 * that it had and has no more are closed at the revision, rows that stay are not touched, and what that does to known packages
 * stands in `package_change`. Sent again it changes nothing.
 */
export async function writeAdvisories(
  sql: Sql,
  { feed, group }: GroupName,
  records: RecordChunk,
  revision: number,
  chunk: number,
): Promise<void> {
  const given = { feed, group, ...chunkParameters(records) };
  await sql.query(prepare, given);
  await sql.query(write, { ...given, revision, chunk });
}

/** Closes the rows of records that upstream does not have any more, as the chunk of this number; the records stay for the past. */
export async function closeAdvisories(
  sql: Sql,
  { feed, group }: GroupName,
  records: readonly string[],
  revision: number,
  chunk: number,
): Promise<void> {
  await sql.query(close, { feed, group, records: JSON.stringify(records), revision, chunk });
}

/** Tells the planner how large the tables have become: an embedded database has nobody else who would. */
export async function analyzeTables(sql: Sql, tables: readonly ('affected' | 'advisory' | 'name')[]): Promise<void> {
  for (const table of tables) await sql.query(`analyze ${table}`);
}

/** Writes the visibility map of a bulk load, which the index-only scans of judgement need. Not inside a transaction. */
export async function vacuumTables(sql: Sql): Promise<void> {
  await sql.query('vacuum (analyze) affected');
}

// Names and records first and in their own statement: what one statement inserts, its other parts cannot see. Only the missing:
// a conflict would use up an id. Records get no hash: should the process die now, the next sync takes them for changed.
const prepare = `with j as materialized (
    select x.record, x.names from jsonb_to_recordset(${recordsOf}) as x(record text, names jsonb)
  ), named as (
    insert into name (namespace, name)
    select distinct p.pair ->> 0, p.pair ->> 1 from j cross join lateral jsonb_array_elements(j.names) as p(pair)
    where not exists (select 1 from name n where n.namespace = p.pair ->> 0 and n.name = p.pair ->> 1 offset 0)
    order by 1, 2
    on conflict (namespace, name) do nothing
  )
  insert into advisory (feed, feed_group, record, hash, id)
  select :feed::text, :group::text, j.record, '\\x', '' from j
  where not exists (
    select 1 from advisory a where a.feed = :feed::text and a.feed_group = :group::text and a.record = j.record offset 0
  )
  order by j.record
  on conflict (feed, feed_group, record) do nothing`;

/** What a row says: one that says otherwise is another row. */
const said =
  'name_id, advisory_id, status, severity, fix_state, lo_key, hi_key, fixed, exact, channel, fixed_at, only_for';

const moved = 'f.name_id, f.advisory_id, f.status, f.lo_key, f.hi_key, f.exact';

// Packages of which a row speaks: by key, or by name alone where they have none and are undecidable for every range. An advisory
// that gained a row for a package and has kept or lost another has not begun to speak of it: it says otherwise.
const change = `pairs as (
    select p.package_id, m.advisory_id, bool_or(m.step = 1 and m.status <> 3) as gained,
      bool_or(m.step = -1 and m.status <> 3) as lost, bool_or(m.step = 0 and m.status <> 3) as kept
    from moved m cross join lateral (
      select p.package_id from package p
      where p.name_id = m.name_id and p.version_key >= m.lo_key and p.version_key < m.hi_key
      union all select p.package_id from package p
      where p.name_id = m.name_id and p.version_key is null and (m.status <> 2 or m.exact = p.version)
      offset 0
    ) p
    group by p.package_id, m.advisory_id having bool_or(m.step <> 0)
  ), logged as (
    insert into package_change (revision, package_id, advisory_id, op)
    select :revision::bigint, package_id, advisory_id, case when kept or gained = lost then 0 when gained then 1 else -1 end
    from pairs
  )`;

// Names and records are looked up by scalar subqueries: a join is planned by guesses (100 rows of each JSON list), and
// guessed wrong it reads whole tables for each row or chunk. For the same reason `offset 0` keeps the planner from turning
// an `exists` into a join, and rows that are there and rows that are wanted meet by grouping: it is linear whatever was guessed.
const write = `with ${turn}, j as materialized (
    select (select a.advisory_id from advisory a
        where a.feed = :feed::text and a.feed_group = :group::text and a.record = x.record) as advisory_id,
      (select array_agg((select n.name_id from name n where n.namespace = e.pair ->> 0 and n.name = e.pair ->> 1) order by e.place)
        from jsonb_array_elements(x.names) with ordinality as e(pair, place)) as name_ids, x.*
    from jsonb_to_recordset(${recordsOf}) as x(record text, hash text, id text, aliases jsonb, related jsonb, cvss jsonb,
      disputed boolean, title text, urls jsonb, published text, source text, names jsonb, rows jsonb)
    where exists (select from turn)
  ), wanted as materialized (
    select j.advisory_id, j.name_ids[coalesce(r.n, 0) + 1] as name_id, coalesce(r.status, 0::smallint) as status, r.severity,
      r.state as fix_state, decode(coalesce(r.lo, ''), 'hex') as lo_key, decode(coalesce(r.hi, ''), 'hex') as hi_key, r.fixed,
      r.exact, r.channel, r.at as fixed_at, r."only" as only_for
    from j cross join lateral jsonb_to_recordset(j.rows) as r(n int, status smallint, severity smallint, state text, lo text,
      hi text, fixed text, exact text, channel text, at text, "only" jsonb)
  ), updated as (
    update advisory a set hash = decode(j.hash, 'hex'), id = j.id, aliases = coalesce(j.aliases, '[]'),
      related = coalesce(j.related, '[]'), cvss = coalesce(j.cvss, '[]'), disputed = coalesce(j.disputed, false), title = j.title,
      urls = coalesce(j.urls, '[]'), published = j.published, severity_source = j.source
    from j where a.advisory_id = j.advisory_id
  ), compared as materialized (
    select ${said}, max(affected_id) as affected_id, bool_or(wanted) as wanted from (
      select ${said}, affected_id, false as wanted from affected f
      where f.advisory_id in (select advisory_id from j) and f.valid_to = 9223372036854775807
      union all select ${said}, null, true from wanted
    ) as rows group by ${said}
  ), closed as (
    update affected f set valid_to = :revision::bigint
    where f.advisory_id in (select advisory_id from j) and f.valid_to = 9223372036854775807
      and not exists (select 1 from compared c where c.wanted and c.affected_id = f.affected_id)
    returning ${moved}
  ), opened as (
    insert into affected as f (${said}, valid_from)
    select ${said}, :revision::bigint from compared c where c.affected_id is null order by c.name_id, c.hi_key
    returning ${moved}
  ), moved as (
    select f.*, 1 as step from opened f union all select f.*, -1 from closed f
    union all select ${moved}, 0 from compared f where f.wanted and f.affected_id is not null
  ), ${change}
  ${told('select count(*) from j', 'select count(*) from opened', 'select count(*) from closed')}`;

const close = `with ${turn}, gone as materialized (
    select a.advisory_id from jsonb_array_elements_text(:records::jsonb) as j(record)
    join advisory a on a.feed = :feed::text and a.feed_group = :group::text and a.record = j.record
    where exists (select from turn)
  ), updated as (
    update advisory a set hash = '\\x' from gone where a.advisory_id = gone.advisory_id
  ), closed as (
    update affected f set valid_to = :revision::bigint from gone
    where f.advisory_id = gone.advisory_id and f.valid_to = 9223372036854775807
    returning ${moved}
  ), moved as (
    select f.*, -1 as step from closed f
  ), ${change}
  ${told('select count(*) from gone', 'select 0', 'select count(*) from closed')}`;
