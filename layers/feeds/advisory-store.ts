import type { Sql } from '#platform/sql.ts';
import type { StoredAdvisory } from './stored-advisory.ts';

export interface GroupName {
  readonly feed: string;
  readonly group: string;
}

/**
 * A number above all that were given before, under which a sync writes its changes. The group remembers it before the first
 * is written: should the sync die, the next one that ends gives it to the group as its revision.
 */
export async function beginRevision(sql: Sql, { feed, group }: GroupName): Promise<number> {
  const [row] = await sql.query<{ revision: number }>(
    `insert into feed_group (feed, feed_group, feed_version, checked_at, state, last_error, begun)
     values (:feed::text, :group::text, 0, 0, 'failed', 'it was never read to its end', nextval('revision_number'))
     on conflict (feed, feed_group) do update set begun = excluded.begun
     returning begun as revision`,
    { feed, group },
  );
  return row!.revision;
}

/** The hash of every record that the group holds now, by record; read in pages that fit into an answer. */
export async function knownRecords(sql: Sql, { feed, group }: GroupName): Promise<Map<string, string>> {
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
 * Writes new and changed records: afterwards each has exactly the given rows, rows that it had and has no more are closed
 * at the revision, rows that stay are not touched. Written again with the same records it changes nothing. The records
 * must be distinct, and the whole no more than a statement takes (see {@link StoredAdvisory}).
 */
export async function writeRecords(
  sql: Sql,
  name: GroupName,
  records: readonly StoredAdvisory[],
  revision: number,
): Promise<{ opened: number; closed: number }> {
  const advisories = `[${records.map(({ text }) => text).join(',')}]`;
  await addNames(sql, records);
  await addStubs(sql, name, records);
  const [row] = await sql.query<{ opened: number; closed: number }>(write, { ...name, advisories, revision });
  return row!;
}

/** Closes the rows of records that upstream does not have any more; the records stay for the past. */
export async function closeRecords(
  sql: Sql,
  { feed, group }: GroupName,
  records: readonly string[],
  revision: number,
): Promise<number> {
  let closed = 0;
  for (let at = 0; at < records.length; at += 1000) {
    const [row] = await sql.query<{ closed: number }>(close, {
      feed,
      group,
      revision,
      records: JSON.stringify(records.slice(at, at + 1000)),
    });
    closed += row!.closed;
  }
  return closed;
}

/** Tells the planner how large the tables have become: an embedded database has nobody else who would. */
export async function analyzeTables(sql: Sql, tables: readonly ('affected' | 'advisory' | 'name')[]): Promise<void> {
  for (const table of tables) await sql.query(`analyze ${table}`);
}

/** Writes the visibility map of a bulk load, which the index-only scans of judgement need. Not inside a transaction. */
export async function vacuumTables(sql: Sql): Promise<void> {
  await sql.query('vacuum (analyze) affected');
}

/** Names first and in their own statement: what one statement inserts, its other parts cannot see. Only the missing: a conflict would use up an id. */
async function addNames(sql: Sql, records: readonly StoredAdvisory[]): Promise<void> {
  const names = new Map(records.flatMap((record) => record.names.map((pair) => [pair.join(' '), pair] as const)));
  await sql.query(
    `insert into name (namespace, name)
     select j.p ->> 0, j.p ->> 1 from jsonb_array_elements(:names::jsonb) as j(p)
     where not exists (select 1 from name n where n.namespace = j.p ->> 0 and n.name = j.p ->> 1 offset 0)
     order by 1, 2
     on conflict (namespace, name) do nothing`,
    { names: JSON.stringify([...names.values()]) },
  );
}

/** New records without a hash: should the process die now, the next sync takes them for changed. */
async function addStubs(sql: Sql, { feed, group }: GroupName, records: readonly StoredAdvisory[]): Promise<void> {
  await sql.query(
    `insert into advisory (feed, feed_group, record, hash, id)
     select :feed::text, :group::text, j.record, '\\x', ''
     from jsonb_array_elements_text(:records::jsonb) as j(record)
     where not exists (
       select 1 from advisory a where a.feed = :feed::text and a.feed_group = :group::text and a.record = j.record offset 0
     )
     order by j.record
     on conflict (feed, feed_group, record) do nothing`,
    { feed, group, records: JSON.stringify(records.map(({ record }) => record)) },
  );
}

// Found by advisory, a few rows each; by name and bound (hence the + 0) a kernel has thousands of the same.
const same = `f.advisory_id = w.advisory_id and f.name_id + 0 = w.name_id and f.status = w.status and f.severity = w.severity
  and f.fix_state = w.fix_state and f.lo_key = w.lo_key and f.hi_key = w.hi_key
  and f.fixed is not distinct from w.fixed and f.exact is not distinct from w.exact`;

// Names and records are looked up by scalar subqueries: a join is planned by guesses (100 rows of each JSON list), and
// guessed wrong it reads whole tables for each row or chunk. For the same reason `offset 0` keeps the planner from turning
// an `exists` into a join.
const write = `with j as materialized (
    select (select a.advisory_id from advisory a
        where a.feed = :feed::text and a.feed_group = :group::text and a.record = x.record) as advisory_id, x.*
    from jsonb_to_recordset(:advisories::jsonb) as x(record text, hash text, id text, aliases jsonb, related jsonb, title text,
      urls jsonb, published text, source text, rows jsonb)
  ), wanted as materialized (
    select j.advisory_id, (select n.name_id from name n where n.namespace = r.space and n.name = r.name) as name_id,
      r.status, r.severity, r.state as fix_state, decode(r.lo, 'hex') as lo_key, decode(r.hi, 'hex') as hi_key, r.fixed, r.exact
    from j cross join lateral jsonb_to_recordset(j.rows) as r(space text, name text, status smallint, severity smallint,
      state text, lo text, hi text, fixed text, exact text)
  ), updated as (
    update advisory a set hash = decode(j.hash, 'hex'), id = j.id, aliases = j.aliases, related = j.related, title = j.title,
      urls = j.urls, published = j.published, severity_source = j.source
    from j where a.advisory_id = j.advisory_id
  ), closed as (
    update affected f set valid_to = :revision::bigint
    where f.advisory_id in (select advisory_id from j) and f.valid_to = 9223372036854775807
      and not exists (select 1 from wanted w where ${same})
    returning 1
  ), opened as (
    insert into affected (name_id, advisory_id, status, severity, fix_state, lo_key, hi_key, fixed, exact, valid_from)
    select w.name_id, w.advisory_id, w.status, w.severity, w.fix_state, w.lo_key, w.hi_key, w.fixed, w.exact, :revision::bigint
    from wanted w
    where not exists (select 1 from affected f where ${same} and f.valid_to = 9223372036854775807 offset 0)
    order by w.name_id, w.hi_key
    returning 1
  )
  select (select count(*) from opened) as opened, (select count(*) from closed) as closed`;

const close = `with gone as materialized (
    select a.advisory_id from jsonb_array_elements_text(:records::jsonb) as j(record)
    join advisory a on a.feed = :feed::text and a.feed_group = :group::text and a.record = j.record
  ), updated as (
    update advisory a set hash = '\\x' from gone where a.advisory_id = gone.advisory_id
  ), closed as (
    update affected f set valid_to = :revision::bigint from gone
    where f.advisory_id = gone.advisory_id and f.valid_to = 9223372036854775807
    returning 1
  )
  select count(*) as closed from closed`;
