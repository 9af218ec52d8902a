import type { Sql } from '#platform/sql.ts';

type World = { readonly sql: Sql };

/** Events of one statement. */
const pageSize = 200;

/**
 * Makes deliveries of what happened in an account and is not noticed yet, in the order of the events, and marks it noticed: all in one
 * statement, up to 200 events. What somebody may have a subscription for is told where that is active; any other event where its level is
 * wanted. Gives how many events there were.
 */
export async function noticeEvents({ sql }: World, account: string, now: number): Promise<number> {
  const [row] = await sql.query<{ noticed: number }>(
    `with fresh as (
       select event_no, event_id, level, resource_type, resource_id, subscription_type, subscription_key
       from event_log where account = :account::text and not noticed order by event_no limit :page::int for update skip locked),
     heard as (
       select f.* from fresh f
       where f.subscription_type is null or exists (
         select 1 from subscription s where s.account = :account::text and s.subscription_type = f.subscription_type
           and s.subscription_key = f.subscription_key and s.active)),
     made as (
       insert into delivery (delivery_id, account, channel_id, event_no, notice_type, ordering_key, state, tries, refusals, since, next_at,
         created_at, updated_at)
       select md5(h.event_id || ' ' || c.channel_id), :account::text, c.channel_id, h.event_no, coalesce(h.subscription_type, 'event_log'),
         md5(c.channel_id || ' ' || coalesce(h.subscription_type || ' ' || h.subscription_key, h.resource_type || ' ' || h.resource_id)),
         'pending', 0, 0, :now::bigint, :now::bigint, :now::bigint, :now::bigint
       from heard h join channel c on c.account = :account::text and c.enabled
       where (c.notice_types is null or jsonb_exists(c.notice_types, coalesce(h.subscription_type, 'event_log')))
         and (h.subscription_type is not null or jsonb_exists(c.levels, h.level))
       order by h.event_no, c.channel_id
       on conflict do nothing),
     marked as (
       update event_log e set noticed = true from fresh f where e.event_no = f.event_no returning 1)
     select count(*)::int as noticed from marked`,
    { account, now, page: pageSize },
  );
  return row?.noticed ?? 0;
}

/** Whether {@link noticeEvents} takes no more than a page has. */
export function isLastPage(noticed: number): boolean {
  return noticed < pageSize;
}

/** Accounts with names behind `after` that have something to notice or to send by now, by name; so many at most. */
export async function accountsWithNotices(
  { sql }: World,
  now: number,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await sql.query<{ account: string }>(
    `select a.account from account a
     where a.account > :after::text and (
       exists (select 1 from event_log e where e.account = a.account and not e.noticed)
       or exists (select 1 from delivery d join channel c on c.channel_id = d.channel_id
         where d.account = a.account and d.state = 'pending' and d.next_at <= :now::bigint and c.enabled))
     order by a.account limit :limit::int`,
    { now, after, limit },
  );
  return rows.map(({ account }) => account);
}

/**
 * Notes that an account's notices are looked at again at a time, unless a message for an earlier one (not yet past) is on its way; true when
 * whoever asks has to send that message.
 */
export async function claimWake({ sql }: World, account: string, at: number, now: number): Promise<boolean> {
  const rows = await sql.query(
    `insert into notice_wake as w (account, wake_at) select a.account, :at::bigint from account a where a.account = :account::text
     on conflict (account) do update set wake_at = excluded.wake_at where w.wake_at <= :now::bigint or w.wake_at > excluded.wake_at
     returning wake_at`,
    { account, at, now },
  );
  return rows.length === 1;
}
