import type { Sql } from '#platform/sql.ts';
import { chunkParameters, type RecordChunk, recordsOf } from './record-chunks.ts';
import { hashesOf } from './hash-store.ts';
import { type GroupName, told, turn } from './revision-store.ts';

/** The hash of every record that the group has, by record. */
export function knownEnrichments(sql: Sql, name: GroupName): Promise<Map<string, string>> {
  return hashesOf(sql, 'enrichment', name);
}

/** Writes new and changed records in place, as the chunk of this number of the revision; sent again it changes nothing. */
export async function writeEnrichments(
  sql: Sql,
  { feed, group }: GroupName,
  records: RecordChunk,
  revision: number,
  chunk: number,
): Promise<void> {
  await sql.query(write, { feed, group, ...chunkParameters(records), revision, chunk });
}

/** Deletes records that upstream does not have any more, as the chunk of this number. */
export async function deleteEnrichments(
  sql: Sql,
  { feed, group }: GroupName,
  records: readonly string[],
  revision: number,
  chunk: number,
): Promise<void> {
  await sql.query(remove, { feed, group, records: JSON.stringify(records), revision, chunk });
}

const write = `with ${turn}, put as (
    insert into enrichment (feed, feed_group, record, hash, about, body)
    select :feed::text, :group::text, x.record, decode(x.hash, 'hex'), x.about, x.body
    from jsonb_to_recordset(${recordsOf}) as x(record text, hash text, about text, body jsonb)
    where exists (select from turn)
    order by x.record
    on conflict (feed, feed_group, record) do update set hash = excluded.hash, about = excluded.about, body = excluded.body
    returning 1
  )
  ${told('select count(*) from put', 'select 0', 'select 0')}`;

const remove = `with ${turn}, gone as (
    delete from enrichment where feed = :feed::text and feed_group = :group::text and exists (select from turn)
      and record in (select j.record from jsonb_array_elements_text(:records::jsonb) as j(record))
    returning 1
  )
  ${told('select count(*) from gone', 'select 0', 'select 0')}`;
