import type { Sql, SqlRow } from '#platform/sql.ts';
import type { NoticeType } from '#schema/channel-settings.ts';
import type { Delivery, DeliveryState } from './delivery.ts';

type World = { readonly sql: Sql };

export interface DeliveryPage {
  readonly state: DeliveryState | null;
  readonly channelId: string | null;
  /** Those before this number; null: the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** Deliveries of an account, newest first; at most 500. */
export async function listDeliveries(
  { sql }: World,
  account: string,
  page: DeliveryPage,
): Promise<readonly Delivery[]> {
  const { state, channelId: channel, before, limit } = page;
  const rows = await sql.query(
    `select ${columns} from delivery d join event_log e on e.event_no = d.event_no
     where d.account = :account::text and (:state::text is null or d.state = :state::text)
       and (:channel::text is null or d.channel_id = :channel::text) and (:before::bigint is null or d.delivery_no < :before::bigint)
     order by d.delivery_no desc limit :limit::int`,
    { account, state, channel, before, limit: Math.min(limit, 500) },
  );
  return rows.map(deliveryOf);
}

/** A delivery is to be sent again from now on, as if it were new, in its old place; false when the account has none of this id. */
export async function sendAgain({ sql }: World, account: string, id: string, now: number): Promise<boolean> {
  const rows = await sql.query(
    `update delivery set state = 'pending', tries = 0, refusals = 0, since = :now::bigint, next_at = :now::bigint, updated_at = :now::bigint
     where delivery_id = :id::text and account = :account::text returning delivery_id`,
    { account, id, now },
  );
  return rows.length === 1;
}

/** Forgets up to `limit` deliveries that were made before one time, or given up before another; how many. */
export async function pruneDeliveries(
  { sql }: World,
  before: { readonly delivered: number; readonly dead: number },
  limit: number,
): Promise<number> {
  const [row] = await sql.query<{ pruned: number }>(
    `with old as (
       delete from delivery where delivery_no in (
         select delivery_no from delivery
         where state <> 'pending' and (state = 'delivered' and updated_at < :delivered::bigint or state = 'dead' and updated_at < :dead::bigint)
         order by updated_at limit :limit::int)
       returning 1)
     select count(*)::int as pruned from old`,
    { ...before, limit },
  );
  return row?.pruned ?? 0;
}

/** Removes up to `limit` deliveries of an account, or of one channel of it; how many. */
export async function removeDeliveries(
  { sql }: World,
  account: string,
  channelId: string | null,
  limit: number,
): Promise<number> {
  const [row] = await sql.query<{ removed: number }>(
    `with gone as (
       delete from delivery where delivery_no in (
         select delivery_no from delivery
         where account = :account::text and (:channel::text is null or channel_id = :channel::text) limit :limit::int)
       returning 1)
     select count(*)::int as removed from gone`,
    { account, channel: channelId, limit },
  );
  return row?.removed ?? 0;
}

const columns = `d.delivery_no, d.delivery_id, d.channel_id, d.notice_type, d.state, d.tries, d.next_at, d.last_error, d.created_at,
  d.updated_at, e.event_id, e.type, e.subscription_key`;

function deliveryOf(row: SqlRow): Delivery {
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  return {
    no: Number(row['delivery_no']),
    id: String(row['delivery_id']),
    channelId: String(row['channel_id']),
    eventId: String(row['event_id']),
    eventType: String(row['type']),
    noticeType: row['notice_type'] as NoticeType,
    subscriptionKey: text('subscription_key'),
    state: row['state'] as DeliveryState,
    tries: Number(row['tries']),
    nextAt: Number(row['next_at']),
    lastError: text('last_error'),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}
