import assert from 'node:assert/strict';
import test from 'node:test';
import { Fault } from '#core/fault.ts';
import { migrate, readMigrations, type Migration } from '#platform/migrate.ts';
import { openPgliteSql } from '#platform/local/pglite-sql.ts';
import { inRollback, testSql } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';

const conflict = (pattern: RegExp) => (error: unknown) =>
  error instanceof Fault && error.code === 'state/conflict' && pattern.test(error.message);

test('a migrated database is left alone by the next start', async () => {
  const sql = await testSql();
  assert.deepEqual(await migrate(sql, await readMigrations(), testClock()), []);
});

test('every migration of schema/sql is in the journal with its checksum', async () => {
  const sql = await testSql();
  const rows = await sql.query('select number, name, length(sha256) as length from migration order by number');
  const files = await readMigrations();
  assert.deepEqual(
    rows,
    files.map(({ number, name }) => ({ number, name, length: 64 })),
  );
});

test('an applied file that changed, is missing or is of a newer program is refused', async () => {
  const sql = await testSql();
  const files = await readMigrations();
  const changed = files.map((file, i) => (i === 1 ? { ...file, text: `${file.text}\n` } : file));
  await assert.rejects(migrate(sql, changed, testClock()), conflict(/0002-catalog\.sql is not what was applied/));
  await assert.rejects(migrate(sql, files.slice(0, -1), testClock()), conflict(/a newer Plimsoll/));
});

test('a migration that fails leaves nothing of itself and everything before it', async () => {
  await using sql = await openPgliteSql(null);
  const file = (number: number, text: string): Migration => ({ number, name: `000${number}-x.sql`, text });
  const good = file(1, "create table a (b text default ';'); -- one; two\ninsert into a values ('x');");
  const bad = file(2, 'create table c (d int); insert into nowhere values (1);');
  await assert.rejects(
    migrate(sql, [good, bad], testClock()),
    (error) =>
      error instanceof Fault && error.code === 'sql/failed' && error.message.startsWith('Migration 0002-x.sql: '),
  );
  assert.deepEqual(await sql.query('select b from a'), [{ b: 'x' }]);
  assert.deepEqual(await sql.query("select to_regclass('c')::text as c"), [{ c: null }]);
  const mended = file(2, 'create table c (d int)');
  const both = await Promise.all([
    migrate(sql, [good, mended], testClock()),
    migrate(sql, [good, mended], testClock()),
  ]);
  assert.deepEqual(both.flat(), ['0002-x.sql'], 'two starts at once apply it once');
  await sql.query('delete from migration where number = 1');
  await assert.rejects(migrate(sql, [good, mended], testClock()), conflict(/not the one before it/));
});

test('what a test writes in a rollback is not there for the next one', async () => {
  const count = async () => (await testSql()).query('select count(*) as n from lease');
  await inRollback(async (sql) => {
    await sql.query("insert into lease values ('a', 'b', 1)");
    await assert.rejects(sql.query("insert into lease values ('a', 'b', 1)"));
    await assert.rejects(
      sql.transaction(async (tx) => {
        await tx.query("insert into lease values ('c', 'b', 1)");
        throw new Error('no');
      }),
    );
    const [a, b] = await Promise.all([sql.query('select name from lease'), sql.query('select 1 as one')]);
    assert.deepEqual([a, b], [[{ name: 'a' }], [{ one: 1 }]]);
  });
  assert.deepEqual(await count(), [{ n: 0 }]);
});
