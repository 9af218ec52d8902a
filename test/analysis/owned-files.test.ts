import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnedFilesBuilder, ownedPaths } from '#analysis/os/owned-files.ts';

const written = (entries: readonly (readonly [string, string])[], links: ReadonlyMap<string, string> = new Map()) => {
  const files = new OwnedFilesBuilder();
  for (const [folder, name] of entries) files.add(folder, name);
  return ownedPaths({ resolve: (path) => links.get(path) ?? null })(files.finish());
};

test('paths are absolute, sorted and each there once, however the folder is written', () => {
  const entries = [
    ['/usr/bin/', 'b'],
    ['usr/bin', 'a'],
    ['./usr/bin', 'b'],
    ['', 'top'],
    ['/', 'init'],
    ['.', 'x'],
    ['usr/lib', ''],
  ] as const;
  assert.deepEqual(written(entries), ['/init', '/top', '/usr/bin/a', '/usr/bin/b', '/x']);
});

test('a folder has its real name where it is in the image, and its own where it is not', () => {
  const entries = [
    ['/lib/x', 'a'],
    ['/usr/lib/x', 'a'],
    ['/gone', 'b'],
  ] as const;
  assert.deepEqual(written(entries, new Map(['lib/x', 'usr/lib/x'].map((path) => [path, 'usr/lib/x']))), [
    '/gone/b',
    '/usr/lib/x/a',
  ]);
});

test('a folder called like a property of objects is a folder', () => {
  assert.deepEqual(written([['/__proto__', 'constructor']]), ['/__proto__/constructor']);
});

test('paths over 4,096 characters are left out, and a package whose paths pass 32 MiB is refused', () => {
  assert.deepEqual(written([[`/${'x'.repeat(5000)}`, 'a']]), []);
  const files = new OwnedFilesBuilder();
  assert.throws(
    () => {
      for (let index = 0; index < 20_000; index++) files.add('x'.repeat(4000), `${index}`);
    },
    { code: 'input/too-large' },
  );
});

test('the packages of one database share a budget', () => {
  const budget = { characters: 512 * 1024 * 1024 - 10 };
  new OwnedFilesBuilder(budget).add('/a', 'b');
  assert.throws(() => new OwnedFilesBuilder(budget).add('/usr/bin', 'name'), { code: 'input/too-large' });
});
