import { Fault } from '#core/fault.ts';
import type { Sql, SqlRow } from '#platform/sql.ts';
import { type Account, type AccountState, statesBefore } from './account.ts';

type World = { readonly sql: Sql };

/** An account to be made, with its first user where one is named; that user has full control. */
export interface NewAccount {
  readonly name: string;
  readonly type: 'user' | 'admin';
  readonly email?: string | null;
  readonly user?: string;
  /** Stored form of password.ts. */
  readonly password?: string;
}

/** Makes an account and its first user, both or neither; false when the account is there already. */
export async function addAccount({ sql }: World, account: NewAccount, now: number): Promise<boolean> {
  const rows = await sql.query(
    `with a as (
       insert into account (account, type, state, email, created_at, updated_at)
       values (:account::text, :type::text, 'enabled', :email::text, :now::bigint, :now::bigint)
       on conflict do nothing returning account
     ), u as (
       insert into app_user (user_name, account, password, created_at, updated_at, password_at)
       select :user::text, a.account, :password::text, :now::bigint, :now::bigint, :now::bigint
       from a where :user::text is not null returning user_name, account
     ), m as (
       insert into account_member (user_name, account, role, created_at)
       select user_name, account, 'full-control', :now::bigint from u
     )
     select account from a`,
    {
      account: account.name,
      type: account.type,
      email: account.email ?? null,
      user: account.user ?? null,
      password: account.password ?? null,
      now,
    },
  );
  return rows.length === 1;
}

/** The account of a name, or null. */
export async function findAccount({ sql }: World, name: string): Promise<Account | null> {
  const rows = await sql.query(
    'select account, type, state, email, created_at, updated_at from account where account = :account::text',
    { account: name },
  );
  return rows[0] === undefined ? null : accountOf(rows[0]);
}

/** The account of a name. Throws `state/not-found` when there is none: what it would own could not be stored. */
export async function requireAccount(world: World, name: string): Promise<Account> {
  const account = await findAccount(world, name);
  if (account === null) throw new Fault('state/not-found', `there is no account '${name.slice(0, 128)}'`);
  return account;
}

/** Up to `limit` (at most 500) accounts with names after `after`, by name; of one state, or of all for null. */
export async function listAccounts(
  { sql }: World,
  page: { readonly state: AccountState | null; readonly after: string; readonly limit: number },
): Promise<readonly Account[]> {
  const rows = await sql.query(
    `select account, type, state, email, created_at, updated_at from account
     where account > :after::text and (:state::text is null or state = :state::text)
     order by account limit :limit::int`,
    { ...page, limit: Math.min(page.limit, 500) },
  );
  return rows.map(accountOf);
}

/** Moves an account to a state from one that allows it; false when it is in another, or not there. */
export async function moveAccount(
  { sql }: World,
  name: string,
  state: 'enabled' | 'disabled',
  now: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update account set state = :state::text, updated_at = :now::bigint
     where account = :account::text and state in (select jsonb_array_elements_text(:from::jsonb)) returning account`,
    { account: name, state, now, from: JSON.stringify(statesBefore(state)) },
  );
  return rows.length === 1;
}

/** Begins to delete a disabled account: its users, their keys and all roles in it go at once. False as {@link moveAccount}. */
export async function beginDeletion({ sql }: World, name: string, now: number): Promise<boolean> {
  const rows = await sql.query(
    `with a as (
       update account set state = 'deleting', updated_at = :now::bigint
       where account = :account::text and state in (select jsonb_array_elements_text(:from::jsonb)) returning account
     ), u as (
       delete from app_user where account in (select account from a)
     ), m as (
       delete from account_member where account in (select account from a)
     )
     select account from a`,
    { account: name, now, from: JSON.stringify(statesBefore('deleting')) },
  );
  return rows.length === 1;
}

/** Removes an account that is being deleted and whose images are gone; false while there are any. */
export async function removeAccount({ sql }: World, name: string): Promise<boolean> {
  const rows = await sql.query(
    `delete from account a where a.account = :account::text and a.state = 'deleting'
     and not exists (select 1 from image i where i.account = a.account) returning a.account`,
    { account: name },
  );
  return rows.length === 1;
}

function accountOf(row: SqlRow): Account {
  return {
    name: String(row['account']),
    type: row['type'] as Account['type'],
    state: row['state'] as AccountState,
    email: row['email'] === null ? null : String(row['email']),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}
