import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as shapes from '#schema/api/access.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { freshName, makeUser, anyCrew, newCrew } from '#test/support/api-accounts.ts';
import { admin, ann, apiServer } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

test('an account is made with a policy of its own, shown, listed by state, and not made twice', async () => {
  const { ask } = await apiServer();
  const name = freshName('a.b@c/d');
  const made = await ask('POST', '/v1/accounts', { body: { name, email: 'crew@example.test' } });
  assert.equal(made.status, 200, made.text);
  const { type, state, email } = fits(shapes.account, made.json);
  assert.deepEqual([type, state, email], ['user', 'enabled', 'crew@example.test']);
  const path = `/accounts/${encodeURIComponent(name)}`;
  for (const prefix of ['', '/v1'])
    assert.deepEqual((await ask('GET', `${prefix}${path}/`)).json, made.json, 'the same with and without /v1');
  const again = await ask('POST', '/v1/accounts', { body: { name } });
  assert.equal(again.status, 400);
  assert.match(fits(errorAnswer, again.json).message, /already in use/);
  const listed = async (query: string) =>
    fits(shapes.accountList, (await ask('GET', `/v1/accounts${query}`)).json).map((one) => one.name);
  assert.ok((await listed('')).includes(name) && (await listed('')).includes('admin'));
  assert.ok((await listed('?state=enabled')).includes(name));
  assert.ok(!(await listed('?state=disabled')).includes(name));
});

test('names that are no names, reserved ones and addresses that are none make no account', async () => {
  const { ask } = await apiServer();
  for (const name of ['admin', 'anchore-system', 'system'])
    assert.equal((await ask('POST', '/v1/accounts', { body: { name } })).status, 400, name);
  const bodies = [
    ...[{ name: 'ab' }, { name: '-abc' }, { name: 'a b c' }, { name: 'a'.repeat(129) }, { name: 'abc\u0000d' }, {}],
    ...[{ name: 7 }, { name: 'abcd', email: 'nobody' }, { name: 'abcd', email: `a@${'b'.repeat(300)}.c` }],
  ];
  for (const body of bodies) {
    const answer = await ask('POST', '/v1/accounts', { body });
    assert.equal(answer.status, 400, JSON.stringify(body));
    fits(problemAnswer, answer.json);
  }
  assert.equal((await ask('GET', '/v1/accounts?state=gone')).status, 400);
  assert.equal((await ask('GET', '/v1/accounts/nobody-has-this')).status, 404);
});

test('an account is disabled, enabled again, and deleted only when it is disabled; nothing of it is left', async () => {
  const { server, ask, account, captain } = await newCrew();
  const put = (state: string) => ask('PUT', `/v1/accounts/${account}/state`, { body: { state } });
  const tag = `${server.registry}/team/app:v1`;
  await server.analyzed(tag, captain);
  await ask(
    'GET',
    `/v1/images/${(await ask<{ imageDigest: string }[]>('GET', '/v1/images', { sender: captain })).json[0]!.imageDigest}/check?tag=${tag}`,
    { sender: captain },
  );
  const early = await ask('DELETE', `/v1/accounts/${account}`);
  assert.equal(early.status, 400);
  assert.match(fits(errorAnswer, early.json).message, /^Invalid account state change requested/);
  for (const state of ['disabled', 'disabled', 'enabled']) {
    assert.deepEqual(fits(shapes.accountStatus, (await put(state)).json), { state });
    const asked = await ask('GET', '/v1/images', { sender: captain });
    assert.equal(asked.status, state === 'enabled' ? 200 : 403, state);
    if (state === 'disabled')
      assert.equal(fits(errorAnswer, asked.json).message, `Not authorized. Account ${account} not enabled.`);
  }
  assert.equal((await put('deleting')).status, 400);
  await put('disabled');
  const deleted = await ask('DELETE', `/v1/accounts/${account}`);
  assert.deepEqual([deleted.status, fits(shapes.accountDeletion, deleted.json)], [200, { state: 'deleting' }]);
  assert.equal((await ask('GET', '/v1/images', { sender: captain })).status, 401, 'its users are gone at once');
});

test("Plimsoll's own accounts keep their state, and accounts that are not there have none", async () => {
  const { ask } = await apiServer();
  for (const [name, status] of [
    ['admin', 400],
    ['nobody-has-this', 404],
  ] as const) {
    const changed = await ask('PUT', `/v1/accounts/${name}/state`, { body: { state: 'disabled' } });
    const deleted = await ask('DELETE', `/v1/accounts/${name}`);
    assert.deepEqual([changed.status, deleted.status], [status, status], name);
  }
});

test('one sees the own account, and the administrator the one of x-anchore-account', async () => {
  const { server, ask, account } = await anyCrew();
  const reader = await makeUser(server, account, 'read-only');
  const name = async (path: string, sender = reader) =>
    fits(shapes.account, (await ask('GET', path, { sender })).json).name;
  assert.equal(await name('/v1/account'), account);
  assert.equal(await name(`/v1/accounts/${account}`), account);
  assert.equal(await name('/v1/account', { ...admin, account }), account);
  assert.equal((await ask('GET', '/v1/account', { sender: { ...admin, account: 'nobody-has-this' } })).status, 404);
  const others = await Promise.all(
    [account, 'nobody-has-this'].map((one) => ask('GET', `/v1/accounts/${one}`, { sender: ann })),
  );
  const words = others.map(({ status, text }) => [status, text.replaceAll(account, 'nobody-has-this')]);
  assert.deepEqual(words[0], words[1], 'that there is such an account cannot be told');
});
