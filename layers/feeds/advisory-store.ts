import type { Sql } from '#platform/sql.ts';
import { chunkParameters, type RecordChunk, recordsOf } from './record-chunks.ts';
import { type GroupName, told, turn } from './revision-store.ts';

/** The hash of every record that the group ever had, by record; empty where it is not wholly written, or upstream dropped it. */
export async function knownAdvisories(sql: Sql, { feed, group }: GroupName): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  let after = '';
  for (;;) {
    const rows = await sql.query<{ record: string; hash: string }>(
      `select record, encode(hash, 'hex') as hash from advisory
       where feed = :feed::text and feed_group = :group::text and record > :after::text
       order by record limit 2000`,
      { feed, group, after },
    );
    for (const { record, hash } of rows) known.set(record, hash);
    const last = rows.at(-1);
    if (last === undefined || rows.length < 2000) return known;
    after = last.record;
  }
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

// Found by advisory, a few rows each; by name and bound (hence the + 0) a kernel has thousands of the same.
const same = `f.advisory_id = w.advisory_id and f.name_id + 0 = w.name_id and f.status = w.status and f.severity = w.severity
  and f.fix_state = w.fix_state and f.lo_key = w.lo_key and f.hi_key = w.hi_key
  and f.fixed is not distinct from w.fixed and f.exact is not distinct from w.exact
  and f.channel is not distinct from w.channel and f.fixed_at is not distinct from w.fixed_at
  and f.only_for is not distinct from w.only_for`;

const moved = 'f.name_id, f.advisory_id, f.status, f.lo_key, f.hi_key, f.exact';

/** Packages of which a row of `affected` speaks; one without a key is undecidable for every range. */
const spokenOf = (row: string) => `select p.package_id from package p
      where p.name_id = ${row}.name_id and p.version_key >= ${row}.lo_key and p.version_key < ${row}.hi_key
      union all select p.package_id from package p
      where p.name_id = ${row}.name_id and p.version_key is null and (${row}.status <> 2 or ${row}.exact = p.version)
      offset 0`;

// An advisory that gained one row for a package and has kept or lost another has not begun to speak of it: it says otherwise.
const change = `pairs as materialized (
    select p.package_id, m.advisory_id, count(*) filter (where m.step = 1 and m.status <> 3) as gained,
      count(*) filter (where m.step = -1 and m.status <> 3) as lost
    from moved m cross join lateral (${spokenOf('m')}) p
    group by p.package_id, m.advisory_id
  ), logged as (
    insert into package_change (revision, package_id, advisory_id, op)
    select :revision::bigint, x.package_id, x.advisory_id, case
        when (x.gained = 0) = (x.lost = 0) then 0
        when exists (select 1 from kept f cross join lateral (${spokenOf('f')}) p
          where f.advisory_id = x.advisory_id and p.package_id = x.package_id) then 0
        when x.gained > 0 then 1 else -1 end
    from pairs x
  )`;

// Names and records are looked up by scalar subqueries: a join is planned by guesses (100 rows of each JSON list), and
// guessed wrong it reads whole tables for each row or chunk. For the same reason `offset 0` keeps the planner from turning
// an `exists` into a join.
/** Shared with the test that keeps its plan. */
export const write = `with ${turn}, j as materialized (
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
  ), closed as (
    update affected f set valid_to = :revision::bigint
    where f.advisory_id in (select advisory_id from j) and f.valid_to = 9223372036854775807
      and not exists (select 1 from wanted w where ${same})
    returning ${moved}
  ), opened as (
    insert into affected as f (name_id, advisory_id, status, severity, fix_state, lo_key, hi_key, fixed, exact, channel, fixed_at,
      only_for, valid_from)
    select w.name_id, w.advisory_id, w.status, w.severity, w.fix_state, w.lo_key, w.hi_key, w.fixed, w.exact, w.channel, w.fixed_at,
      w.only_for, :revision::bigint
    from wanted w
    where not exists (select 1 from affected f where ${same} and f.valid_to = 9223372036854775807 offset 0)
    order by w.name_id, w.hi_key
    returning ${moved}
  ), moved as (
    select f.*, 1 as step from opened f union all select f.*, -1 from closed f
  ), kept as (
    select ${moved} from affected f
    where f.valid_to = 9223372036854775807 and f.status <> 3 and exists (select 1 from wanted w where ${same})
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
  ), kept as (
    select f.* from closed f where false
  ), ${change}
  ${told('select count(*) from gone', 'select 0', 'select count(*) from closed')}`;
