import type { Sql } from '#platform/sql.ts';
import type { SetAside } from './advisory.ts';
import type { GroupName } from './revision-store.ts';

/** Records of one statement: their names and reasons have at most 300 characters each. */
const atOnce = 1000;

/**
 * Replaces what is kept aside of a group; where `named` is not null, what is kept of these records only. All or nothing. Gives how
 * many are kept aside then.
 */
export async function putSetAside(
  sql: Sql,
  name: GroupName,
  aside: readonly SetAside[],
  named: readonly string[] | null,
): Promise<number> {
  const { feed, group } = name;
  const before = await countSetAside(sql, name);
  if (before === 0 && aside.length === 0) return 0;
  await sql.transaction(async (tx) => {
    if (before > 0 && named === null) await tx.query(`delete from feed_set_aside where ${ofGroup}`, { feed, group });
    for (const some of before > 0 && named !== null ? pages(named) : []) {
      await tx.query(
        `delete from feed_set_aside where ${ofGroup}
           and record in (select j.record from jsonb_array_elements_text(:records::jsonb) as j(record))`,
        { feed, group, records: JSON.stringify(some) },
      );
    }
    for (const some of pages(aside)) {
      await tx.query(
        `insert into feed_set_aside (feed, feed_group, record, reason)
         select :feed::text, :group::text, record, reason from jsonb_to_recordset(:aside::jsonb) as x(record text, reason text)
         on conflict (feed, feed_group, record) do update set reason = excluded.reason`,
        { feed, group, aside: JSON.stringify(some) },
      );
    }
  });
  return await countSetAside(sql, name);
}

/** Records of a group that could not be read, with the reasons, in the order of their names: at most `limit` of those behind `after`. */
export async function setAside(
  sql: Sql,
  { feed, group }: GroupName,
  after: string,
  limit: number,
): Promise<readonly SetAside[]> {
  return await sql.query<{ record: string; reason: string }>(
    `select record, reason from feed_set_aside where ${ofGroup} and record > :after::text order by record limit :limit::int`,
    { feed, group, after, limit },
  );
}

const ofGroup = 'feed = :feed::text and feed_group = :group::text';

async function countSetAside(sql: Sql, { feed, group }: GroupName): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*) as count from feed_set_aside where ${ofGroup}`, {
    feed,
    group,
  });
  return row!.count;
}

function* pages<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += atOnce) yield items.slice(at, at + atOnce);
}
