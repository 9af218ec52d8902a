import type { Sql } from '#platform/sql.ts';
import type { Mark } from './feed.ts';
import type { GroupName } from './revision-store.ts';

/** A feed group as it stands in the database. Times are milliseconds since the epoch. */
export interface StoredGroup extends GroupName {
  /** Feed.version and the rules of all version schemes that the records were read with. */
  readonly feedVersion: number;
  readonly rules: string;
  readonly mark: Mark | null;
  /** When upstream last confirmed or changed what is stored; null: never. */
  readonly syncedAt: number | null;
  /** 0: an image asked for it, and no sync has ended yet. */
  readonly checkedAt: number;
  readonly state: 'ok' | 'absent' | 'failed';
  readonly records: number;
  readonly setAside: number;
  readonly missing: readonly string[];
  readonly lastError: string | null;
  /** Of the last sync that wrote anything. */
  readonly revision: number;
}

/** All groups that were ever asked for; a few dozen. */
export async function storedGroups(sql: Sql): Promise<readonly StoredGroup[]> {
  const rows = await sql.query<Row>(`select ${columns} from feed_group order by feed, feed_group limit 1000`);
  return rows.map(groupOf);
}

export async function storedGroup(sql: Sql, { feed, group }: GroupName): Promise<StoredGroup | null> {
  const [row] = await sql.query<Row>(
    `select ${columns} from feed_group where feed = :feed::text and feed_group = :group::text`,
    { feed, group },
  );
  return row === undefined ? null : groupOf(row);
}

/**
 * Stores the whole state of a group, at the end of a sync: its revision is then that of the last one that wrote anything,
 * also where that one died or failed.
 */
export async function putGroup(sql: Sql, group: StoredGroup): Promise<void> {
  await sql.query(
    `insert into feed_group (feed, feed_group, feed_version, rules, mark, synced_at, checked_at, state, records, set_aside,
       missing, last_error, revision, loaded_at, loaded_revision)
     values (:feed::text, :group::text, :feedVersion::int, :rules::text, :mark::jsonb, :syncedAt::bigint, :checkedAt::bigint,
       :state::text, :records::int, :setAside::int, :missing::jsonb, :lastError::text, :revision::bigint,
       :syncedAt::bigint, case when :syncedAt::bigint is not null then :revision::bigint end)
     on conflict (feed, feed_group) do update set feed_version = excluded.feed_version, rules = excluded.rules,
       mark = excluded.mark, synced_at = excluded.synced_at, checked_at = excluded.checked_at, state = excluded.state,
       records = excluded.records, set_aside = excluded.set_aside, missing = excluded.missing,
       last_error = excluded.last_error, revision = greatest(feed_group.begun, excluded.revision),
       loaded_at = coalesce(feed_group.loaded_at, excluded.loaded_at),
       loaded_revision = coalesce(feed_group.loaded_revision,
         case when excluded.loaded_at is not null then greatest(feed_group.begun, excluded.revision) end)`,
    { ...group, mark: group.mark === null ? null : JSON.stringify(group.mark), missing: JSON.stringify(group.missing) },
  );
}

/** Notes that a group is wanted, before anybody has loaded it; a group that is there stays as it is. */
export async function noteAsked(sql: Sql, { feed, group }: GroupName, feedVersion: number): Promise<void> {
  await sql.query(
    `insert into feed_group (feed, feed_group, feed_version, checked_at, state)
     values (:feed::text, :group::text, :feedVersion::int, 0, 'failed') on conflict (feed, feed_group) do nothing`,
    { feed, group, feedVersion },
  );
}

const columns = `feed, feed_group, feed_version, rules, mark, synced_at, checked_at, state, records, set_aside, missing,
  last_error, revision`;

type Row = {
  feed: string;
  feed_group: string;
  feed_version: number;
  rules: string;
  mark: string | null;
  synced_at: number | null;
  checked_at: number;
  state: string;
  records: number;
  set_aside: number;
  missing: string;
  last_error: string | null;
  revision: number;
};

function groupOf(row: Row): StoredGroup {
  return {
    feed: row.feed,
    group: row.feed_group,
    feedVersion: row.feed_version,
    rules: row.rules,
    mark: row.mark === null ? null : JSON.parse(row.mark),
    syncedAt: row.synced_at,
    checkedAt: row.checked_at,
    state: row.state as StoredGroup['state'],
    records: row.records,
    setAside: row.set_aside,
    missing: JSON.parse(row.missing),
    lastError: row.last_error,
    revision: row.revision,
  };
}
