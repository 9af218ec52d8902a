import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Secrets } from '#platform/secrets.ts';
import { isFault } from '#test/support/is-fault.ts';

/** What every implementation of the Secrets port promises. `open` gives a store of its own, empty. */
export function secretsContract(
  name: string,
  open: () => Promise<AsyncDisposable & { readonly secrets: Secrets }>,
): void {
  describe(`${name} as the secrets port`, () => {
    test('a secret is given back as it was stored, replaced and removed', async () => {
      await using store = await open();
      const { secrets } = store;
      assert.equal(await secrets.get('a'), null);
      await secrets.put('a', 'pä$$\n"word"');
      await secrets.put('empty', '');
      assert.equal(await secrets.get('a'), 'pä$$\n"word"');
      assert.equal(await secrets.get('empty'), '');
      await secrets.put('a', 'other');
      assert.equal(await secrets.get('a'), 'other');
      await secrets.delete('a');
      await secrets.delete('a');
      assert.equal(await secrets.get('a'), null);
    });

    test('names are listed by prefix, sorted, and are only names', async () => {
      await using store = await open();
      const { secrets } = store;
      assert.deepEqual(await secrets.list(''), []);
      for (const key of ['registry/b', 'registry/a', 'Z', 'constructor', '__proto__']) await secrets.put(key, key);
      assert.deepEqual(await secrets.list('registry/'), ['registry/a', 'registry/b']);
      assert.deepEqual(await secrets.list(''), ['Z', '__proto__', 'constructor', 'registry/a', 'registry/b']);
      for (const key of ['constructor', '__proto__']) assert.equal(await secrets.get(key), key);
      assert.equal(await secrets.get('toString'), null);
    });

    test('writes at the same time are all kept', async () => {
      await using store = await open();
      const { secrets } = store;
      const all = Array.from({ length: 20 }, (_, i) => `s${i}`);
      await Promise.all(all.map((key) => secrets.put(key, `value of ${key}`)));
      for (const key of all) assert.equal(await secrets.get(key), `value of ${key}`);
    });

    test('names of another form and values over 64 KiB are refused without showing the value', async () => {
      await using store = await open();
      const { secrets } = store;
      for (const bad of ['', 'a b', 'ä', 'a'.repeat(201), '../\n']) {
        await assert.rejects(secrets.get(bad), isFault('input/invalid'));
        await assert.rejects(secrets.put(bad, 's3cret'), isFault('input/invalid', /./, ['s3cret']));
      }
      await assert.rejects(secrets.put('a', 's3cret'.repeat(11_000)), isFault('input/too-large', /./, ['s3cret']));
      await secrets.put('a', 'x'.repeat(64 * 1024));
      assert.equal((await secrets.get('a'))!.length, 64 * 1024);
    });
  });
}
