import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveFiles } from '#feeds/archive-files.ts';
import { isFault } from '#test/support/is-fault.ts';
import { tar } from '#test/support/tar-builder.ts';

const archive = tar([
  { path: 'folder/' },
  { path: 'folder/small.json', content: '{}' },
  { path: 'folder/large.json', content: 'x'.repeat(2000) },
  { path: 'folder/readme.txt', content: 'no' },
  { path: '../outside.json', content: '[]' },
  { path: 'folder/link.json', link: 'small.json' },
]);

async function filesOf(bytes: Buffer) {
  const files = [];
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
  };
  for await (const { path, problem, ...file } of archiveFiles(chunks(), 'a.tar', 1000, (one) =>
    one.endsWith('.json'),
  )) {
    files.push([path, problem ?? ('bytes' in file ? String(file.bytes) : null)]);
  }
  return files;
}

test('files that are wanted are read; what is too large or lies outside is told and costs nothing else', async () => {
  const files = await filesOf(archive);
  assert.deepEqual(files.slice(0, 2), [
    ['folder/small.json', '{}'],
    ['folder/large.json', 'it has more than 1000 bytes'],
  ]);
  assert.equal(files.length, 3);
  assert.match(String(files[2]?.[0]), /outside\.json$/);
  assert.match(String(files[2]?.[1]), /\.\./);
});

test('an archive that is cut off fails by its name', async () => {
  await assert.rejects(
    filesOf(archive.subarray(0, 2600)),
    isFault('feed/failed', /^reading a\.tar: .*fetch it again$/),
  );
});
