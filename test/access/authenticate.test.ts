import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { authenticator, ensureAdmin } from '#access/authenticate.ts';
import { hashPassword, isPassword } from '#access/password.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function withUser(
  work: (world: { sql: Sql; clock: ReturnType<typeof testClock> }) => Promise<void>,
): Promise<void> {
  await inRollback(async (sql) => {
    const world = { sql, clock: testClock() };
    await addAccount(world, { name: 'team', type: 'user', user: 'ann', password: await hashPassword('sesame-1') }, 1);
    await work(world);
  });
}

test('a stored password is known again and tells nothing of itself', async () => {
  const stored = await hashPassword('correct horse');
  assert.ok(!stored.includes('horse'));
  assert.notEqual(stored, await hashPassword('correct horse'));
  assert.equal(await isPassword('correct horse', stored), true);
  assert.equal(await isPassword('correct horsf', stored), false);
  await assert.rejects(hashPassword('short'), { code: 'input/invalid' });
});

test('a user signs in for the own account and no other', async () => {
  await withUser(async (world) => {
    const authenticate = authenticator(world);
    assert.deepEqual(await authenticate(basic('ann', 'sesame-1'), null), {
      user: 'ann',
      account: 'team',
      admin: false,
    });
    await assert.rejects(authenticate(basic('ann', 'sesame-1'), 'other'), { code: 'auth/forbidden' });
    for (const wrong of [
      null,
      'Basic !',
      'Bearer x',
      basic('ann', 'sesame-2'),
      basic('bob', 'sesame-1'),
      basic('', 'x'),
    ])
      await assert.rejects(authenticate(wrong, null), { code: 'auth/required' });
  });
});

test('a disabled account lets nobody in, though the password was good a moment ago', async () => {
  await withUser(async (world) => {
    const authenticate = authenticator(world);
    await authenticate(basic('ann', 'sesame-1'), null);
    await world.sql.query(`update account set state = 'disabled' where account = 'team'`);
    await assert.rejects(authenticate(basic('ann', 'sesame-1'), null), { code: 'auth/forbidden' });
  });
});

test('a remembered password ends with its change', async () => {
  await withUser(async (world) => {
    const authenticate = authenticator(world);
    await authenticate(basic('ann', 'sesame-1'), null);
    await world.sql.query(`update app_user set password = :p::text where user_name = 'ann'`, {
      p: await hashPassword('sesame-2'),
    });
    await assert.rejects(authenticate(basic('ann', 'sesame-1'), null), { code: 'auth/required' });
    await authenticate(basic('ann', 'sesame-2'), null);
  });
});

test('the first start makes the administrator, who may act for any account; a given password replaces the stored one', async () => {
  await inRollback(async (sql) => {
    const world = { sql, clock: testClock() };
    const made = await ensureAdmin(world, null);
    assert.ok(made !== null && made.length >= 20);
    assert.equal(await ensureAdmin(world, null), null);
    const authenticate = authenticator(world);
    assert.deepEqual(await authenticate(basic('admin', made), 'team'), { user: 'admin', account: 'team', admin: true });
    assert.equal(await ensureAdmin(world, 'from the environment'), null);
    await assert.rejects(authenticate(basic('admin', made), null), { code: 'auth/required' });
    await authenticate(basic('admin', 'from the environment'), null);
  });
});
