import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApiKey } from '#access/api-keys.ts';
import { authenticator } from '#access/authenticate.ts';
import { grantRole } from '#access/members.ts';
import { createUser, removePassword, requireUser } from '#access/users.ts';
import { setPassword } from '#access/user-store.ts';
import { basic, from, stored, withAccounts } from './access-world.ts';

test('a user signs in for the own account and no other', async () => {
  await withAccounts(async (world) => {
    const { authenticate } = authenticator(world);
    const ann = from(basic('ann', 'sesame-ann'));
    const principal = {
      user: 'ann',
      home: 'team',
      account: 'team',
      role: 'full-control',
      admin: false,
      by: 'password',
    };
    assert.deepEqual(await authenticate(ann, null), principal);
    assert.deepEqual(await authenticate(ann, 'team'), principal);
    const denied = async (account: string) => authenticate(ann, account).catch((fault) => [fault.code, fault.message]);
    const words = (account: string) => [
      'auth/forbidden',
      `Not authorized. Requires permissions: domain=${account} action=* target=*`,
    ];
    for (const account of ['admin', 'nobody']) assert.deepEqual(await denied(account), words(account));
  });
});

test('whoever is no user, or knows no password, is a stranger', async () => {
  await withAccounts(async (world) => {
    const { authenticate } = authenticator(world);
    await setPassword(world, 'ann', null, world.clock.now());
    const wrong = [
      ...[null, '', 'Basic !', 'Basic', 'Bearer x', 'Bearer a.b.c', 'jwt ..', 'Digest x', basic('', 'x')],
      ...[basic('ann', ''), basic('ann', 'sesame-ann'), basic('bob', 'sesame-ann'), basic('b\0b', 'x')],
      ...[basic('admin', 'sesame-admi'), basic('_api_key', 'sesame-admin'), `Basic ${'A'.repeat(5000)}`],
    ];
    for (const [at, one] of wrong.entries())
      await assert.rejects(authenticate(from(one, `192.0.2.${at}`), null), { code: 'auth/required' }, String(one));
  });
});

test('the administrator acts for every account, also one that is not there', async () => {
  await withAccounts(async (world) => {
    const { authenticate } = authenticator(world);
    for (const account of ['team', 'nobody']) {
      const { user, home, admin, role } = await authenticate(from(basic('admin', 'sesame-admin')), account);
      assert.deepEqual([user, home, admin, role], ['admin', 'admin', true, null]);
    }
  });
});

test('who is not in full control of the administrators account is no administrator', async () => {
  await withAccounts(async (world) => {
    const { authenticate } = authenticator(world);
    await createUser(world, 'admin', 'auditor', 'sesame-auditor');
    const auditor = from(basic('auditor', 'sesame-auditor'));
    const admin = await authenticate(from(basic('admin', 'sesame-admin')), null);
    assert.equal((await authenticate(auditor, null)).admin, true);
    await grantRole(world, admin, { account: 'admin', user: 'auditor', role: 'read-only' });
    assert.equal((await authenticate(auditor, null)).admin, false);
    await assert.rejects(authenticate(auditor, 'team'), { code: 'auth/forbidden' });
  });
});

test('a disabled account lets nobody in, though the password was good a moment ago; one that guests are let into neither', async () => {
  await withAccounts(async (world) => {
    const { authenticate } = authenticator(world);
    const admin = await authenticate(from(basic('admin', 'sesame-admin')), null);
    await world.sql.query(`insert into account values ('other', 'user', 'enabled', null, 1, 1)`);
    await grantRole(world, admin, { account: 'other', user: 'ann', role: 'read-only' });
    const ann = from(basic('ann', 'sesame-ann'));
    assert.equal((await authenticate(ann, 'other')).role, 'read-only');
    await world.sql.query(`update account set state = 'disabled' where account = 'other'`);
    await assert.rejects(authenticate(ann, 'other'), /Account other not enabled/);
    await authenticate(ann, null);
    await world.sql.query(`update account set state = 'disabled' where account = 'team'`);
    await assert.rejects(authenticate(ann, null), {
      code: 'auth/forbidden',
      message: 'Not authorized. Account team not enabled.',
    });
  });
});

