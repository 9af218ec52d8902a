import assert from 'node:assert/strict';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import { blobsContract } from '#test/platform/contracts/blobs-contract.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

blobsContract('a folder', async () => {
  const folder = await temporaryFolder();
  return {
    blobs: await openFolderBlobs(join(folder.path, 'blobs'), { alone: true }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

test('unfinished blobs of a crash are removed on opening: ours alone, where others write only the day-old ones', async () => {
  await using folder = await temporaryFolder();
  const place = join(folder.path, '~new');
  await mkdir(place);
  const fresh = `~1-${'0'.repeat(18)}`;
  const old = `~1-${'1'.repeat(18)}`;
  for (const name of [fresh, old, 'of-somebody-else']) await writeFile(join(place, name), 'half');
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
  await utimes(join(place, old), twoDaysAgo, twoDaysAgo);
  await openFolderBlobs(folder.path, { alone: false });
  assert.deepEqual(await readdir(place), ['of-somebody-else', fresh]);
  const blobs = await openFolderBlobs(folder.path, { alone: true });
  assert.deepEqual(await readdir(place), ['of-somebody-else']);
  assert.deepEqual(await Array.fromAsync(blobs.list('')), []);
});
