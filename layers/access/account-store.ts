import { Fault } from '#core/fault.ts';
import type { Sql } from '#platform/sql.ts';

type World = { readonly sql: Sql };

export interface StoredUser {
  readonly user: string;
  readonly account: string;
  /** Stored form of password.ts. */
  readonly password: string;
  readonly accountType: 'user' | 'admin' | 'service';
  readonly accountState: 'enabled' | 'disabled' | 'deleting';
}

/** The user of a name with its account; null when there is none. */
export async function findUser({ sql }: World, user: string): Promise<StoredUser | null> {
  const rows = await sql.query<{ user_name: string; account: string; password: string; type: string; state: string }>(
    `select u.user_name, u.account, u.password, a.type, a.state from app_user u join account a on a.account = u.account
     where u.user_name = :name::text`,
    { name: user },
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    user: row.user_name,
    account: row.account,
    password: row.password,
    accountType: row.type as StoredUser['accountType'],
    accountState: row.state as StoredUser['accountState'],
  };
}

/** Makes an account and its first user, both or neither; false when the account is there already. */
export async function addAccount(
  { sql }: World,
  account: { readonly name: string; readonly type: 'user' | 'admin'; readonly user: string; readonly password: string },
  now: number,
): Promise<boolean> {
  const rows = await sql.query(
    `with a as (
       insert into account (account, type, state, created_at, updated_at)
       values (:account::text, :type::text, 'enabled', :now::bigint, :now::bigint) on conflict do nothing returning account
     )
     insert into app_user (user_name, account, password, created_at, updated_at)
     select :user::text, a.account, :password::text, :now::bigint, :now::bigint from a returning user_name`,
    { account: account.name, type: account.type, user: account.user, password: account.password, now },
  );
  return rows.length === 1;
}

/** Replaces a user's stored password. */
export async function setPassword({ sql }: World, user: string, password: string, now: number): Promise<void> {
  await sql.query(
    `update app_user set password = :password::text, updated_at = :now::bigint where user_name = :name::text`,
    {
      name: user,
      password,
      now,
    },
  );
}

/** Throws `state/not-found` when there is no account of this name: what it would own could not be stored. */
export async function requireAccount({ sql }: World, account: string): Promise<void> {
  const rows = await sql.query('select account from account where account = :account::text', { account });
  if (rows.length === 0) throw new Fault('state/not-found', `there is no account '${account.slice(0, 128)}'`);
}
