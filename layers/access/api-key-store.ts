import type { Sql, SqlRow } from '#platform/sql.ts';
import type { Role } from './permissions.ts';

type World = { readonly sql: Sql };

/** What is known of a key; its secret is nowhere. */
export interface StoredApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

/** Keys that one user may have. */
export const maxApiKeys = 50;

/** Stores a key; false when the user has as many as there may be. */
export async function addApiKey(
  { sql }: World,
  user: string,
  key: StoredApiKey & { readonly hash: string },
): Promise<boolean> {
  // Requests at the same moment may pass the number by as many as they are, which harms nothing.
  const rows = await sql.query(
    `insert into api_key (key_id, user_name, name, hash, role, created_at, expires_at)
     select :id::text, user_name, :name::text, :hash::text, :role::text, :createdAt::bigint, :expiresAt::bigint
     from app_user where user_name = :user::text and (select count(*) from api_key where user_name = :user::text) < :most::int
     returning key_id`,
    { ...key, user, most: maxApiKeys },
  );
  return rows.length === 1;
}

/** The keys of a user, the newest first. */
export async function listApiKeys({ sql }: World, user: string): Promise<readonly StoredApiKey[]> {
  const rows = await sql.query(
    `select key_id, name, role, created_at, expires_at from api_key where user_name = :user::text
     order by created_at desc, key_id`,
    { user },
  );
  return rows.map(keyOf);
}

/** Revokes a key of a user, at once; false when there is none of this id. */
export async function deleteApiKey({ sql }: World, user: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from api_key where user_name = :user::text and key_id = :id::text returning key_id',
    { user, id },
  );
  return rows.length === 1;
}

function keyOf(row: SqlRow): StoredApiKey {
  return {
    id: String(row['key_id']),
    name: String(row['name']),
    role: row['role'] as Role | null,
    createdAt: Number(row['created_at']),
    expiresAt: row['expires_at'] === null ? null : Number(row['expires_at']),
  };
}
