import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Fault } from '#core/fault.ts';
import type { OpenSql, Sql, SqlParameters, SqlValue } from '#platform/sql.ts';
import { isFault } from '#test/support/is-fault.ts';
import type { TestDatabase } from '#test/support/platform-databases.ts';

/** What every implementation of the Sql port promises. */
export function sqlContract({ name, skip, tellsLess, open }: TestDatabase): void {
  describe(`${name} as the sql port`, { skip }, () => {
    let sql: OpenSql;
    before(async () => {
      sql = await open();
      await sql.query('create table thing (id int primary key, note text)');
    });
    after(async () => {
      await sql.query('drop table if exists thing, counted');
      await sql[Symbol.asyncDispose]();
    });
    const one = async (expression: string, parameters: SqlParameters = {}): Promise<SqlValue> => {
      const [row] = await sql.query(`select ${expression} as x`, parameters);
      return row!['x']!;
    };
    const refused = (statement: string, parameters: SqlParameters, message: RegExp) =>
      assert.rejects(sql.query(statement, parameters), isFault('sql/refused', message));

    test('gives numbers, booleans, bytes and null as themselves and everything else as text', async () => {
      const [row] = await sql.query(
        `select 1::smallint as i2, 2::int as i4, 9007199254740991::bigint as i8, 1.50::numeric as n, 0.25::real as f4, 0.1::float8 as f8,
           true as t, false as f, null::text as nothing, '\\x00ff'::bytea as b, 'ä''"' as text, '{"a": [1]}'::jsonb as j, '{"a":1}'::json as j1,
           '2026-01-02T03:04:05.6Z'::timestamptz::text as at, '2026-01-02T03:04:05.6Z'::timestamp as local_at, '2026-01-02'::date as day, '00000000-0000-0000-0000-000000000001'::uuid as u,
           (interval '1 day')::text as iv, '12:00'::time as tm`,
      );
      assert.deepEqual(row, {
        i2: 1,
        i4: 2,
        i8: 9007199254740991,
        n: 1.5,
        f4: 0.25,
        f8: 0.1,
        t: true,
        f: false,
        nothing: null,
        b: new Uint8Array([0, 255]),
        text: 'ä\'"',
        j: '{"a": [1]}',
        j1: '{"a":1}',
        at: '2026-01-02 03:04:05.6+00',
        local_at: '2026-01-02 03:04:05.6',
        day: '2026-01-02',
        u: '00000000-0000-0000-0000-000000000001',
        iv: '1 day',
        tm: '12:00:00',
      });
    });

    test('takes every kind of parameter and gives it back as it was', async () => {
      assert.equal(await one(':a::text', { a: "it's :not ::a $1 \\ parameter\n" }), "it's :not ::a $1 \\ parameter\n");
      assert.equal(await one(':a::int', { a: -7 }), -7);
      assert.equal(await one(':a::bigint', { a: Number.MAX_SAFE_INTEGER }), Number.MAX_SAFE_INTEGER);
      assert.equal(await one(':a::float8', { a: 0.1 }), 0.1);
      assert.equal(await one(':a::numeric', { a: 1e-7 }), 1e-7);
      assert.equal(await one(':a::boolean', { a: false }), false);
      assert.deepEqual(await one(':a::bytea', { a: Buffer.from([0, 1, 254, 255]) }), new Uint8Array([0, 1, 254, 255]));
      assert.equal(await one(":a::jsonb -> 'k'", { a: JSON.stringify({ k: ['ü'] }) }), '["ü"]');
      for (const type of ['text', 'int', 'bytea', 'jsonb', 'boolean', 'timestamp']) {
        assert.equal(await one(`:a::${type}`, { a: null }), null, type);
      }
    });

    test('sees a parameter by its name wherever it stands, and nowhere else', async () => {
      const [row] = await sql.query(
        `select :a::int + :a::int as twice, cast(:b as text) as cast_form, ':a' as literal, E'\\':a' as escaped, $x$:a$x$ as dollar, "x" as ":a" -- :a
         /* :a /* nested */ :a */ from (select :b /* why */ :: text as "x") as t`,
        { a: 2, b: 'w' },
      );
      assert.deepEqual(row, { twice: 4, cast_form: 'w', literal: ':a', escaped: "':a", dollar: ':a', ':a': 'w' });
    });

    test('takes a list as one JSON parameter', async () => {
      const rows = await sql.query(
        'select id, note from jsonb_to_recordset(:rows::jsonb) as r(id int, note text) order by id',
        {
          rows: JSON.stringify([
            { id: 2, note: null },
            { id: 1, note: 'ü' },
          ]),
        },
      );
      assert.deepEqual(rows, [
        { id: 1, note: 'ü' },
        { id: 2, note: null },
      ]);
    });

    test('refuses what the RDS Data API refuses, and says what to do instead', async () => {
      await refused('select 1 as a; select 2 as b', {}, /2 statements.*one a call/);
      await refused(' -- nothing\n;', {}, /no statement/);
      await refused('select :a as x', { a: 1 }, /:a has no type; cast it.*:a::text/);
      await refused('select :a + 1::int as x', { a: 1 }, /:a has no type/);
      await refused('select :a::int as x', {}, /:a is missing/);
      await refused('select :a::int as x', { a: 1, b: 2 }, /:b does not occur/);
      await refused('select $1::int as x', {}, /Positional parameter \$1/);
      await refused('select :a::int[] as x', { a: [1] as unknown as SqlValue }, /:a is an array; give JSON\.stringify/);
      await refused('select :a::jsonb as x', { a: { k: 1 } as unknown as SqlValue }, /:a is of type object/);
      await refused('select :a::date as x', { a: new Date(0) as unknown as SqlValue }, /:a is of type object/);
      await refused('select :a::bigint as x', { a: 1n as unknown as SqlValue }, /:a is of type bigint/);
      await refused('select :a::int as x', { a: undefined as unknown as SqlValue }, /:a is undefined; give null/);
      await refused('select :a::int as x', { a: Number.NaN }, /:a is NaN/);
      await refused('select :a::bigint as x', { a: 2 ** 60 }, /beyond 2\^53; give it as text/);
      await refused('select :a::text as x', { a: 'a\0b' }, /NUL/);
      await refused('select :a::text as x', { a: 'x'.repeat(4 * 1024 * 1024) }, /4 MiB are allowed; split it/);
      await refused('select length(:a::text) as x', { a: '"'.repeat(2.1 * 1024 * 1024) }, /4 MiB/);
      await refused('select length(:a::bytea) as x', { a: new Uint8Array(3.2 * 1024 * 1024) }, /4 MiB/);
      await refused("select 'open as x", {}, /literal that begins in line 1.*never closed/);
      for (const word of [
        'begin',
        'COMMIT',
        'rollback',
        'savepoint a',
        'set work_mem = 1',
        'listen a',
        'copy thing from stdin',
      ])
        await refused(word, {}, /needs a session that lasts/);
      assert.equal(await one('length(:a::text)', { a: 'x'.repeat(4_100_000) }), 4_100_000);
    });

    test('refuses answers that the Data API cannot give', async () => {
      await refused('select array[1] as x', {}, /'x' of the answer is an array/);
      await refused("select '{}'::text[] as x", {}, /is an array/);
      await refused('select thing as x from thing', {}, /without a plain form; cast it to text/);
      await refused("select point '(1,2)' as x", {}, /cast it to text/);
      await refused("select '1'::money as x", {}, /cast it to text/);
      for (const type of ['timestamptz', 'interval', 'name', 'oid', 'regclass'])
        await refused(`select null::${type} as x`, {}, /cast it to text/);
      await refused('select 9007199254740993::bigint as x', {}, /beyond 2\^53; cast it to text/);
      await refused('select 1e300::numeric as x', {}, /beyond 2\^53/);
      await refused('select 1 as x, 2 as x', {}, /Two columns/);
      assert.equal(await one('9007199254740993::bigint::text'), '9007199254740993');
    });

    test('refuses a row over 64 KiB and an answer over 1 MiB', async () => {
      const tooLarge = (statement: string, message: RegExp) =>
        assert.rejects(sql.query(statement), isFault('sql/result-too-large', tellsLess === true ? /1 MiB/ : message));
      assert.equal(((await one("repeat('x', 65536)")) as string).length, 65536);
      await tooLarge("select repeat('x', 65537) as x", /Row 1 .*65537 bytes/);
      await tooLarge("select repeat('ä', 32769) as x", /65538 bytes/);
      await tooLarge("select repeat('x', 40000) as x, repeat('y', 40000) as y", /80000 bytes/);
      assert.equal((await sql.query("select repeat('x', 1000) as x from generate_series(1, 1000)")).length, 1000);
      await tooLarge("select repeat('x', 1000) as x from generate_series(1, 1100)", /1 MiB.*smaller pages/);
      await tooLarge('select i as x from generate_series(1, 100000) as i', /1 MiB/);
      await tooLarge(`select repeat('"', 600) as x from generate_series(1, 1000)`, /1 MiB/);
    });

    test('a statement that fails says its SQLSTATE and never the value of a parameter', async () => {
      const fails = (statement: string, parameters: SqlParameters, sqlstate: string) =>
        assert.rejects(
          sql.query(statement, parameters),
          (error) =>
            isFault('sql/failed', /SQLSTATE/, ['s3cret'])(error) && (error as Fault).detail['sqlstate'] === sqlstate,
        );
      await fails('select :a::int as x', { a: 's3cret' }, '22P02');
      await fails('select :a::jsonb as x', { a: '{"s3cret' }, '22P02');
      await fails('select :a::timestamptz as x', { a: 'quote" s3cret"' }, '22007');
      await fails('select nothing from nowhere', {}, '42P01');
      await fails('select :a::int as x', { a: 2 ** 40 }, '22003');
      await sql.query("insert into thing values (1, 'one')");
      await fails('insert into thing values (1, :a::text)', { a: 's3cret' }, '23505');
      await assert.rejects(sql.query('insert into thing values (1, null)'), (error) => {
        const { constraint, table } = (error as Fault).detail;
        assert.deepEqual([constraint, table], ['thing_pkey', tellsLess === true ? undefined : 'thing']);
        return true;
      });
      assert.equal(await one('1'), 1, 'the next statement is not harmed');
    });

    const ids = async (from: Sql = sql) =>
      (await from.query('select id from thing order by id')).map((row) => row['id']);
    const insert = (to: Sql, id: number) => to.query('insert into thing values (:id::int, null)', { id });

    test('a transaction is kept when its work resolves and taken back when it throws', async () => {
      const kept = await sql.transaction(async (tx) => {
        await insert(tx, 10);
        await insert(tx, 11);
        return ids(tx);
      });
      assert.deepEqual(kept, [1, 10, 11]);
      const stop = new Error('stop');
      await assert.rejects(
        sql.transaction(async (tx) => {
          await insert(tx, 12);
          throw stop;
        }),
        (error) => error === stop,
      );
      assert.deepEqual(await ids(), [1, 10, 11]);
    });

    test('a transaction whose failed statement was passed over is not taken for committed', async () => {
      const work = sql.transaction(async (tx) => {
        await insert(tx, 13);
        await insert(tx, 13).catch(() => {});
        return 'done';
      });
      await assert.rejects(work, isFault('sql/failed', /rolled back/));
      assert.deepEqual(await ids(), [1, 10, 11]);
    });

    test('a transaction inside a transaction is taken back alone', async () => {
      await sql.transaction(async (tx) => {
        await insert(tx, 20);
        await assert.rejects(
          tx.transaction(async (inner) => {
            await insert(inner, 21);
            await inner.transaction((innermost) => insert(innermost, 22));
            assert.deepEqual(await ids(inner), [1, 10, 11, 20, 21, 22]);
            await insert(inner, 20);
          }),
          isFault('sql/failed'),
        );
        await tx.transaction((inner) => insert(inner, 23));
        await insert(tx, 24);
      });
      assert.deepEqual(await ids(), [1, 10, 11, 20, 23, 24]);
      await sql.query('delete from thing where id >= 20');
    });

    test('overlapping calls and transactions do not mix', async () => {
      const transfer = (from: number) =>
        sql.transaction(async (tx) => {
          await insert(tx, from);
          await new Promise((resolve) => setTimeout(resolve, 5));
          await insert(tx, from + 1);
          if (from % 4 === 0) throw new Error('back');
        });
      const results = await Promise.allSettled([
        transfer(30),
        transfer(32),
        insert(sql, 40),
        transfer(34),
        insert(sql, 41),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
      );
      assert.deepEqual(await ids(), [1, 10, 11, 30, 31, 34, 35, 40, 41]);
    });

    test('misuse of a transaction is refused instead of waiting for ever', async () => {
      let leaked: Sql | undefined;
      await sql.transaction(async (tx) => {
        leaked = tx;
        await assert.rejects(sql.query('select 1 as x'), isFault('sql/refused', /use the Sql that transaction/));
        await assert.rejects(
          sql.transaction(async () => {}),
          isFault('sql/refused'),
        );
        const both = await Promise.allSettled([tx.query('select 1 as x'), tx.query('select 2 as x')]);
        assert.deepEqual(
          both.map(({ status }) => status),
          ['fulfilled', 'rejected'],
        );
        assert.deepEqual(await tx.query('select 3 as x'), [{ x: 3 }]);
      });
      await assert.rejects(leaked!.query('select 1 as x'), isFault('sql/refused', /has ended/));
    });

    test('has what the program builds on: skip locked, advisory locks, identity columns, jsonb, recordsets', async () => {
      await sql.query('create table counted (id bigint generated by default as identity primary key, note text)');
      const [row] = await sql.query("insert into counted (note) values ('a') returning id");
      assert.deepEqual(row, { id: 1 });
      await sql.transaction(async (tx) => {
        await tx.query('select pg_advisory_xact_lock(1)::text as locked');
        assert.deepEqual(await tx.query('select id from counted for update skip locked'), [{ id: 1 }]);
      });
    });
  });
}
