import type { Sql } from '#platform/sql.ts';
import type { GroupName } from './revision-store.ts';

/** Records that are read at once: their names have 300 characters at most. */
const pageSize = 2000;

/** The hash of every record of a group in one table, by record; read in pages that fit into an answer. */
export async function hashesOf(
  sql: Sql,
  table: 'advisory' | 'enrichment',
  { feed, group }: GroupName,
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  let after = '';
  for (;;) {
    const rows = await sql.query<{ record: string; hash: string }>(
      `select record, encode(hash, 'hex') as hash from ${table}
       where feed = :feed::text and feed_group = :group::text and record > :after::text
       order by record limit ${pageSize}`,
      { feed, group, after },
    );
    for (const { record, hash } of rows) hashes.set(record, hash);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return hashes;
    after = last.record;
  }
}
