import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits } from '#core/limits.ts';
import { tarEntries } from '#registry/tar/tar-stream.ts';
import { tar } from '#test/support/tar-builder.ts';
import { isFault } from '#test/support/is-fault.ts';

const archive = tar([
  { path: 'empty', content: '' },
  { path: 'small', content: 'a'.repeat(600) },
  { path: 'large', content: 'b'.repeat(5000) },
  { path: 'last', content: 'c' },
]);

async function* pieces(size: number) {
  for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size);
}

test('content is given at once when it is at hand, else piece by piece, and is the same', async () => {
  for (const size of [100, 512, 513, 2048, 4096, 7000, archive.length]) {
    const found: string[] = [];
    const atOnce: string[] = [];
    for await (const { path, body } of tarEntries(pieces(size), defaultLimits)) {
      const now = body.atOnce!();
      if (now !== null) atOnce.push(path);
      const content = now === null ? await Array.fromAsync(body) : [now];
      found.push(`${path} ${Buffer.concat(content)}`);
    }
    assert.deepEqual(found, ['empty ', `small ${'a'.repeat(600)}`, `large ${'b'.repeat(5000)}`, 'last c']);
    if (size === archive.length) assert.deepEqual(atOnce, ['empty', 'small', 'large', 'last']);
    if (size === 4096) assert.deepEqual(atOnce, ['empty', 'small']);
  }
});

test('content that was given at once is not given again, and none after the next entry was asked for', async () => {
  const entries = tarEntries(pieces(archive.length), defaultLimits);
  await entries.next();
  const { body } = (await entries.next()).value!;
  assert.equal(body.atOnce!()?.byteLength, 600);
  assert.deepEqual(await Array.fromAsync(body), []);
  await entries.next();
  assert.throws(() => body.atOnce!(), isFault('internal/failed', /'small' was read after/));
  await entries.return(undefined);
});