test('a remembered password and a token end with the change of the password, at once', async () => {
  await withAccounts(async (world) => {
    const { authenticate, issueToken } = authenticator(world);
    const token = from(`Bearer ${(await issueToken('ann', 'sesame-ann', '192.0.2.1')).text}`);
    await authenticate(from(basic('ann', 'sesame-ann')), null);
    assert.equal((await authenticate(token, null)).by, 'token');
    await setPassword(world, 'ann', await stored('sesame-new'), world.clock.now());
    await assert.rejects(authenticate(from(basic('ann', 'sesame-ann')), null), { code: 'auth/required' });
    await assert.rejects(authenticate(token, null), { code: 'auth/required' });
    await authenticate(from(basic('ann', 'sesame-new')), null);
  });
});

test('a token works for an hour, in every process, and ends with its user', async () => {
  await withAccounts(async (world) => {
    const { text, lifeSeconds } = await authenticator(world).issueToken('ann', 'sesame-ann', '192.0.2.1');
    assert.equal(lifeSeconds, 3600);
    const other = authenticator(world);
    for (const scheme of ['Bearer', 'bearer', 'jwt'])
      assert.equal((await other.authenticate(from(`${scheme} ${text}`), null)).user, 'ann');
    const [head, body, proof] = text.split('.');
    const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body!, 'base64url').toString()), sub: 'x' }));
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    const wrong = [
      ...[`${head}.${forged.toString('base64url')}.${proof}`, `${none}.${body}.`, `${head}.${body}.`, `${text}x`],
      ...[`${head}.${body}`, `${text}.${proof}`],
    ];
    for (const one of wrong)
      await assert.rejects(other.authenticate(from(`Bearer ${one}`), null), { code: 'auth/required' });
    await world.clock.advance(3_600_000);
    await assert.rejects(other.authenticate(from(`Bearer ${text}`), null), { code: 'auth/required' });
    const next = await other.issueToken('ann', 'sesame-ann', '192.0.2.1');
    await world.sql.query(`delete from app_user where user_name = 'ann'`);
    await assert.rejects(other.authenticate(from(`Bearer ${next.text}`), null), { code: 'auth/required' });
  });
});

test('a key signs in as its user until it ends or is revoked, also where the user has no password', async () => {
  await withAccounts(async (world) => {
    const { authenticate } = authenticator(world);
    const admin = await authenticate(from(basic('admin', 'sesame-admin')), null);
    const ann = await authenticate(from(basic('ann', 'sesame-ann')), null);
    const expiresAt = world.clock.now() + 1000;
    const { text } = await createApiKey(world, ann, { name: 'ci', role: null, expiresAt });
    await removePassword(world, admin, await requireUser(world, 'team', 'ann'));
    for (const way of [`Bearer ${text}`, basic('_api_key', text)]) {
      const { user, role, by } = await authenticate(from(way), null);
      assert.deepEqual([user, role, by], ['ann', 'full-control', 'key']);
    }
    const wrong = `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`;
    await assert.rejects(authenticate(from(`Bearer ${wrong}`), null), { code: 'auth/required' });
    await world.clock.advance(1000);
    await assert.rejects(authenticate(from(`Bearer ${text}`), null), { code: 'auth/required' });
  });
});

test('a key with a role is narrower than its user, and the administrators key with one is no administrator', async () => {
  await withAccounts(async (world) => {
    const { authenticate } = authenticator(world);
    for (const user of ['ann', 'admin']) {
      const by = await authenticate(from(basic(user, `sesame-${user}`)), null);
      const { text } = await createApiKey(world, by, { name: 'ci', role: 'image-developer', expiresAt: null });
      const { role, admin } = await authenticate(from(`Bearer ${text}`), null);
      assert.deepEqual([role, admin], ['image-developer', false]);
    }
  });
});
