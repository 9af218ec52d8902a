import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ensureImport } from '#platform/aws/ensure-import.ts';
import { openPgliteSql } from '#platform/local/pglite-sql.ts';
import { type FakeDatabase, pgliteDatabase } from '#test/fakes/data-api-database.ts';
import { DataApiError } from '#test/fakes/data-api-error.ts';
import { isFault } from '#test/support/is-fault.ts';
import { stagingWorld } from '#test/support/staging-world.ts';

describe('the import from S3, as the migrator sets it up', () => {
  let database: FakeDatabase;
  before(async () => {
    database = await pgliteDatabase();
  });
  after(() => database[Symbol.asyncDispose]());

  test('a server that lets nobody install it is no failure, one that is away is', async () => {
    await using world = await stagingWorld({ database });
    const denied = new DataApiError('DatabaseErrorException', 'ERROR: permission denied for aws_s3; SQLState: 42501');
    world.api.happen({ sql: 'grant execute', meets: denied });
    const setup = await ensureImport(world.owner, 'plimsoll_app');
    assert.match(setup.kind === 'not-ready' ? setup.reason : '', /permission denied for aws_s3/);
    world.api.happen({ sql: 'create extension', meets: 'cut before' });
    await assert.rejects(ensureImport(world.owner, 'plimsoll_app'), isFault('sql/unavailable'));
  });

  test('it is there for the role of the program and for nobody else', async () => {
    await using world = await stagingWorld({ database });
    assert.deepEqual(await ensureImport(world.owner, 'plimsoll_app'), { kind: 'ready' });
    assert.deepEqual(
      await world.owner.query(
        `select has_schema_privilege('public', 'aws_s3', 'usage') as everybody,
           has_schema_privilege('plimsoll_app', 'aws_s3', 'usage') as program,
           has_schema_privilege('plimsoll_app', 'aws_s3', 'create') as more`,
      ),
      [{ everybody: false, program: true, more: false }],
    );
  });
});

test('a PostgreSQL that is none of Aurora has no import from S3, which is no failure', async () => {
  await using sql = await openPgliteSql(null);
  assert.deepEqual(await ensureImport(sql, 'plimsoll_app'), {
    kind: 'not-ready',
    reason: 'the server has no extension aws_s3',
  });
});
