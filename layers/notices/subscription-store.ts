import type { Sql, SqlRow } from '#platform/sql.ts';
import type { SubscriptionType } from '#schema/event-log.ts';
import { type Subscription, subscriptionId } from './subscription.ts';

type World = { readonly sql: Sql };

const columns =
  'subscription_id, account, subscription_key, subscription_type, subscription_value, active, created_at, updated_at';

/** A subscription that is to be there. */
export interface NewSubscription {
  readonly key: string;
  readonly type: SubscriptionType;
  readonly value?: string | null;
  readonly active: boolean;
}

/** Adds subscriptions, at most 1,000; those that are there keep their value, and are switched on where `active` says so, never off. */
export async function ensureSubscriptions(
  { sql }: World,
  account: string,
  wanted: readonly NewSubscription[],
  now: number,
): Promise<void> {
  const rows = wanted.map(({ key, type, value = null, active }) => ({
    id: subscriptionId(account, key, type),
    key,
    type,
    value,
    active,
  }));
  await sql.query(
    `insert into subscription as s (${columns})
     select w.id, :account::text, w.key, w.type, w.value, w.active, :now::bigint, :now::bigint
     from jsonb_to_recordset(:wanted::jsonb) as w (id text, key text, type text, value text, active boolean)
     on conflict (subscription_id) do update set active = true, updated_at = excluded.updated_at
       where excluded.active and not s.active`,
    { account, wanted: JSON.stringify(rows), now },
  );
}

/** Adds one subscription, or null when it is there. */
export async function addSubscription(
  { sql }: World,
  account: string,
  { key, type, value = null, active }: NewSubscription,
  now: number,
): Promise<Subscription | null> {
  const rows = await sql.query(
    `insert into subscription (${columns})
     values (:id::text, :account::text, :key::text, :type::text, :value::text, :active::boolean, :now::bigint, :now::bigint)
     on conflict do nothing returning ${columns}`,
    { id: subscriptionId(account, key, type), account, key, type, value, active, now },
  );
  return rows[0] === undefined ? null : subscriptionOf(rows[0]);
}

/** The account's subscription of an id, or null. */
export async function findSubscription({ sql }: World, account: string, id: string): Promise<Subscription | null> {
  const rows = await sql.query(
    `select ${columns} from subscription where subscription_id = :id::text and account = :account::text`,
    { id, account },
  );
  return rows[0] === undefined ? null : subscriptionOf(rows[0]);
}

/** Up to `limit` (at most 500) of an account's subscriptions with ids after `after`, by id; null: of every key, of every type. */
export async function listSubscriptions(
  { sql }: World,
  account: string,
  page: {
    readonly key: string | null;
    readonly type: SubscriptionType | null;
    readonly after: string;
    readonly limit: number;
  },
): Promise<readonly Subscription[]> {
  const rows = await sql.query(
    `select ${columns} from subscription where account = :account::text and subscription_id > :after::text
       and (:key::text is null or subscription_key = :key::text) and (:type::text is null or subscription_type = :type::text)
     order by subscription_id limit :limit::int`,
    { account, ...page, limit: Math.min(page.limit, 500) },
  );
  return rows.map(subscriptionOf);
}

/** Up to `limit` (at most 500) active subscriptions of a type, of all accounts that are enabled, with ids after `after`, by id. */
export async function listActive(
  { sql }: World,
  page: { readonly type: SubscriptionType; readonly after: string; readonly limit: number },
): Promise<readonly Subscription[]> {
  const rows = await sql.query(
    `select ${columns} from subscription s where active and subscription_type = :type::text and subscription_id > :after::text
       and exists (select 1 from account a where a.account = s.account and a.state = 'enabled')
     order by subscription_id limit :limit::int`,
    { ...page, limit: Math.min(page.limit, 500) },
  );
  return rows.map(subscriptionOf);
}

/** Changes what is given of a subscription; null when the account has none of this id. */
export async function changeSubscription(
  { sql }: World,
  account: string,
  id: string,
  change: { readonly active?: boolean; readonly value?: string | null },
  now: number,
): Promise<Subscription | null> {
  const rows = await sql.query(
    `update subscription set active = coalesce(:active::boolean, active),
       subscription_value = case when :valued::boolean then :value::text else subscription_value end, updated_at = :now::bigint
     where subscription_id = :id::text and account = :account::text returning ${columns}`,
    {
      id,
      account,
      active: change.active ?? null,
      valued: change.value !== undefined,
      value: change.value ?? null,
      now,
    },
  );
  return rows[0] === undefined ? null : subscriptionOf(rows[0]);
}

/** Writes the value of a subscription, if it is still the one that was read. */
export async function replaceValue(
  { sql }: World,
  id: string,
  was: string | null,
  value: string,
  now: number,
): Promise<void> {
  await sql.query(
    `update subscription set subscription_value = :value::text, updated_at = :now::bigint
     where subscription_id = :id::text and subscription_value is not distinct from :was::text`,
    { id, was, value, now },
  );
}

/** Removes a subscription; false when there was none. */
export async function removeSubscription({ sql }: World, account: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from subscription where subscription_id = :id::text and account = :account::text returning subscription_id',
    { id, account },
  );
  return rows.length === 1;
}

function subscriptionOf(row: SqlRow): Subscription {
  const value = row['subscription_value'];
  return {
    id: String(row['subscription_id']),
    account: String(row['account']),
    key: String(row['subscription_key']),
    type: row['subscription_type'] as SubscriptionType,
    value: value === null ? null : String(value),
    active: row['active'] === true,
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}
