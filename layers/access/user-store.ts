import type { Sql, SqlRow } from '#platform/sql.ts';

type World = { readonly sql: Sql };

/** Somebody who signs in. Names are unique over all accounts. */
export interface User {
  readonly name: string;
  /** Stays with the user and comes back with no other. */
  readonly id: string;
  readonly account: string;
  /** Stored form of password.ts; null: no password lets this user in. */
  readonly password: string | null;
  /** When the password was set. */
  readonly passwordAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The user of a name, of whatever account; null when there is none. */
export async function findUser({ sql }: World, name: string): Promise<User | null> {
  const rows = await sql.query(
    `select user_name, user_id, account, password, password_at, created_at, updated_at from app_user
     where user_name = :name::text`,
    { name },
  );
  return rows[0] === undefined ? null : userOf(rows[0]);
}

/** Up to `limit` (at most 500) users of an account with names after `after`, by name. */
export async function listUsers(
  { sql }: World,
  account: string,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly User[]> {
  const rows = await sql.query(
    `select user_name, user_id, account, password, password_at, created_at, updated_at from app_user
     where account = :account::text and user_name > :after::text order by user_name limit :limit::int`,
    { account, after: page.after, limit: Math.min(page.limit, 500) },
  );
  return rows.map(userOf);
}

/**
 * Makes a user with full control of the own account. Null when the name is taken, in whatever account, or the account is not
 * there or being deleted.
 */
export async function addUser(
  { sql }: World,
  user: { readonly account: string; readonly name: string; readonly password: string },
  now: number,
): Promise<User | null> {
  const rows = await sql.query(
    `with a as (
       select account from account where account = :account::text and state <> 'deleting' for update
     ), u as (
       insert into app_user (user_name, account, password, created_at, updated_at, password_at)
       select :name::text, account, :password::text, :now::bigint, :now::bigint, :now::bigint from a
       on conflict do nothing
       returning user_name, user_id, account, password, password_at, created_at, updated_at
     ), m as (
       insert into account_member (user_name, account, role, created_at)
       select user_name, account, 'full-control', :now::bigint from u
     )
     select * from u`,
    { ...user, now },
  );
  return rows[0] === undefined ? null : userOf(rows[0]);
}

/** Removes a user with all keys and roles; false when the account has none of this name. */
export async function deleteUser({ sql }: World, account: string, name: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from app_user where account = :account::text and user_name = :name::text returning user_name',
    { account, name },
  );
  return rows.length === 1;
}

/** Replaces a user's stored password, or removes it (null). What was signed in by the old one is signed in no longer. */
export async function setPassword({ sql }: World, name: string, password: string | null, now: number): Promise<void> {
  // Two changes within a millisecond are two moments.
  await sql.query(
    `update app_user set password = :password::text, updated_at = :now::bigint,
            password_at = greatest(:now::bigint, password_at + 1)
     where user_name = :name::text`,
    { name, password, now },
  );
}

function userOf(row: SqlRow): User {
  return {
    name: String(row['user_name']),
    id: String(row['user_id']),
    account: String(row['account']),
    password: row['password'] === null ? null : String(row['password']),
    passwordAt: Number(row['password_at']),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}
