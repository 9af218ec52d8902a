import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { plimsoll } from '#test/support/command-line.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

async function writeMirror(folder: string): Promise<void> {
  const where = join(folder, 'secdb.alpinelinux.org/v3.9');
  await mkdir(where, { recursive: true });
  const packages = [
    { pkg: { name: 'musl', secfixes: { '1.1.20-r5': ['CVE-2019-14697'] } } },
    { pkg: { name: `zlib${'b'.repeat(300)}`, secfixes: { '1.2.11-r2': ['CVE-2018-25032'] } } },
  ];
  await writeFile(join(where, 'main.json'), JSON.stringify({ distroversion: 'v3.9', reponame: 'main', packages }));
}

test('feeds are carried to a machine without a network in a file, and said how they stand', async () => {
  await using folder = await temporaryFolder();
  const mirror = join(folder.path, 'mirror');
  await writeMirror(mirror);
  const [data, file] = [join(folder.path, 'data'), join(folder.path, 'feeds.zst')];
  const feeds = async (...words: readonly string[]) => {
    const { code, out, err } = await plimsoll(['feeds', ...words, '--data', data, '-q']);
    assert.deepEqual([code, err], [0, '']);
    return out;
  };
  const failing = async (line: RegExp, ...words: readonly string[]) => {
    const { code, err } = await plimsoll(['feeds', ...words, '--data', data, '-q']);
    assert.equal(code, 2);
    assert.match(err, line);
  };
  await failing(
    /could not be fetched|does not have it/,
    'export',
    'alpine:3.20',
    '--to',
    file,
    '--feeds-mirror',
    mirror,
  );
  await failing(/ENOENT/, 'export', 'alpine:3.9', '--to', join(data, 'no', 'folder'), '--feeds-mirror', mirror);
  const told = await feeds('export', 'alpine:3.9', '--to', file, '--feeds-mirror', mirror);
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  assert.ok(told.endsWith(`sha256 ${sha256}\n`), told);
  assert.deepEqual((await readdir(folder.path)).sort(), ['data', 'feeds.zst', 'mirror']);
  await failing(
    /has another sha256/,
    'import',
    file,
    '--offline',
    '--sha256',
    sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
  );
  await failing(/reading .*nothing\.zst: ENOENT/, 'import', join(folder.path, 'nothing.zst'));
  assert.match(await feeds('import', file, '--offline', '--sha256', sha256), /^alpine:3\.9: 1 records/);

  const listed = JSON.parse(await feeds('list', '--output', 'json'));
  const { syncedAt, checkedAt, ageSeconds, revision, ...rest } = listed.find(
    (one: { group: string }) => one.group === 'alpine:3.9',
  );
  assert.ok(Date.parse(syncedAt) <= Date.parse(checkedAt) && ageSeconds >= 0 && revision > 0);
  assert.deepEqual(rest, {
    ...{
      feed: 'alpine',
      group: 'alpine:3.9',
      state: 'ok',
      records: 1,
      setAside: rest.setAside,
      lastError: null,
      note: null,
    },
    missing: rest.missing,
  });
  assert.ok(rest.setAside > 0);
  const shown = await feeds('show', 'alpine:3.9');
  assert.match(shown, /^alpine:3\.9: ok, 1 records, as of .*, revision \d+$/m);
  assert.match(shown, /^\d+ records are set aside:\n.*zlib/m);
  assert.equal(JSON.parse(await feeds('show', 'alpine:3.9', '-o', 'json')).setAsideRecords.length, rest.setAside);

  await failing(/'debian' is no feed with terms of its own/, 'accept', 'debian');
  await failing(/--output is table or json/, 'list', '--output', 'xml');
  await failing(/feeds show has no option --force/, 'show', 'alpine:3.9', '--force');
  await failing(/--all or names of groups, not both/, 'sync', '--all', 'alpine:3.9');
});
