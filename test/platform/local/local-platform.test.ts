import assert from 'node:assert/strict';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { silentLog } from '#core/log.ts';
import { readBlob } from '#platform/blobs.ts';
import { defaultDataFolder, type LocalOptions, openLocalPlatform } from '#platform/local/local-platform.ts';
import { startChild } from '#test/support/child-process.ts';
import { isFault } from '#test/support/is-fault.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

const options = (data: string, more: Partial<LocalOptions> = {}): LocalOptions => ({
  data,
  purpose: 'scan',
  offline: true,
  log: silentLog,
  waitMs: 0,
  ...more,
});

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let data: string;
before(async () => {
  folder = await temporaryFolder();
  data = join(folder.path, 'deep', 'data');
});
after(() => folder[Symbol.asyncDispose]());

test('a server killed at any moment leaves nothing half: what it said is there, the next start has all of it', async () => {
  // A start that was killed while it made the database.
  await mkdir(join(data, 'db'), { recursive: true, mode: 0o700 });
  await writeFile(join(data, 'db', 'PG_VERSION'), '18');
  await writeFile(join(data, 'db.making'), '');
  for (const rounds of [1, 6]) {
    await using child = startChild('write-data.ts', data);
    let said = 0;
    for (let i = 0; i < rounds; i++) said = Number(await child.line());
    await assert.rejects(openLocalPlatform(options(data)), isFault('data/in-use', new RegExp(`process ${child.pid} `)));
    await child.kill();
    await writeFile(join(data, 'tmp', 'left'), 'x');

    await using platform = await openLocalPlatform(options(data, { purpose: 'serve' }));
    const { sql, blobs, secrets, queues } = platform;
    const [row] = await sql.query(
      `select count(*) filter (where feed_group = 'a') as a, count(*) filter (where feed_group = 'b') as b,
         max(record::int) as last from feed_set_aside where feed = 'test'`,
    );
    assert.equal(row!['a'], row!['b'], 'a transaction is there whole or not at all');
    assert.ok((row!['last'] as number) >= said);
    const keys = await Array.fromAsync(blobs.list('blob/'));
    assert.ok(keys.length >= said);
    for (const key of [...keys, 'changing']) {
      const bytes = (await readBlob(blobs, key))!;
      assert.equal(bytes.length, 40 * 16_384, key);
      assert.ok(bytes.every((byte) => byte === bytes[0]));
    }
    assert.ok(Number(await secrets.get('number')) >= said);
    assert.deepEqual(await readdir(join(data, 'blobs', '~new')), []);
    assert.deepEqual(await readdir(join(data, 'tmp')), []);
    assert.deepEqual(await sql.query('select name from lease'), [], 'leases of the dead are over');
    assert.equal((await queues('work').depth()).inHand, 1);
    await platform.recover();
    const [message] = await queues('work').receive(1, 60);
    assert.deepEqual([message!.body, message!.attempt], ['{"n":1}', 2]);
    await message!.acknowledge();
    await sql.query("delete from feed_set_aside where feed = 'test'");
    for (const key of keys) await blobs.delete(key);
  }
});

test('the data folder is closed to others, and given back at the end', async () => {
  {
    await using platform = await openLocalPlatform(options(data));
    assert.equal((await stat(data)).mode & 0o777, 0o700);
    const one = platform.temporaryFile('../x y.zip');
    assert.match(one, /[/\\]tmp[/\\][0-9a-f]{12}-.._x_y\.zip$/);
    assert.notEqual(one, platform.temporaryFile('../x y.zip'));
    await writeFile(one, 'x');
    await assert.rejects(platform.fetch('https://example.org/'), isFault('network/offline'));
    await assert.rejects(openLocalPlatform(options(data)), isFault('data/in-use'));
  }
  assert.ok(!(await readdir(data)).includes('lock'));
  await using _again = await openLocalPlatform(options(data));
});

test('what keeps a data folder from opening is told, and lets go of the lock', async () => {
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  await assert.rejects(
    openLocalPlatform(options(join(file, 'data'))),
    isFault('input/invalid', /data cannot be made \(there is a file of that name\)/),
  );
  await assert.rejects(
    openLocalPlatform(options(file)),
    isFault('input/invalid', /cannot be made \(there is a file of that name\)/),
  );
  const databaseUrl = 'postgres://user:s3cret@127.0.0.1:1/x';
  await assert.rejects(
    openLocalPlatform(options(data, { databaseUrl })),
    isFault('sql/unavailable', /127\.0\.0\.1:1/, ['s3cret']),
  );
  await assert.rejects(
    openLocalPlatform(options(data, { databaseUrl: 'mysql://user:s3cret@h/x' })),
    isFault('input/invalid', /postgres:\/\//, ['s3cret']),
  );
  assert.ok(!(await readdir(data)).includes('lock'));
});

test('the data folder is where the XDG rules put it', () => {
  assert.equal(defaultDataFolder({ XDG_DATA_HOME: '/x', HOME: '/h' }), '/x/plimsoll');
  assert.equal(defaultDataFolder({ XDG_DATA_HOME: 'relative', HOME: '/h' }), '/h/.local/share/plimsoll');
  assert.equal(defaultDataFolder({ XDG_DATA_HOME: '', HOME: '/h' }), '/h/.local/share/plimsoll');
});
