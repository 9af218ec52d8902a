import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { retrievedFiles } from '#analysis/analyzers/retrieved-files.ts';
import { describeFiles } from '#test/support/describe-files.ts';
import { isFault } from '#test/support/is-fault.ts';

const keeping = (globs: readonly string[], retrievedBytes = 1000) =>
  retrievedFiles({ ...defaultAnalysisSettings, retrievedFiles: globs, retrievedBytes });

test('files up to the size are kept byte for byte, each once, links to them are not', async () => {
  const bytes = Buffer.from([0, 255, 10, 13]);
  const { details } = await describeFiles(keeping(['/etc/*', '/etc/a'], 4), {
    'etc/a': bytes,
    'etc/b': '12345',
    'etc/c': '',
    'etc/d': { link: 'a' },
    'etc/e': { link: 'etc/a', type: 'hardlink' },
  });
  assert.deepEqual(details.retrievedFiles, [
    { path: '/etc/a', content: bytes.toString('base64') },
    { path: '/etc/c', content: '' },
    { path: '/etc/e', content: bytes.toString('base64') },
  ]);
});

test('what all kept files have together is bounded, and what is left out is said', async () => {
  const size = 9 * 1024 * 1024;
  const content = Buffer.alloc(size, 'x');
  const files = { 'a/1': content, 'a/2': content, 'a/3': content };
  const { details, notes } = await describeFiles(keeping(['/a/*'], size), files);
  assert.deepEqual(
    details.retrievedFiles.map(({ path }) => path),
    ['/a/1', '/a/2'],
  );
  assert.deepEqual(notes, [
    '/a/3: this file and those after it are not kept: together they pass 33554432 characters in base64',
  ]);
});

test('a glob that cannot be used is refused when the settings are read', () => {
  for (const glob of ['etc/passwd', '/etc/', '/etc/a**', '/a/**b/c', ''])
    assert.throws(() => keeping([glob]), isFault('input/invalid', /the glob '.*' cannot be used/), glob);
});
