import { randomUUID } from 'node:crypto';
import { openPgSql } from '#platform/local/pg-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import type { OpenSql } from '#platform/sql.ts';
import { testSql } from './database.ts';

/** A database on which a contract of the platform is tried; with `skip` it is not there, and why. */
export interface TestDatabase {
  readonly name: string;
  readonly skip: boolean;
  /**
   * It is behind a service that refuses too large answers before they are seen, and passes on the message of an error but
   * not its fields: Faults say less.
   */
  readonly tellsLess?: true;
  /** Migrated; what is written must be taken away again before it is disposed of. */
  open(): Promise<OpenSql>;
}

const url = process.env['PLIMSOLL_TEST_DATABASE_URL'];

export const testDatabases: readonly TestDatabase[] = [
  {
    name: 'PGlite',
    skip: false,
    // The one of the process, which lives on.
    open: async () => ({ ...(await testSql()), async [Symbol.asyncDispose]() {} }),
  },
  {
    name: url === undefined ? 'PostgreSQL (not tried: PLIMSOLL_TEST_DATABASE_URL is not set)' : 'PostgreSQL',
    skip: url === undefined,
    open: () => openSchema(url ?? ''),
  },
];

/** A schema of its own in the database of the URL, dropped at the end. */
async function openSchema(address: string): Promise<OpenSql> {
  const schema = `test_${randomUUID().replaceAll('-', '')}`;
  const inSchema = new URL(address);
  inSchema.searchParams.set('options', `-c search_path=${schema}`);
  const admin = openPgSql(address);
  await admin.query(`create schema ${schema}`);
  const sql = openPgSql(inSchema.href);
  await migrate(sql, await readMigrations(), systemClock);
  return {
    ...sql,
    async [Symbol.asyncDispose]() {
      await sql[Symbol.asyncDispose]();
      await admin.query(`drop schema ${schema} cascade`);
      await admin[Symbol.asyncDispose]();
    },
  };
}
