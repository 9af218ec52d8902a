import type { Sql, SqlRow } from '#platform/sql.ts';
import type { AccountRegistry, RegistryType } from './account-registry.ts';
import { parseRegistryName } from './registry-name.ts';

type World = { readonly sql: Sql };

/** Adds a registry; false when the account has one of that name, or of another name for the same. */
export async function insertRegistry({ sql }: World, registry: AccountRegistry): Promise<boolean> {
  const { host, path, wildcard } = parseRegistryName(registry.name);
  const rows = await sql.query(
    `insert into registry (account, name, host, path, wildcard, type, user_name, title, verify, created_at, updated_at)
     values (:account::text, :name::text, :host::text, :path::text, :wildcard::boolean, :type::text, :user::text, :title::text,
       :verify::boolean, :created::bigint, :updated::bigint)
     on conflict do nothing returning name`,
    {
      ...{ account: registry.account, name: registry.name, host, path, wildcard, type: registry.type },
      ...{ user: registry.user, title: registry.title, verify: registry.verify },
      ...{ created: registry.createdAt, updated: registry.updatedAt },
    },
  );
  return rows.length === 1;
}

/** Writes what may change of a registry; false when it is gone. */
export async function replaceRegistry({ sql }: World, registry: AccountRegistry): Promise<boolean> {
  const { account, name, type, user, title, verify, updatedAt } = registry;
  const rows = await sql.query(
    `update registry set type = :type::text, user_name = :user::text, title = :title::text, verify = :verify::boolean,
       updated_at = :updated::bigint
     where account = :account::text and name = :name::text returning name`,
    { account, name, type, user, title, verify, updated: updatedAt },
  );
  return rows.length === 1;
}

/** Removes a registry; nothing happens when there is none. */
export async function deleteRegistry({ sql }: World, account: string, name: string): Promise<void> {
  await sql.query('delete from registry where account = :account::text and name = :name::text', { account, name });
}

/** The registry of a name; null when the account has none. */
export async function getRegistry({ sql }: World, account: string, name: string): Promise<AccountRegistry | null> {
  const rows = await sql.query<RegistryRow>(
    `select ${columns} from registry where account = :account::text and name = :name::text`,
    { account, name },
  );
  return rows[0] === undefined ? null : registryOf(rows[0]);
}

/** Registries of an account by name, those behind `after`, so many at most. */
export async function listRegistries(
  { sql }: World,
  account: string,
  after: string,
  limit: number,
): Promise<readonly AccountRegistry[]> {
  const rows = await sql.query<RegistryRow>(
    `select ${columns} from registry where account = :account::text and name > :after::text order by name limit :limit::int`,
    { account, after, limit },
  );
  return rows.map(registryOf);
}

/** The most specific registry of an account that a repository belongs to: itself, else the longest beginning of it, else its host. */
export async function findRegistry(
  { sql }: World,
  account: string,
  host: string,
  repository: string,
): Promise<AccountRegistry | null> {
  const rows = await sql.query<RegistryRow>(
    `select ${columns} from registry
     where account = :account::text and host = :host::text
       and (path = '' or path = :repository::text or wildcard and starts_with(:repository::text, path))
     order by path <> '' and not wildcard desc, length(path) desc, wildcard desc limit 1`,
    { account, host: host.toLowerCase(), repository },
  );
  return rows[0] === undefined ? null : registryOf(rows[0]);
}

const columns = 'account, name, type, user_name, title, verify, created_at, updated_at';

type RegistryRow = SqlRow & {
  account: string;
  name: string;
  type: string;
  user_name: string;
  title: string;
  verify: boolean;
  created_at: number;
  updated_at: number;
};

function registryOf(row: RegistryRow): AccountRegistry {
  const { account, name, title, verify } = row;
  const [createdAt, updatedAt] = [row.created_at, row.updated_at];
  return { account, name, type: row.type as RegistryType, user: row.user_name, title, verify, createdAt, updatedAt };
}
