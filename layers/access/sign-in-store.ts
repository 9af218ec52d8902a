import type { Sql } from '#platform/sql.ts';
import type { AccountState } from './account.ts';
import type { Role } from './permissions.ts';

type World = { readonly sql: Sql };

/** All that is asked of the database when somebody signs in. */
export interface SignIn {
  readonly user: string;
  readonly userId: string;
  /** Stored form of password.ts; null: there is none. */
  readonly password: string | null;
  readonly passwordAt: number;
  readonly home: {
    readonly account: string;
    readonly admin: boolean;
    readonly state: AccountState;
    readonly role: Role;
  };
  /** In the account that was asked for; null where the user is no member, or there is no such account. */
  readonly member: { readonly role: Role; readonly state: AccountState } | null;
  /** Of the key by which the user was looked up. */
  readonly key: { readonly hash: string; readonly role: Role | null; readonly expiresAt: number | null } | null;
}

/** By what a user is looked up: exactly one of them. */
export interface Who {
  readonly name?: string;
  readonly id?: string;
  readonly key?: string;
}

/** The user, with what it may do in an account (the own one for null), in one statement; null when there is none. */
export async function findSignIn({ sql }: World, who: Who, account: string | null): Promise<SignIn | null> {
  const rows = await sql.query(
    `select u.user_name, u.user_id, u.password, u.password_at, h.account as home, h.type, h.state,
            coalesce(own.role, 'read-only') as own_role, m.role, t.state as target_state,
            k.hash, k.role as key_role, k.expires_at
     from app_user u
     join account h on h.account = u.account
     left join account_member own on own.user_name = u.user_name and own.account = u.account
     left join account t on t.account = coalesce(:account::text, u.account)
     left join account_member m on m.user_name = u.user_name and m.account = t.account
     left join api_key k on k.key_id = :key::text
     where u.user_name = coalesce(:name::text, (select user_name from app_user where user_id = :id::text),
                                  (select user_name from api_key where key_id = :key::text))`,
    { name: who.name ?? null, id: who.id ?? null, key: who.key ?? null, account },
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    user: String(row['user_name']),
    userId: String(row['user_id']),
    password: row['password'] === null ? null : String(row['password']),
    passwordAt: Number(row['password_at']),
    home: {
      account: String(row['home']),
      admin: row['type'] !== 'user',
      state: row['state'] as AccountState,
      role: row['own_role'] as Role,
    },
    member: row['role'] === null ? null : { role: row['role'] as Role, state: row['target_state'] as AccountState },
    key:
      row['hash'] === null
        ? null
        : {
            hash: String(row['hash']),
            role: row['key_role'] as Role | null,
            expiresAt: row['expires_at'] === null ? null : Number(row['expires_at']),
          },
  };
}
