import { after } from 'node:test';
import { openPgliteSql } from '#platform/local/pglite-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import type { OpenSql, Sql } from '#platform/sql.ts';
import { dataApiWorld } from './data-api-world.ts';

let shared: Promise<OpenSql> | null = null;

// Registered at the top level of the process's tests: an open PGlite would keep the process alive.
after(async () => {
  const opened = shared;
  shared = null;
  if (opened !== null) await (await opened)[Symbol.asyncDispose]();
});

/**
 * The one migrated database of the test process, in memory; what is written here stays for other tests. With
 * PLIMSOLL_TEST_SQL=data-api every test that uses it runs through the AWS adapter on the fake of the RDS Data API.
 */
export function testSql(): Promise<OpenSql> {
  shared ??= open();
  return shared;
}

async function open(): Promise<OpenSql> {
  const sql = await (process.env['PLIMSOLL_TEST_SQL'] === 'data-api' ? openDataApi() : openPgliteSql(null));
  await migrate(sql, await readMigrations(), systemClock);
  return sql;
}

/**
 * Runs `work` on the shared database and takes everything back. The Sql it gets behaves as the database does: a
 * statement that fails harms no later one, calls may overlap, transactions commit or roll back among themselves.
 */
export async function inRollback(work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = await testSql();
  const undo = new Error('rolled back as it should be');
  try {
    await sql.transaction(async (tx) => {
      await work(oneAtATime(tx));
      throw undo;
    });
  } catch (thrown) {
    if (thrown !== undo) throw thrown;
  }
}

/** Each call in a savepoint of its own, after the one before it. */
function oneAtATime(tx: Sql): Sql {
  let last: Promise<unknown> = Promise.resolve();
  const next = <T>(work: (inner: Sql) => Promise<T>): Promise<T> => {
    const result = last.then(() => tx.transaction(work));
    last = result.catch(() => {});
    return result;
  };
  return {
    query: (statement, parameters) => next((inner) => inner.query(statement, parameters)),
    transaction: (work) => next(work),
  };
}

async function openDataApi(): Promise<OpenSql> {
  const world = await dataApiWorld({ clock: systemClock });
  return { ...world.sql, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}
