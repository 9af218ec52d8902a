import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenKeySecret, tokenKeys } from '#access/token-keys.ts';
import { withAccounts } from './access-world.ts';

const day = 24 * 3_600_000;

test('the key that signs tokens is made once, is replaced each month, and the one before still verifies', async () => {
  await withAccounts(async (world) => {
    const [one, two] = await Promise.all([
      tokenKeys(world).newest(),
      tokenKeys(world)
        .newest()
        .catch(() => null),
    ]);
    assert.ok(two === null || two.id === one.id);
    const keys = tokenKeys(world);
    assert.equal((await keys.newest()).id, one.id);
    await world.clock.advance(30 * day);
    const next = await keys.newest();
    assert.notEqual(next.id, one.id);
    assert.deepEqual((await tokenKeys(world).find(one.id))?.key, one.key);
    await world.clock.advance(31 * day);
    await keys.newest();
    assert.equal(await tokenKeys(world).find(one.id), null);
  });
});

test('a key that another process made is found, and invented ids do not ask the store each time', async () => {
  await withAccounts(async (world) => {
    let asked = 0;
    const get = (name: string) => {
      asked++;
      return world.secrets.get(name);
    };
    const keys = tokenKeys({ ...world, secrets: { ...world.secrets, get } });
    assert.equal(await keys.find('0123456789abcdef'), null);
    const made = await tokenKeys(world).newest();
    for (let at = 0; at < 100; at++) await keys.find('0123456789abcdef');
    assert.equal(asked, 1);
    await world.clock.advance(10_000);
    assert.deepEqual((await keys.find(made.id))?.key, made.key);
  });
});

test('a stored list of keys that is damaged is said so', async () => {
  await withAccounts(async (world) => {
    for (const text of ['', '{}', '[{}]', '[{"id":"a","key":"short","madeAt":1}]', '[null]']) {
      await world.secrets.put(tokenKeySecret, text);
      await assert.rejects(tokenKeys(world).find('0123456789abcdef'), { code: 'data/corrupt' }, text);
    }
  });
});
