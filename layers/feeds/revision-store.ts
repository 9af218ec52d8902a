import type { Sql } from '#platform/sql.ts';

/** The name of a feed's group, as it is stored everywhere. */
export interface GroupName {
  readonly feed: string;
  readonly group: string;
}

/** What was written under a revision. */
export interface RevisionTotals {
  /** Records written or dropped. */
  readonly records: number;
  /** Rows of `affected`. */
  readonly opened: number;
  readonly closed: number;
}

/**
 * A number above all that were given before, under which a sync writes its changes. The group remembers it before the first
 * is written: should the sync die, the next one that ends gives it to the group as its revision.
 */
export async function beginRevision(sql: Sql, { feed, group }: GroupName, now: number): Promise<number> {
  const [row] = await sql.query<{ revision: number }>(
    `with begun as (
       insert into feed_group (feed, feed_group, feed_version, checked_at, state, last_error, begun)
       values (:feed::text, :group::text, 0, 0, 'failed', 'it was never read to its end', nextval('revision_number'))
       on conflict (feed, feed_group) do update set begun = excluded.begun
       returning begun
     )
     insert into feed_revision (revision, at, feed, feed_group) select begun, :now::bigint, :feed::text, :group::text from begun
     returning revision`,
    { feed, group, now },
  );
  return row!.revision;
}

/** What was written under a revision so far. */
export async function revisionTotals(sql: Sql, revision: number): Promise<RevisionTotals> {
  const [row] = await sql.query<{ records: number; opened: number; closed: number }>(
    'select records, opened, closed from feed_revision where revision = :revision::bigint',
    { revision },
  );
  return row!;
}

/**
 * The ledger: a statement that writes the chunk :chunk of :revision begins with this CTE, does nothing unless it has a row, and ends
 * with {@link told}. A statement that is sent again because its answer was lost then does nothing, also when the first is still
 * at work: it waits for the row, and finds the turn gone.
 */
export const turn = `turn as materialized (
    select 1 from feed_revision where revision = :revision::bigint and chunks = :chunk::int for update
  )`;

/** The end of such a statement; `counted` is three counts: of records, rows opened and rows closed. */
export function told(records: string, opened: string, closed: string): string {
  return `update feed_revision set chunks = chunks + 1, records = records + (${records}), opened = opened + (${opened}),
      closed = closed + (${closed})
    where revision = :revision::bigint and exists (select from turn)`;
}
