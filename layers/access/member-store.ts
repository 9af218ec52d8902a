import type { Sql } from '#platform/sql.ts';
import type { Role } from './permissions.ts';

type World = { readonly sql: Sql };

/** What a user may do in an account. */
export interface Member {
  readonly user: string;
  /** The account that the user belongs to, which may be another. */
  readonly home: string;
  readonly role: Role;
  readonly since: number;
}

/** Up to `limit` (at most 500) members of an account with names after `after`, by name. */
export async function listMembers(
  { sql }: World,
  account: string,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly Member[]> {
  const rows = await sql.query(
    `select m.user_name, u.account as home, m.role, m.created_at from account_member m
     join app_user u on u.user_name = m.user_name
     where m.account = :account::text and m.user_name > :after::text order by m.user_name limit :limit::int`,
    { account, after: page.after, limit: Math.min(page.limit, 500) },
  );
  return rows.map((row) => ({
    user: String(row['user_name']),
    home: String(row['home']),
    role: row['role'] as Role,
    since: Number(row['created_at']),
  }));
}

/** Gives a user a role in an account, in place of the one that was; false when the user or the account is not there. */
export async function setRole(
  { sql }: World,
  member: { readonly account: string; readonly user: string; readonly role: Role },
  now: number,
): Promise<boolean> {
  const rows = await sql.query(
    `insert into account_member as m (user_name, account, role, created_at)
     select u.user_name, a.account, :role::text, :now::bigint from app_user u, account a
     where u.user_name = :user::text and a.account = :account::text and a.state <> 'deleting'
     on conflict (user_name, account) do update set role = excluded.role, created_at = excluded.created_at
     returning m.role`,
    { ...member, now },
  );
  return rows.length === 1;
}

/** Takes away what a user of another account may do in this one; false when there is no such guest. */
export async function removeGuest({ sql }: World, account: string, user: string): Promise<boolean> {
  const rows = await sql.query(
    `delete from account_member m using app_user u
     where m.account = :account::text and m.user_name = :user::text and u.user_name = m.user_name and u.account <> m.account
     returning m.user_name`,
    { account, user },
  );
  return rows.length === 1;
}
