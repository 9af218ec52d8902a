import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { ensureImport } from '#platform/aws/ensure-import.ts';
import { type Blobs, readBlob } from '#platform/blobs.ts';
import type { Sql } from '#platform/sql.ts';
import type { Staged, Staging } from '#platform/staging.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { type FakeDatabase, pgliteDatabase } from '#test/fakes/data-api-database.ts';
import { isFault } from '#test/support/is-fault.ts';
import { type StagingWorld, stagingWorld } from '#test/support/staging-world.ts';

const importing = 'select aws_s3.table_import_from_s3';
const day = 24 * 3_600_000;

describe('texts on their way through S3 into the database', () => {
  let database: FakeDatabase;
  before(async () => {
    database = await pgliteDatabase();
    await using world = await stagingWorld({ database });
    assert.deepEqual(await ensureImport(world.owner, 'plimsoll_app'), { kind: 'ready' });
  });
  after(() => database[Symbol.asyncDispose]());
  const open = (more: Partial<Parameters<typeof stagingWorld>[0]> = {}) => stagingWorld({ database, ...more });

  test('texts come out as they went in, in their order, whatever is in them', async () => {
    await using world = await open();
    const texts = [
      ...['{"a":"b"}', '', '"', '""', ',', '\\', '\\N', '\\.x', 'NULL', ' padded ', 'é€😀\u2028', 'a\nb\r\nc\rd\te'],
      JSON.stringify([{ quoted: '"\\"', path: 'C:\\n', unit: '\u001f' }], null, 2),
    ];
    await using staged = await stage(world.staging({ fileBytes: 100 }), texts);
    assert.equal(staged.chunks, texts.length);
    assert.deepEqual(await read(world.sql, staged), texts);
    assert.deepEqual(
      await world.sql.query('select chunk, body from staged(:load::text, :first::int, :last::int)', {
        ...{ load: staged.load, first: 1, last: 2 },
      }),
      [
        { chunk: 1, body: '' },
        { chunk: 2, body: '"' },
      ],
    );
    assert.ok(world.api.count(importing) > 5, 'in several files');
    assert.deepEqual(world.logged, []);
  });

  test('files are gone when they are imported, rows when the work is over', async () => {
    await using world = await open();
    {
      await using staged = await stage(world.staging(), ['[]', '[]']);
      assert.deepEqual(world.files(), []);
      assert.equal((await read(world.sql, staged)).length, 2);
    }
    assert.equal(await rows(world), 0);
  });

  test('nothing is as good as something', async () => {
    await using world = await open();
    await using staged = await stage(world.staging(), []);
    assert.equal(staged.chunks, 0);
  });

  test('many texts go up in parts while they come, and never through the Data API', async () => {
    await using world = await open();
    let given = 0;
    let ahead = 0;
    const text = JSON.stringify({ pad: '"'.repeat(250_000) });
    async function* texts() {
      for (; given < 32; given++) {
        if (world.s3.calls.includes('UploadPart')) ahead ||= given;
        yield text;
      }
    }
    await using staged = await stage(world.staging({ fileBytes: 20 * 1024 * 1024 }), texts());
    assert.ok(ahead > 0 && ahead < 26, `${ahead} of 32 were taken before the first part was sent`);
    const [sums] = await world.sql.query(
      'select count(*) as chunks, min(md5(body)) as first, max(md5(body)) as last from staged(:load::text, 0, 31)',
      { load: staged.load },
    );
    const md5 = createHash('md5').update(text).digest('hex');
    assert.deepEqual(sums, { chunks: 32, first: md5, last: md5 });
    const count = (operation: string) => world.s3.calls.filter((one) => one === operation).length;
    assert.deepEqual([count('CreateMultipartUpload'), count('PutObject')], [1, 2], '20 MiB, the rest, and the trial');
    assert.equal(world.s3.state.uploads.size, 0);
    assert.ok(world.api.calls.every(({ sql }) => sql.length < 1000));
  });

  test('two files are imported at once, no more', async () => {
    await using world = await open();
    let now = 0;
    let most = 0;
    const counting: Sql = {
      ...world.sql,
      async query(statement, parameters) {
        if (!statement.startsWith(importing)) return world.sql.query(statement, parameters);
        most = Math.max(most, ++now);
        try {
          return await world.sql.query(statement, parameters);
        } finally {
          now--;
        }
      },
    };
    await using staged = await stage(world.staging({ sql: counting, fileBytes: 1 }), Array(12).fill('[]'));
    assert.equal(staged.chunks, 12);
    assert.equal(most, 2);
  });

  test('what a dead process left is removed by the first load a day later', async () => {
    await using world = await open();
    const put = (load: string, at: number) =>
      world.sql.query("insert into staged_text values (:load::text, 0, '[]', :at::bigint)", { load, at });
    await put('dead', world.clock.now() - day - 1);
    await put('alive', world.clock.now() - day + 60_000);
    await (await stage(world.staging(), ['[]']))[Symbol.asyncDispose]();
    assert.deepEqual(await world.sql.query('select load from staged_text'), [{ load: 'alive' }]);
    await world.sql.query('delete from staged_text');
  });

  describe('a cluster that is not set up for it takes no text, and says what to do', () => {
    const proves = async (world: StagingWorld, reason: RegExp, staging = world.staging()) => {
      assert.equal(await staging.stage(untouched()), null);
      const last = world.logged.at(-1);
      assert.equal(last?.['level'], 'error');
      assert.match(String(last?.['reason']), reason);
      assert.deepEqual(world.files(), []);
      assert.equal(await rows(world), 0);
    };

    test('no role with the feature s3Import', async () => {
      await using world = await open({ imports: null });
      await proves(world, /Credentials.*role with the feature s3Import/);
    });

    test('a role that may not read the bucket', async () => {
      await using world = await open({ imports: { reads: ['other'] } });
      await proves(world, /HTTP 403.*s3:GetObject/);
    });

    test('no way to S3', async () => {
      await using world = await open({ imports: { endpoint: 'http://127.0.0.1:9' } });
      await proves(world, /CURL.*gateway endpoint/);
    });

    test('no bucket', async () => {
      await using world = await open();
      world.s3.state.buckets.clear();
      await proves(world, /NoSuchBucket.*look at the settings/);
    });

    test('a program that may not write into the bucket', async () => {
      await using world = await open();
      world.s3.failNext('PutObject', new AwsError('AccessDenied', 'Access Denied', 403));
      await proves(world, /AccessDenied.*allow it/);
    });

    test('no right on the extension, or no extension; the next load finds it mended', async () => {
      await using world = await open();
      await world.owner.query('revoke usage on schema aws_s3 from plimsoll_app');
      const staging = world.staging();
      await proves(world, /permission denied for schema aws_s3.*may not use aws_s3/, staging);
      await world.owner.query('drop schema aws_s3 cascade');
      await proves(world, /aws_s3.*not installed/, staging);
      await world.owner.query('drop schema aws_commons cascade');
      await proves(world, /aws_commons.*not installed/, staging);
      assert.deepEqual(await ensureImport(world.owner, 'plimsoll_app'), { kind: 'ready' });
      assert.deepEqual(await ensureImport(world.owner, 'plimsoll_app'), { kind: 'ready' }, 'a second time');
      await using staged = await stage(staging, ['[]']);
      assert.equal(staged.chunks, 1);
    });
  });

  test('the way is tried once a process', async () => {
    await using world = await open();
    const staging = world.staging();
    for (const imports of [2, 3, 4]) {
      await using staged = await stage(staging, ['[]']);
      assert.equal(staged.chunks, 1);
      assert.equal(world.api.count(importing), imports);
    }
  });

  describe('what breaks leaves nothing behind', () => {
    /** After the way was tried. */
    const broken = async (world: StagingWorld, staging: Staging, texts: readonly string[] = ['[1]', '[2]', '[3]']) => {
      await (await stage(staging, ['[]']))[Symbol.asyncDispose]();
      return {
        breaks: async (happen: () => void, expected: Parameters<typeof assert.rejects>[1]) => {
          happen();
          await assert.rejects(stage(staging, texts), expected);
          assert.deepEqual(world.files(), []);
          assert.equal(await rows(world), 0);
        },
      };
    };

    test('an import that runs for too long', async () => {
      await using world = await open();
      const { breaks } = await broken(world, world.staging({ fileBytes: 1 }));
      await breaks(
        () => world.api.happen({ sql: importing, meets: { takes: 46_000 } }),
        isFault('sql/failed', /^A statement ran .*45 s.*smaller.*statement: [^;]*$/),
      );
    });

    test('an import whose answer is lost is not sent again', async () => {
      await using world = await open();
      const { breaks } = await broken(world, world.staging());
      const before = world.api.count(importing);
      await breaks(
        () => world.api.happen({ sql: importing, meets: 'cut after' }),
        isFault('sql/unavailable', /^The Data API gave no answer.*may have run/),
      );
      assert.equal(world.api.count(importing), before + 1);
    });

    test('an upload in the middle of the load, while another file is imported', async () => {
      await using world = await open();
      const staging = world.staging({ fileBytes: 1 });
      async function* texts() {
        yield* ['[1]', '[2]'];
        world.s3.failNext('PutObject', new AwsError('SlowDown', 'Please reduce your request rate.', 503));
        yield '[3]';
      }
      await assert.rejects(stage(staging, texts()), isFault('network/unreachable', /SlowDown/));
      assert.equal(world.api.count(importing), 2, 'of the trial and of the first file');
      assert.deepEqual(world.files(), []);
      assert.equal(await rows(world), 0);
    });

    test('the texts themselves', async () => {
      await using world = await open();
      const staging = world.staging({ fileBytes: 1 });
      const gone = new Error('upstream broke off');
      async function* texts() {
        yield '[1]';
        yield '[2]';
        throw gone;
      }
      await assert.rejects(staging.stage(texts()), gone);
      await assert.rejects(stage(staging, ['[]', 'a\0']), isFault('input/invalid', /NUL/));
      assert.deepEqual(world.files(), []);
      assert.equal(await rows(world), 0);
    });

    test('a file that is gone or damaged before it is imported', async () => {
      await using world = await open();
      let then: (key: string) => Promise<void> = async () => {};
      const replace: Blobs['replace'] = async (key, content) => {
        await world.blobs.replace(key, content);
        await then(key);
      };
      const { breaks } = await broken(world, world.staging({ files: { ...world.blobs, replace } }));
      await breaks(() => (then = (key) => world.blobs.delete(key)), isFault('sql/failed', /HTTP 404.*not there/));
      const cut = async (key: string) => {
        const whole = await readBlob(world.blobs, key);
        await world.blobs.replace(key, whole!.subarray(0, whole!.lastIndexOf('"')));
      };
      await breaks(() => (then = cut), isFault('sql/failed', /22P04.*stage it again/));
    });

    test('rows that the database lost', async () => {
      await using world = await open();
      const losing: Sql = {
        ...world.sql,
        async query(statement, parameters) {
          if (/^select count/.test(statement)) await world.owner.query('delete from staged_text where chunk = 1');
          return world.sql.query(statement, parameters);
        },
      };
      await assert.rejects(
        stage(world.staging({ sql: losing }), ['[1]', '[2]', '[3]']),
        isFault('internal/failed', /Of 3 staged chunks of 9 bytes 2 of 6/),
      );
      await using staged = await stage(world.staging(), ['[1]', '[2]', '[3]']);
      await world.owner.query('truncate staged_text');
      await assert.rejects(read(world.sql, staged), isFault('sql/unavailable', /0 of the chunks 0 to 2/));
    });

    test('a database or an S3 that is away while the way is tried is no refusal', async () => {
      await using world = await open();
      world.api.happen({ sql: importing, meets: 'cut before' });
      await assert.rejects(stage(world.staging(), ['[]']), isFault('sql/unavailable'));
      world.s3.failNext('PutObject', 'break');
      await assert.rejects(stage(world.staging(), ['[]']), isFault('network/unreachable'));
      assert.deepEqual(world.logged, []);
    });
  });

  test('what cannot be removed is told in the log, and ends no work', async () => {
    await using world = await open();
    world.s3.failNext('DeleteObject', new AwsError('AccessDenied', 'Access Denied', 403));
    const staged = await stage(world.staging(), ['[]']);
    assert.equal(world.files().length, 1);
    world.api.happen({ sql: 'delete from staged_text where load', meets: 'cut before' });
    await staged[Symbol.asyncDispose]();
    assert.deepEqual(
      world.logged.map(({ fact }) => fact),
      ['a staged file is left', 'staged rows are left'],
    );
    await world.owner.query('delete from staged_text');
  });
});

async function stage(staging: Staging, texts: readonly string[] | AsyncIterable<string>): Promise<Staged> {
  const staged = await staging.stage(Symbol.asyncIterator in texts ? texts : each(texts));
  assert.ok(staged, 'the database imports');
  return staged;
}

async function* each(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

async function* untouched(): AsyncGenerator<string> {
  yield assert.fail('a text was taken');
}

async function read(sql: Sql, { load, chunks }: Staged): Promise<string[]> {
  const found = await sql.query<{ body: string }>('select body from staged(:load::text, 0, :last::int)', {
    ...{ load, last: chunks - 1 },
  });
  return found.map(({ body }) => body);
}

async function rows(world: StagingWorld): Promise<number> {
  const [row] = await world.owner.query<{ rows: number }>('select count(*) as rows from staged_text');
  return row!.rows;
}
