import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { RDSDataClient } from '@aws-sdk/client-rds-data';
import type { Fault } from '#core/fault.ts';
import { dataApiSql } from '#platform/aws/data-api-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import type { Sql } from '#platform/sql.ts';
import { DataApiError } from '#test/fakes/data-api-error.ts';
import { serverDatabase } from '#test/fakes/data-api-database.ts';
import { type DataApiWorld, dataApiWorld } from '#test/support/data-api-world.ts';
import { isFault } from '#test/support/is-fault.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';
import { sqlContract } from '../contracts/sql-contract.ts';

const url = process.env['PLIMSOLL_TEST_DATABASE_URL'];

sqlContract({
  name: 'The RDS Data API over PGlite',
  skip: false,
  tellsLess: true,
  async open() {
    const world = await dataApiWorld({ clock: systemClock });
    return { ...world.sql, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
  },
});

sqlContract({
  name: `The RDS Data API over PostgreSQL${url === undefined ? ' (not tried: PLIMSOLL_TEST_DATABASE_URL is not set)' : ''}`,
  skip: url === undefined,
  tellsLess: true,
  async open() {
    const backend = serverDatabase(url ?? '');
    const world = await dataApiWorld({ clock: systemClock, backend });
    return {
      ...world.sql,
      async [Symbol.asyncDispose]() {
        await world[Symbol.asyncDispose]();
        await backend[Symbol.asyncDispose]();
      },
    };
  },
});

interface World extends DataApiWorld {
  readonly clock: TestClock;
  /** A table of the test's own. */
  readonly table: string;
  readonly rows: () => Promise<unknown[]>;
}

/** A world with a table `(id int primary key)` whose sleeps take no time. */
async function inWorld(work: (world: World) => Promise<void>, options: { patienceMs?: number } = {}): Promise<void> {
  const clock = testClock(undefined, { selfWinding: true });
  await using world = await dataApiWorld({ clock, ...options });
  const table = `t_${randomUUID().replaceAll('-', '')}`;
  await world.sql.query(`create table ${table} (id int primary key)`);
  const rows = async () => (await world.sql.query(`select id from ${table} order by id`)).map(({ id }) => id);
  try {
    await work({ ...world, clock, table, rows });
  } finally {
    await world.sql.query(`drop table ${table}`);
  }
}

const insert = (sql: Sql, table: string, id: number) => sql.query(`insert into ${table} values (:id::int)`, { id });
const unknownOutcome = (error: unknown) =>
  isFault('sql/unavailable', /may have run or not|kept or not/)(error) &&
  (error as Fault).detail['outcome'] === 'unknown';

describe('a database that is not there at once', () => {
  test('a database that wakes up for 30 s is waited for, and the write that woke it runs once', () =>
    inWorld(async ({ sql, api, clock, table, rows }) => {
      api.pause(30_000);
      const began = clock.now();
      await insert(sql, table, 1);
      assert.equal(clock.now() - began, 1000 + 2000 + 4000 + 5 * 5000);
      assert.equal(api.count(`insert into ${table}`), 9);
      assert.deepEqual(await rows(), [1]);
    }));

  test('a transaction waits for the database at its beginning', () =>
    inWorld(async ({ sql, api, table, rows }) => {
      api.pause(12_000);
      await sql.transaction((tx) => insert(tx, table, 1));
      assert.deepEqual(await rows(), [1]);
      assert.equal(api.count(`insert into ${table}`), 1);
    }));

  test('nothing is waited for beyond the time by which whoever asks has to be answered', () =>
    inWorld(async ({ api, clock, client }) => {
      let until = clock.now() + 3000;
      const sql = dataApiSql({ ...api, client, clock, patienceMs: 20_000, until: () => until });
      api.pause(60_000);
      const began = clock.now();
      await assert.rejects(sql.query('select 1 as one'), isFault('sql/unavailable', /took no call for 3 s/));
      assert.equal(clock.now() - began, 3000);
      await assert.rejects(sql.query('select 1 as one'), { code: 'sql/unavailable' });
      assert.equal(clock.now() - began, 3000, 'the time is over: it is asked once');
      until = clock.now() + 60_000;
      await assert.rejects(sql.query('select 1 as one'), isFault('sql/unavailable', /took no call for 20 s/));
    }));

  test('when patience is over the fault says that the database is waking up, and nothing was done', () =>
    inWorld(
      async ({ sql, api, clock, table, rows }) => {
        api.pause(60_000);
        const began = clock.now();
        const fault = isFault('sql/unavailable', /took no call for 20 s: it is waking up.*nothing was done/);
        await assert.rejects(insert(sql, table, 1), fault);
        assert.equal(clock.now() - began, 20_000);
        await clock.advance(60_000);
        assert.deepEqual(await rows(), []);
      },
      { patienceMs: 20_000 },
    ));

  test('throttling and a service that is away are waited for, inside a transaction too', () =>
    inWorld(async ({ sql, api, table, rows }) => {
      for (const name of ['ThrottlingException', 'ServiceUnavailableError', 'DatabaseUnavailableException'])
        api.happen({ operation: 'Execute', meets: new DataApiError(name, 'later'), times: 2 });
      await insert(sql, table, 1);
      api.happen({ operation: 'Execute', meets: new DataApiError('ThrottlingException', 'later'), times: 2 });
      api.happen({ operation: 'CommitTransaction', meets: new DataApiError('ThrottlingException', 'later') });
      await sql.transaction((tx) => insert(tx, table, 2));
      assert.deepEqual(await rows(), [1, 2]);
    }));

  test('a server that turns connections away has run nothing and is asked again', () =>
    inWorld(async ({ sql, api, table, rows }) => {
      const full = new DataApiError(
        'DatabaseErrorException',
        'ERROR: sorry, too many clients already; SQLState: 53300',
      );
      api.happen({ operation: 'Execute', meets: full, times: 2 });
      await insert(sql, table, 1);
      assert.deepEqual(await rows(), [1]);
    }));

  test('an endpoint that nobody listens on is tried until patience is over', () =>
    inWorld(async ({ api, client, clock }) => {
      const began = clock.now();
      const gone = await dataApiWorld({ clock });
      const sql = dataApiSql({ ...api, client: gone.client, clock, patienceMs: 20_000 });
      await gone.api[Symbol.asyncDispose]();
      await assert.rejects(
        sql.query('delete from lease'),
        isFault('sql/unavailable', /cannot be reached.*ECONNREFUSED/),
      );
      assert.equal(clock.now() - began, 20_000);
      gone.client.destroy();
      assert.ok(client);
    }));

  test('what has to be set right by hand is said at once', () =>
    inWorld(async ({ api, client, clock }) => {
      const began = clock.now();
      const denied = dataApiSql({ ...api, secretArn: 'arn:other', client, clock, patienceMs: 45_000 });
      await assert.rejects(
        denied.query('select 1 as x'),
        isFault('sql/unavailable', /allow its role the five rds-data actions/),
      );
      await assert.rejects(
        denied.transaction(async () => {}),
        isFault('sql/unavailable', /AccessDenied/),
      );
      const elsewhere = dataApiSql({ ...api, clusterArn: 'arn:other', client, clock, patienceMs: 45_000 });
      await assert.rejects(elsewhere.query('select 1 as x'), isFault('sql/failed', /BadRequestException/));
      assert.equal(clock.now(), began);
    }));
});

describe('a connection that breaks', () => {
  test('a write whose answer is lost is sent exactly once, whether it ran or not', () =>
    inWorld(async ({ sql, api, table, rows }) => {
      api.happen({ operation: 'Execute', meets: 'cut after' });
      await assert.rejects(insert(sql, table, 1), unknownOutcome);
      assert.equal(api.count(`insert into ${table}`), 1);
      assert.deepEqual(await rows(), [1]);
      api.happen({ operation: 'Execute', sql: 'insert', meets: 'cut before' });
      await assert.rejects(insert(sql, table, 2), unknownOutcome);
      assert.equal(api.count(`insert into ${table}`), 2);
      assert.deepEqual(await rows(), [1]);
    }));

  test('a statement that reads as well as writes is a write', () =>
    inWorld(async ({ sql, api, table, rows }) => {
      const both = `with w as (insert into ${table} values (1) returning id) select id from w`;
      api.happen({ sql: 'with w', meets: 'cut after' });
      await assert.rejects(sql.query(both), unknownOutcome);
      for (const one of ["select nextval('feed_revision') as n", "select pg_notify('a', 'b')::text as n"]) {
        api.happen({ sql: one, meets: 'cut before' });
        await assert.rejects(sql.query(one), unknownOutcome);
        assert.equal(api.count(one), 1);
      }
      assert.equal(api.count('with w'), 1);
      assert.deepEqual(await rows(), [1]);
    }));

  test('a write that met an error of the service without a reason is not sent again', () =>
    inWorld(async ({ sql, api, table }) => {
      api.happen({ sql: 'insert', meets: new DataApiError('InternalServerErrorException', '') });
      await assert.rejects(insert(sql, table, 1), unknownOutcome);
      assert.equal(api.count('insert'), 1);
    }));

  test('a read is asked again', () =>
    inWorld(async ({ sql, api }) => {
      api.happen({ sql: 'select', meets: 'cut before' });
      api.happen({ sql: 'select', meets: 'cut after' });
      api.happen({ sql: 'select', meets: new DataApiError('InternalServerErrorException', '') });
      assert.deepEqual(await sql.query('select 7 as x'), [{ x: 7 }]);
      assert.equal(api.count('select 7'), 4);
    }));

  test('inside a transaction nothing is sent again, and all of it is taken back', () =>
    inWorld(async ({ sql, api, table, rows }) => {
      api.happen({ sql: 'select 8', meets: 'cut after' });
      const work = sql.transaction(async (tx) => {
        await insert(tx, table, 1);
        await tx.query('select 8 as x');
      });
      await assert.rejects(work, unknownOutcome);
      assert.equal(api.count('select 8'), 1);
      assert.equal(api.openTransactions(), 0);
      assert.deepEqual(await rows(), []);
    }));

  test('a transaction whose beginning or commit got lost on the way is begun and committed again', () =>
    inWorld(async ({ sql, api, table, rows }) => {
      api.happen({ operation: 'BeginTransaction', meets: 'cut after' });
      api.happen({ operation: 'CommitTransaction', meets: 'cut before' });
      await sql.transaction((tx) => insert(tx, table, 1));
      assert.deepEqual(await rows(), [1]);
    }));

  test('a commit whose answer is lost is of unknown outcome', () =>
    inWorld(async ({ sql, api, table, rows }) => {
      api.happen({ operation: 'CommitTransaction', meets: 'cut after' });
      await assert.rejects(
        sql.transaction((tx) => insert(tx, table, 1)),
        unknownOutcome,
      );
      assert.deepEqual(await rows(), [1]);
    }));

  test('a rollback that fails hides nothing of why it was wanted', () =>
    inWorld(async ({ sql, api }) => {
      api.happen({
        operation: 'RollbackTransaction',
        meets: new DataApiError('ThrottlingException', 'later'),
        times: 2,
      });
      const why = new Error('why');
      await assert.rejects(
        sql.transaction(async () => {
          throw why;
        }),
        (error) => error === why,
      );
      assert.equal(api.openTransactions(), 0);
    }));

  test('a call without an answer is given up', async () => {
    const clock = testClock();
    await using world = await dataApiWorld({ clock, answerTimeout: 200, patienceMs: 0 });
    world.api.happen({ sql: 'update', meets: { takes: 1 } });
    await assert.rejects(world.sql.query('update nowhere set a = 1'), unknownOutcome);
    assert.equal(world.api.count('update'), 1);
    await clock.advance(1);
  });

  test('a connection that was idle for long is not used for the next statement', async () => {
    const clock = testClock();
    await using world = await dataApiWorld({ clock });
    const connection = async () => {
      await world.sql.query('select 1 as x');
      return world.api.calls.at(-1)!.connection;
    };
    const first = await connection();
    assert.equal(await connection(), first);
    await clock.advance(6000);
    assert.notEqual(await connection(), first);
  });

  test('a client that would send again by itself is refused', async () => {
    const client = new RDSDataClient({ region: 'eu-central-1' });
    const sql = dataApiSql({
      ...{ client, clusterArn: 'a', secretArn: 'b', database: 'c' },
      ...{ clock: testClock(), patienceMs: 0 },
    });
    await assert.rejects(sql.query('select 1 as x'), isFault('internal/failed', /openDataApiClient/));
    await assert.rejects(
      sql.transaction(async () => {}),
      isFault('internal/failed', /openDataApiClient/),
    );
    client.destroy();
  });
});

describe('statements and transactions that the Data API ends', () => {
  test('a statement over 45 s is stopped, and the fault says what to do', () =>
    inWorld(async ({ sql, api, table, rows }) => {
      api.happen({ sql: 'insert', meets: { takes: 44_000 } });
      await insert(sql, table, 1);
      api.happen({ sql: 'insert', meets: { takes: 46_000 }, times: 2 });
      const stopped = isFault('sql/failed', /longer than the 45 s.*do less a call/);
      await assert.rejects(insert(sql, table, 2), stopped);
      await assert.rejects(
        sql.transaction((tx) => insert(tx, table, 3)),
        stopped,
      );
      assert.equal(api.count('insert'), 3);
      assert.deepEqual(await rows(), [1]);
    }));

  test('a transaction that nobody used for 3 minutes is gone, and says so', () =>
    inWorld(async ({ sql, api, clock, table, rows }) => {
      const gone = isFault('sql/unavailable', /nothing of it was kept.*3 minutes.*run it again/);
      const late = sql.transaction(async (tx) => {
        await insert(tx, table, 1);
        await clock.advance(180_000);
        await insert(tx, table, 2);
      });
      await assert.rejects(late, gone);
      const later = sql.transaction(async (tx) => {
        await insert(tx, table, 1);
        await clock.advance(180_000);
      });
      await assert.rejects(later, gone);
      assert.equal(api.openTransactions(), 0);
      assert.deepEqual(await rows(), []);
      await sql.transaction(async (tx) => {
        for (const id of [1, 2, 3]) {
          await insert(tx, table, id);
          await clock.advance(170_000);
        }
      });
      assert.deepEqual(await rows(), [1, 2, 3]);
    }));

  test('an answer that is too large ends the transaction it is in', () =>
    inWorld(async ({ sql, table, rows }) => {
      const large = sql.transaction(async (tx) => {
        await insert(tx, table, 1);
        await tx.query("select repeat('x', 1000) as x from generate_series(1, 1100)");
      });
      await assert.rejects(large, isFault('sql/result-too-large', /1 MiB/));
      const passedOver = sql.transaction(async (tx) => {
        await insert(tx, table, 1);
        await tx.query("select repeat('x', 70000) as x").catch(() => {});
      });
      await assert.rejects(passedOver, isFault('sql/failed', /rolled back/));
      assert.deepEqual(await rows(), []);
    }));

  test('faults hold no values, whatever the error', () =>
    inWorld(async ({ sql, api, table }) => {
      await sql.query(`alter table ${table} add secret text unique check (secret <> 'no')`);
      const secret = 's3cret\nand "more"';
      const add = (id: number) =>
        sql.query(`insert into ${table} values (:id::int, :secret::text)`, { id, secret: secret });
      await add(1);
      await assert.rejects(add(2), isFault('sql/failed', /23505/, ['s3cret']));
      for (const type of ['int', 'jsonb', 'uuid', 'timestamp', 'boolean', 'numeric', 'inet']) {
        await assert.rejects(
          sql.query(`select :secret::text::${type}::text as x`, { secret }),
          isFault('sql/failed', /SQLSTATE/, ['s3cret', 'more']),
        );
      }
      for (const name of ['BadRequestException', 'DatabaseErrorException', 'SomethingNew']) {
        api.happen({ sql: 'select', meets: new DataApiError(name, `cannot take '${secret}'`) });
        await assert.rejects(
          sql.query('select :secret::text as x', { secret }),
          isFault('sql/failed', /cannot take/, ['s3cret', 'more']),
        );
      }
    }));
});
