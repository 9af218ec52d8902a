import type { Sql } from '#platform/sql.ts';
import type { GroupName } from './revision-store.ts';

/** Counts the records of a group in each namespace, by what is known now, and keeps the numbers with it. */
export async function countNamespaces(sql: Sql, { feed, group }: GroupName): Promise<void> {
  await sql.query(
    `update feed_group set namespaces = (
       select coalesce(jsonb_object_agg(c.namespace, c.records), '{}') from (
         select p.namespace, count(*) as records from (
           select distinct n.namespace, a.advisory_id from advisory a
           join affected f on f.advisory_id = a.advisory_id and f.valid_to = 9223372036854775807
           join name n on n.name_id = f.name_id
           where a.feed = :feed::text and a.feed_group = :group::text
         ) p group by p.namespace order by p.namespace limit 1000
       ) c)
     where feed = :feed::text and feed_group = :group::text`,
    { feed, group },
  );
}

/** Records by namespace of every stored group, by `FEED GROUP`; none where they were not counted. */
export async function namespaceCounts(sql: Sql): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  const rows = await sql.query<{ feed: string; feed_group: string; namespaces: string }>(
    `select feed, feed_group, namespaces from feed_group where namespaces <> '{}' order by feed, feed_group limit 1000`,
  );
  return new Map(rows.map((row) => [`${row.feed} ${row.feed_group}`, JSON.parse(row.namespaces)]));
}
