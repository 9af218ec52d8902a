import { Fault } from '#core/fault.ts';
import { scramVerifier } from './scram-verifier.ts';
import type { Sql } from './sql.ts';

/** Who the program is in the database. */
export interface DatabaseLogin {
  readonly name: string;
  readonly password: string;
}

/**
 * Makes the role that everything but the migrator works as, or gives it its password anew: it may read and write rows and keep tables
 * tidy, and change no table; the journal of migrations it may read. Run after every migration, because rights are on the tables that are there.
 * Throws `input/invalid` for a name or password that PostgreSQL would take in another meaning.
 */
export async function ensureRole(sql: Sql, { name, password }: DatabaseLogin): Promise<void> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name))
    throw new Fault('input/invalid', 'The name of the database role is not of a-z, 0-9 and _; look at its secret');
  if (!/^[\x21-\x7e]{8,128}$/.test(password))
    throw new Fault('input/invalid', 'The password of the database role is not 8 to 128 characters of printable ASCII');
  const [known] = await sql.query('select 1 as one from pg_roles where rolname = :name::text', { name });
  if (known === undefined) await sql.query(`create role ${name} login`);
  await sql.query(`alter role ${name} login password '${scramVerifier(password)}'`);
  await sql.query(`grant usage on schema public to ${name}`);
  await sql.query(`grant select, insert, update, delete on all tables in schema public to ${name}`);
  await sql.query(`grant usage, select on all sequences in schema public to ${name}`);
  await sql.query(`revoke insert, update, delete on migration from ${name}`);
  // VACUUM and ANALYZE by others than the owner are a right of their own since PostgreSQL 17.
  const [server] = await sql.query<{ version: number }>("select current_setting('server_version_num')::int as version");
  if ((server?.version ?? 0) >= 170_000) await sql.query(`grant maintain on all tables in schema public to ${name}`);
}
