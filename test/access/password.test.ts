import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword, isPassword, nobodysPassword } from '#access/password.ts';

test('a stored password is known again and tells nothing of itself', async () => {
  const stored = await hashPassword('correct horse');
  assert.ok(!stored.includes('horse'));
  assert.notEqual(stored, await hashPassword('correct horse'));
  assert.equal(await isPassword('correct horse', stored), true);
  assert.equal(await isPassword('correct horsf', stored), false);
  await assert.rejects(hashPassword('short'), { code: 'input/invalid' });
});

test("what the password of an unknown user is compared with costs the same and is nobody's", async () => {
  const parts = (stored: string) => stored.split(':');
  const real = parts(await hashPassword('correct horse'));
  const none = parts(nobodysPassword);
  assert.deepEqual(none.slice(0, 4), real.slice(0, 4));
  assert.deepEqual(none.slice(4).map(length), real.slice(4).map(length));
  assert.equal(await isPassword('', nobodysPassword), false);
});

const length = (text: string) => Buffer.from(text, 'base64url').length;
