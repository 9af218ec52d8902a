import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Blobs, readBlob } from '#platform/blobs.ts';
import { isFault } from '#test/support/is-fault.ts';

/** What every implementation of the Blobs port promises. `open` gives a store of its own, empty. */
export function blobsContract(name: string, open: () => Promise<AsyncDisposable & { readonly blobs: Blobs }>): void {
  const keys = async (blobs: Blobs, prefix = '') => Array.fromAsync(blobs.list(prefix));
  async function* pieces(...texts: readonly string[]) {
    for (const text of texts) yield Buffer.from(text);
  }
  const text = async (blobs: Blobs, key: string) => (await readBlob(blobs, key))?.toString() ?? null;

  describe(`${name} as the blobs port`, () => {
    test('a blob is read as it was put, from bytes and from a stream', async () => {
      await using store = await open();
      const { blobs } = store;
      const large = Buffer.alloc(3_000_000, 'abcdefg');
      assert.equal(await blobs.put('a/bytes', large), 'stored');
      assert.equal(await blobs.put('a/stream', pieces('one ', '', 'two')), 'stored');
      assert.equal(await blobs.put('empty', new Uint8Array()), 'stored');
      assert.ok((await readBlob(blobs, 'a/bytes'))!.equals(large));
      assert.equal(await text(blobs, 'a/stream'), 'one two');
      assert.equal(await text(blobs, 'empty'), '');
      assert.deepEqual([await blobs.has('a/bytes'), await blobs.has('a'), await blobs.has('b')], [true, false, false]);
      assert.equal(await blobs.read('a'), null);
    });

    test('the first writer of a key wins, one at a time or all at once', async () => {
      await using store = await open();
      const { blobs } = store;
      assert.equal(await blobs.put('k', Buffer.from('first')), 'stored');
      assert.equal(await blobs.put('k', Buffer.from('second')), 'existed');
      assert.equal(await text(blobs, 'k'), 'first');
      const contents = Array.from({ length: 12 }, (_, i) => `${i} `.repeat(10_000));
      const answers = await Promise.all(contents.map((content) => blobs.put('race/k', pieces(content, content))));
      const winner = answers.indexOf('stored');
      assert.equal(answers.filter((answer) => answer === 'stored').length, 1);
      assert.equal(await text(blobs, 'race/k'), contents[winner]!.repeat(2));
    });

    test('replacing puts the new content in the place of the old one', async () => {
      await using store = await open();
      const { blobs } = store;
      await blobs.replace('k', Buffer.from('one'));
      await blobs.replace('k', pieces('two'));
      assert.equal(await text(blobs, 'k'), 'two');
    });

    test('a stream that fails leaves nothing of a new blob and all of an old one', async () => {
      await using store = await open();
      const { blobs } = store;
      async function* failing() {
        yield Buffer.from('half');
        throw new Error('cut off');
      }
      await assert.rejects(blobs.put('k', failing()), /cut off/);
      assert.equal(await blobs.has('k'), false);
      await blobs.replace('k', Buffer.from('whole'));
      await assert.rejects(blobs.replace('k', failing()), /cut off/);
      assert.equal(await text(blobs, 'k'), 'whole');
      assert.deepEqual(await keys(blobs), ['k']);
    });

    test('a deleted blob is gone, and deleting it again changes nothing', async () => {
      await using store = await open();
      const { blobs } = store;
      await blobs.put('a/b', Buffer.from('x'));
      await blobs.delete('a/b');
      await blobs.delete('a/b');
      assert.equal(await blobs.read('a/b'), null);
      assert.equal(await blobs.put('a/b', Buffer.from('y')), 'stored');
    });

    test('keys are listed by prefix in the order of their bytes, a key beside the keys below it', async () => {
      await using store = await open();
      const { blobs } = store;
      const all = ['a', 'a-b', 'a.b', 'a/b', 'a/b/c', 'a/b.c', 'a0', 'a_', 'aa/x', 'b/.c', 'b/_', '.d', '-', 'a/b-/x'];
      for (const key of all) await blobs.put(key, Buffer.from(key));
      assert.deepEqual(await keys(blobs), [...all].sort());
      assert.deepEqual(await keys(blobs, 'a/b'), ['a/b', 'a/b-/x', 'a/b.c', 'a/b/c']);
      assert.deepEqual(await keys(blobs, 'a/'), ['a/b', 'a/b-/x', 'a/b.c', 'a/b/c']);
      assert.deepEqual(await keys(blobs, 'a/b/c'), ['a/b/c']);
      assert.deepEqual(await keys(blobs, 'b/.'), ['b/.c']);
      assert.deepEqual(await keys(blobs, 'nothing'), []);
      for (const key of all) assert.equal(await text(blobs, key), key);
    });

    test('keys that lead out of the store, or that not every store takes, are refused', async () => {
      await using store = await open();
      const { blobs } = store;
      const bad = [
        '',
        '/',
        '/a',
        'a/',
        'a//b',
        '..',
        'a/../b',
        'a/..',
        './a',
        'A',
        'a b',
        'a~',
        'ä',
        'a\\b',
        'a\0',
        'a..b',
      ];
      for (const key of [...bad, 'x'.repeat(201), 'x/'.repeat(300)]) {
        for (const call of [
          () => blobs.put(key, Buffer.from('x')),
          () => blobs.replace(key, Buffer.from('x')),
          () => blobs.read(key),
          () => blobs.has(key),
          () => blobs.delete(key),
        ]) {
          await assert.rejects(async () => call(), isFault('input/invalid', /not a blob key/), key);
        }
      }
      for (const prefix of ['..', 'A', '~', 'a/../'])
        await assert.rejects(keys(blobs, prefix), isFault('input/invalid'));
      const longest = `${'x'.repeat(200)}/${'y'.repeat(200)}/${'z'.repeat(110)}`;
      await blobs.put(longest, Buffer.from('x'));
      assert.deepEqual(await keys(blobs), [longest]);
    });
  });
}
