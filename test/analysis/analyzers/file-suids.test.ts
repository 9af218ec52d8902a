import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileSuids } from '#analysis/analyzers/file-suids.ts';
import { describeFiles } from '#test/support/describe-files.ts';

test('regular files and hard links with either bit are told, folders and links with them are not', async () => {
  const { details } = await describeFiles(fileSuids, {
    'bin/': { type: 'dir', mode: 0o6755 },
    'bin/su': { content: 'x', mode: 0o4755 },
    'bin/also': { link: 'bin/su', type: 'hardlink', mode: 0o755 },
    'bin/soft': { link: 'su', mode: 0o4777 },
    'bin/sticky': { content: 'x', mode: 0o1755 },
    'bin/group': { content: '', mode: 0o2711 },
    'bin/pipe': { type: 'fifo', mode: 0o4777 },
  });
  assert.deepEqual(details.privilegedFiles, [
    { path: '/bin/also', mode: 0o4755 },
    { path: '/bin/group', mode: 0o2711 },
    { path: '/bin/su', mode: 0o4755 },
  ]);
});
