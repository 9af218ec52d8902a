import type { Sql, SqlRow } from '#platform/sql.ts';
import type { ChannelType } from '#schema/channel-settings.ts';
import type { AccountChannel } from './account-channel.ts';

type World = { readonly sql: Sql };

/** Adds a channel; false when the account has one of that name, or `most` already. */
export async function insertChannel({ sql }: World, channel: AccountChannel, most: number): Promise<boolean> {
  const { id, account, name, type, createdAt } = channel;
  const rows = await sql.query(
    `insert into channel (${added})
     select :id::text, :account::text, :name::text, :type::text, :settings::jsonb, :target::text, :types::jsonb, :levels::jsonb,
       :enabled::boolean, :created::bigint, :updated::bigint
     where (select count(*) from channel where account = :account::text) < :most::int
     on conflict do nothing returning channel_id`,
    { id, account, name, type, created: createdAt, most, ...changing(channel) },
  );
  return rows.length === 1;
}

/** Writes what may change of a channel; false when it is gone, or another has its name. */
export async function replaceChannel({ sql }: World, channel: AccountChannel): Promise<boolean> {
  const { id, account, name } = channel;
  const rows = await sql.query(
    `update channel c set name = :name::text, settings = :settings::jsonb, target = :target::text, notice_types = :types::jsonb,
       levels = :levels::jsonb, enabled = :enabled::boolean, updated_at = :updated::bigint
     where channel_id = :id::text and account = :account::text
       and not exists (select 1 from channel o where o.account = c.account and o.name = :name::text and o.channel_id <> c.channel_id)
     returning channel_id`,
    { id, account, name, ...changing(channel) },
  );
  return rows.length === 1;
}

/** Removes a channel with its deliveries; nothing happens when there is none. */
export async function deleteChannel({ sql }: World, account: string, id: string): Promise<void> {
  await sql.query('delete from channel where channel_id = :id::text and account = :account::text', { account, id });
}

/** The account's channel of an id, or null. */
export async function getChannel({ sql }: World, account: string, id: string): Promise<AccountChannel | null> {
  const rows = await sql.query(
    `select ${columns} from channel where channel_id = :id::text and account = :account::text`,
    { account, id },
  );
  return rows[0] === undefined ? null : channelOfRow(rows[0]);
}

/** Channels of an account by name, behind `after`, so many at most (200). */
export async function listChannels(
  { sql }: World,
  account: string,
  after: string,
  limit: number,
): Promise<readonly AccountChannel[]> {
  const rows = await sql.query(
    `select ${columns} from channel where account = :account::text and name > :after::text order by name limit :limit::int`,
    { account, after, limit: Math.min(limit, 200) },
  );
  return rows.map(channelOfRow);
}

/** The enabled channels of an account for which something is due; at most 200. */
export async function listDueChannels(
  { sql }: World,
  account: string,
  now: number,
): Promise<readonly AccountChannel[]> {
  const rows = await sql.query(
    `select ${columns} from channel c
     where account = :account::text and enabled
       and exists (select 1 from delivery d where d.channel_id = c.channel_id and d.state = 'pending' and d.next_at <= :now::bigint
         and not exists (select 1 from delivery b where b.ordering_key = d.ordering_key
           and b.state = 'pending' and b.delivery_no < d.delivery_no))
     order by c.name limit 200`,
    { account, now },
  );
  return rows.map(channelOfRow);
}

const added =
  'channel_id, account, name, type, settings, target, notice_types, levels, enabled, created_at, updated_at';

const columns = `${added}, failures`;

function changing({ settings, target, noticeTypes, levels, enabled, updatedAt }: AccountChannel) {
  return {
    settings: JSON.stringify(settings),
    target,
    types: noticeTypes === null ? null : JSON.stringify(noticeTypes),
    levels: JSON.stringify(levels),
    enabled,
    updated: updatedAt,
  };
}

function channelOfRow(row: SqlRow): AccountChannel {
  const types = row['notice_types'];
  return {
    id: String(row['channel_id']),
    account: String(row['account']),
    name: String(row['name']),
    type: row['type'] as ChannelType,
    settings: JSON.parse(String(row['settings'])),
    target: String(row['target']),
    noticeTypes: types === null ? null : JSON.parse(String(types)),
    levels: JSON.parse(String(row['levels'])),
    enabled: row['enabled'] === true,
    failures: Number(row['failures']),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}
