import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Sql } from '#platform/sql.ts';
import { pgliteDatabase } from '#test/fakes/data-api-database.ts';
import { isFault } from '#test/support/is-fault.ts';
import { type StagingWorld, stagingWorld } from '#test/support/staging-world.ts';

/** The fake has to refuse what Aurora refuses, or what it lets through fails there first. */
describe('the fake of the import from S3', () => {
  let world: StagingWorld;
  let close: () => Promise<void>;
  before(async () => {
    const database = await pgliteDatabase();
    world = await stagingWorld({ database });
    close = async () => {
      await world[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    };
    await world.owner.query('create table cargo (name text, weight int)');
    await world.owner.query('create table anchor (name text)');
    await world.owner.query('create extension aws_s3 cascade');
    await world.owner.query('grant insert on cargo to plimsoll_app');
    await world.blobs.put('two.csv', Buffer.from('"a ""b""\n\\c",1\nd,2\n'));
  });
  after(() => close());

  const imported = async (sql: Sql, more: Readonly<Record<string, string>> = {}) => {
    const [row] = await sql.query<{ told: string }>(
      `select aws_s3.table_import_from_s3(:table::text, :columns::text, :options::text,
         aws_commons.create_s3_uri(:bucket::text, :key::text, :region::text)) as told`,
      {
        ...{ table: 'cargo', columns: '', options: '(format csv)' },
        ...{ bucket: 'staged', key: 'two.csv', region: 'eu-central-1', ...more },
      },
    );
    return row?.told;
  };
  const cargo = () => world.owner.query('delete from cargo returning name, weight');

  test('lets in nobody but the owner until it is told', async () => {
    await assert.rejects(imported(world.sql), isFault('sql/failed', /permission denied for schema aws_/));
    await world.owner.query('grant usage on schema aws_s3, aws_commons to plimsoll_app');
    await assert.rejects(imported(world.sql), isFault('sql/failed', /permission denied for function/));
    await world.owner.query('grant execute on all functions in schema aws_s3, aws_commons to plimsoll_app');
    assert.equal(await imported(world.sql), '2 rows imported into relation "cargo" from file two.csv of 19 bytes');
    assert.deepEqual(await cargo(), [
      { name: 'a "b"\n\\c', weight: 1 },
      { name: 'd', weight: 2 },
    ]);
  });

  test("goes by the caller's rights on the table, and by the table and columns there are", async () => {
    await assert.rejects(imported(world.sql, { table: 'anchor' }), isFault('sql/failed', /for table anchor.*42501/));
    await assert.rejects(imported(world.sql, { table: 'boat' }), isFault('sql/failed', /42P01/));
    await assert.rejects(imported(world.sql, { columns: 'name' }), isFault('sql/failed', /22P04/));
    await imported(world.sql, { columns: 'name,weight' });
    assert.equal((await cargo()).length, 2);
  });

  test('takes the options of COPY, in parentheses', async () => {
    for (const options of ['format csv', '(format)', '(format boat)'])
      await assert.rejects(imported(world.sql, { options }), isFault('sql/failed', /42601|22023/));
    await world.blobs.put('three.csv', Buffer.from('name;weight\n|a|;3\n'));
    await imported(world.sql, { key: 'three.csv', options: `(format csv, header true, delimiter ';', quote '|')` });
    assert.deepEqual(await cargo(), [{ name: 'a', weight: 3 }]);
  });

  test('takes all rows of a file or none', async () => {
    for (const [key, content] of Object.entries({
      'a.csv': 'a,1\nb\n',
      'b.csv': 'a,1\n"b,2\n',
      'c.csv': 'a,1\nb,x\n',
    })) {
      await world.blobs.put(key, Buffer.from(content));
      await assert.rejects(imported(world.sql, { key }), isFault('sql/failed', /SQLSTATE 22P0/));
    }
    assert.deepEqual(await cargo(), []);
  });

  test('finds what the role reads, where it is', async () => {
    await assert.rejects(imported(world.sql, { key: 'none.csv' }), isFault('sql/failed', /HTTP 404/));
    await assert.rejects(imported(world.sql, { bucket: 'blobs' }), isFault('sql/failed', /HTTP 403/));
    await assert.rejects(imported(world.sql, { region: 'us-east-1' }), isFault('sql/failed', /HTTP 301/));
  });

  test('goes with the transaction around it', async () => {
    const undo = new Error('undo');
    const undone = world.sql.transaction(async (tx) => {
      await imported(tx);
      throw undo;
    });
    await assert.rejects(undone, undo);
    assert.deepEqual(await cargo(), []);
    await world.sql.transaction(async (tx) => {
      await imported(tx);
      await imported(tx);
    });
    assert.equal((await cargo()).length, 4);
    const broken = world.sql.transaction(async (tx) => {
      await imported(tx);
      await imported(tx, { key: 'none.csv' }).catch(() => {});
    });
    await assert.rejects(broken, isFault('sql/failed'));
    assert.deepEqual(await cargo(), []);
  });
});
