import type { Sql, SqlRow } from '#platform/sql.ts';
import type { NoticeType } from '#schema/channel-settings.ts';
import type { Notice } from './notice.ts';

type World = { readonly sql: Sql };

/** Bytes of details in a row of an answer. */
const longestDetails = 56_000;

/** A pending delivery that nothing of its key is before, and what it has been through. */
export interface DueNotice extends Notice {
  readonly refusals: number;
  /** Since when it is tried. */
  readonly since: number;
}

/**
 * Up to `limit` (at most 10) notices of a channel that may be sent now, of each key the first that is pending: those that were never tried
 * first, so that what does not get through stands in the way of no others, and of those the oldest.
 */
export async function dueNotices(
  { sql }: World,
  channelId: string,
  now: number,
  limit: number,
): Promise<readonly DueNotice[]> {
  const rows = await sql.query(
    `with due as (
       (select delivery_no, tries from delivery d where tries = 0 and ${isDue} order by delivery_no limit :limit::int)
       union all
       (select delivery_no, tries from delivery d where tries > 0 and ${isDue} order by delivery_no limit :limit::int)
       limit :limit::int)
     select d.delivery_id, d.account, d.notice_type, d.tries, d.refusals, d.since, d.created_at, a.email,
       e.event_no, e.event_id, e.type, e.level, e.message, e.resource_type, e.resource_id, e.service, e.request_id, e.subscription_key,
       e.created_at as at, case when octet_length(e.details::text) <= :longest::int then e.details::text end as details
     from due join delivery d on d.delivery_no = due.delivery_no join event_log e on e.event_no = d.event_no
       join account a on a.account = d.account`,
    { channel: channelId, now, limit: Math.min(limit, 10), longest: longestDetails },
  );
  return rows.map((row) => noticeOf(row, now));
}

const isDue = `channel_id = :channel::text and state = 'pending' and next_at <= :now::bigint and not exists (
  select 1 from delivery b where b.ordering_key = d.ordering_key and b.state = 'pending'
    and b.delivery_no < d.delivery_no)`;

/** It has arrived. */
export async function setDelivered({ sql }: World, id: string, now: number): Promise<void> {
  await sql.query(
    `update delivery set state = 'delivered', last_error = null, updated_at = :now::bigint
     where delivery_id = :id::text and state = 'pending'`,
    { id, now },
  );
}

export interface FailedTry {
  readonly id: string;
  readonly why: string;
  readonly refused: boolean;
  /** When it is tried again; null: it is given up. */
  readonly nextAt: number | null;
}

/** It has not. */
export async function setFailed({ sql }: World, { id, why, refused, nextAt }: FailedTry, now: number): Promise<void> {
  await sql.query(
    `update delivery set tries = tries + 1, refusals = refusals + case when :refused::boolean then 1 else 0 end,
       state = case when :next::bigint is null then 'dead' else 'pending' end, next_at = coalesce(:next::bigint, next_at),
       last_error = :why::text, updated_at = :now::bigint
     where delivery_id = :id::text and state = 'pending'`,
    { id, refused, next: nextAt, why: reasonOf(why), now },
  );
}

/** Nothing arrives on a channel: all that is pending for it waits until `until`, and what was so since `giveUpBefore` is given up. */
export async function putOffChannel(
  { sql }: World,
  channelId: string,
  { until, giveUpBefore, why, now }: PutOff,
): Promise<void> {
  await sql.query(
    `with off as (update channel set failures = failures + 1 where channel_id = :channel::text)
     update delivery set next_at = greatest(next_at, :until::bigint),
       state = case when since <= :give_up::bigint then 'dead' else state end,
       last_error = case when since <= :give_up::bigint then :why::text else last_error end, updated_at = :now::bigint
     where channel_id = :channel::text and state = 'pending' and (next_at < :until::bigint or since <= :give_up::bigint)`,
    { channel: channelId, until, give_up: giveUpBefore, why: reasonOf(why), now },
  );
}

export interface PutOff {
  readonly until: number;
  readonly giveUpBefore: number;
  readonly why: string;
  readonly now: number;
}

/** Something arrives on a channel again, or may: what waited for that is due, what was never tried alone or everything. */
export async function resumeChannel(
  { sql }: World,
  channelId: string,
  what: 'untried' | 'all',
  now: number,
): Promise<void> {
  await sql.query(
    `with on_again as (update channel set failures = 0 where channel_id = :channel::text)
     update delivery set next_at = :now::bigint
     where channel_id = :channel::text and state = 'pending' and next_at > :now::bigint
       and (tries = 0 or :all::boolean)`,
    { channel: channelId, all: what === 'all', now },
  );
}

/** When the next of an account's notices may be sent; null when none is pending. */
export async function nextDue({ sql }: World, account: string): Promise<number | null> {
  const [row] = await sql.query<{ next_at: number | null }>(
    `select min(d.next_at) as next_at from delivery d join channel c on c.channel_id = d.channel_id
     where d.account = :account::text and d.state = 'pending' and c.enabled
       and not exists (select 1 from delivery b where b.ordering_key = d.ordering_key
         and b.state = 'pending' and b.delivery_no < d.delivery_no)`,
    { account },
  );
  return row?.next_at ?? null;
}

/** What PostgreSQL takes as text, and people read. */
function reasonOf(why: string): string {
  return why.replaceAll('\0', '').slice(0, 1000).toWellFormed();
}

/** Details that are too much for a row are left out, and said to be: the event has them. */
function noticeOf(row: SqlRow, now: number): DueNotice {
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  return {
    id: String(row['delivery_id']),
    account: String(row['account']),
    email: text('email'),
    type: row['notice_type'] as NoticeType,
    tries: Number(row['tries']),
    refusals: Number(row['refusals']),
    since: Number(row['since']),
    createdAt: Number(row['created_at']),
    now,
    event: {
      eventNo: Number(row['event_no']),
      id: String(row['event_id']),
      account: String(row['account']),
      type: String(row['type']),
      level: row['level'] === 'error' ? 'error' : 'info',
      message: String(row['message']),
      details: row['details'] === null ? { details_complete: false } : JSON.parse(String(row['details'])),
      resourceType: String(row['resource_type']),
      resourceId: String(row['resource_id']),
      service: String(row['service']),
      requestId: text('request_id'),
      subscriptionKey: text('subscription_key'),
      at: Number(row['at']),
    },
  };
}
