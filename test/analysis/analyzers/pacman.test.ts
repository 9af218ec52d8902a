import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pacman } from '#analysis/analyzers/pacman.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';
import { runAnalyzer, viewOf } from '#test/support/run-analyzer.ts';

const local = 'var/lib/pacman/local';
const desc = (name: string, version: string, more = '') => `%NAME%\n${name}\n\n%VERSION%\n${version}\n\n${more}`;

test('values end at an empty line; a value that looks like a field is a value, and of a field the first counts', () => {
  const text = desc('a', '1-1', '%DESC%\n%NAME%\nb\n\n%VERSION%\n2\n\n%ARCH%\nany');
  const [found] = runAnalyzer(pacman, { [`${local}/a-1-1/desc`]: text }).packages;
  assert.deepEqual([found?.name, found?.version, found?.arch, found?.licenses], ['a', '1-1', 'any', []]);
});

test('a package without its name or version is noted and hides no other', () => {
  const { packages, notes } = analyzeFiles(pacman, {
    [`${local}/a-1-1/desc`]: '%NAME%\na\n',
    [`${local}/b-1-1/desc`]: desc('b', '1-1'),
    [`${local}/c-1-1/desc`]: '\0\0\0',
    [`${local}/d-1-1/mtree`]: 'no gzip',
  });
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['b'],
  );
  assert.deepEqual(notes, [
    `${local}/a-1-1/desc: the package of pacman has no version and is left out`,
    `${local}/c-1-1/desc: the package of pacman has no name and is left out`,
    `${local}/d-1-1/mtree: is no gzip that can be inflated`,
  ]);
});

test('an mtree that inflates beyond its bound is noted', () => {
  const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024, './a\n'));
  const { notes } = analyzeFiles(pacman, { [`${local}/a-1-1/mtree`]: bomb });
  assert.deepEqual(notes, [`${local}/a-1-1/mtree: inflates to more than 64 MiB`]);
});

test('who signed and when is told where the database says it', () => {
  const of = (more: string) => runAnalyzer(pacman, { [`${local}/a-1-1/desc`]: desc('a', '1-1', more) }).packages[0];
  assert.deepEqual(of('%INSTALLDATE%\n1700000000\n\n%VALIDATION%\nsha256\npgp\n')?.metadata, {
    installed: '2023-11-14T22:13:20Z',
    signed: 'yes',
  });
  assert.deepEqual(of('%INSTALLDATE%\n99999999999999\n\n%VALIDATION%\nsha256\n')?.metadata, { signed: 'no' });
  assert.equal(of('')?.metadata, undefined);
});

test('only what lies in a folder of the local database is read', () => {
  for (const path of [`${local}/desc`, `${local}/a/b/desc`, `${local}/a-1/install`, 'var/lib/pacman/sync/core.db'])
    assert.equal(pacman.wants(path, 10, 0o644), false, path);
  assert.equal(pacman.wants(`${local}/a-1/mtree`, 65 * 1024 * 1024, 0o644), false);
});

test('without an mtree the files of a package are known, and nothing of them', () => {
  const view = viewOf(pacman, {
    [`${local}/a-1-1/desc`]: desc('a', '1-1'),
    [`${local}/a-1-1/files`]: '%FILES%\nusr/\nusr/a\n\n%BACKUP%\nusr/a\tabc\n',
  });
  assert.deepEqual(
    [...pacman.owned!(view)].map(({ path, expected }) => [path, expected.digest, expected.config]),
    [['/usr/a', null, true]],
  );
});
