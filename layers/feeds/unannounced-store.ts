import type { Sql } from '#platform/sql.ts';
import type { GroupName } from './revision-store.ts';

/** What changed in a group that nobody was told of: the changes of its revisions above `after`, up to `to`. */
export interface Unannounced extends GroupName {
  readonly after: number;
  readonly to: number;
  /**
   * When the group was there for the first time, in milliseconds since the epoch, if that is the change: only what was judged
   * before is judged otherwise now. Null for every later change.
   */
  readonly firstLoadedAt: number | null;
}

/**
 * Every change that is not announced, the first load of a group by itself. A sync that has not ended, or never did, is none yet;
 * neither is a group that was never read whole. Stays so until {@link setAnnounced}.
 */
export async function unannounced(sql: Sql): Promise<readonly Unannounced[]> {
  const rows = await sql.query<Row>(
    `select feed, feed_group, announced, revision, loaded_at, loaded_revision from feed_group
     where revision > announced and loaded_revision is not null order by feed, feed_group limit 1000`,
  );
  return rows.flatMap(({ feed, feed_group: group, announced, revision, loaded_at, loaded_revision }) => {
    const later = { feed, group, after: Math.max(announced, loaded_revision), to: revision, firstLoadedAt: null };
    const first = { feed, group, after: announced, to: loaded_revision, firstLoadedAt: loaded_at };
    return [first, later].filter(({ after, to }) => to > after);
  });
}

type Row = {
  feed: string;
  feed_group: string;
  announced: number;
  revision: number;
  loaded_at: number;
  loaded_revision: number;
};

/** Notes that a change is announced, compare-and-set: false when somebody else has done so. */
export async function setAnnounced(sql: Sql, { feed, group, after, to }: Unannounced): Promise<boolean> {
  const rows = await sql.query(
    `update feed_group set announced = :to::bigint
     where feed = :feed::text and feed_group = :group::text and announced = :after::bigint returning announced`,
    { feed, group, after, to },
  );
  return rows.length === 1;
}

/** Rows that one call removes: well under a second. */
const prunedAtOnce = 20_000;

/**
 * Removes what revisions begun before this moment did to packages, where it was announced: nobody asks for it any more. A bounded
 * part; true while there may be more. Rows of `affected` and of revisions, by which the past is judged, stay.
 */
export async function pruneChanges(sql: Sql, before: number): Promise<boolean> {
  const [row] = await sql.query<{ removed: number }>(
    // Below the first change that is left there is nothing: revisions themselves stay for ever and are not looked at again.
    `with old as materialized (
       select r.revision from feed_revision r
       join feed_group g on g.feed = r.feed and g.feed_group = r.feed_group
       where r.at < :before::bigint and r.revision <= g.announced
         and r.revision >= (select min(c.revision) from package_change c)
       order by r.revision
     ), gone as (
       delete from package_change where (revision, package_id, advisory_id) in (
         select c.revision, c.package_id, c.advisory_id from old cross join lateral (
           select * from package_change c where c.revision = old.revision offset 0) c
         limit :limit::bigint)
       returning 1
     )
     select count(*) as removed from gone`,
    { before, limit: prunedAtOnce },
  );
  return row!.removed === prunedAtOnce;
}
