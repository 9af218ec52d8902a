import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as shapes from '#schema/api/access.ts';
import { errorAnswer } from '#schema/api/system.ts';
import { makeAccount, makeUser, anyCrew, newCrew } from '#test/support/api-accounts.ts';
import { fits } from '#test/support/fits.ts';

test('the roles are listed with what they allow', async () => {
  const { ask, captain } = await anyCrew();
  const roles = fits(shapes.roleList, (await ask('GET', '/v1/roles', { sender: captain })).json);
  assert.deepEqual(
    roles.map(({ name }) => name),
    ['read-only', 'image-developer', 'policy-editor', 'full-control'],
  );
  assert.ok(roles.every(({ actions }) => actions.includes('getImage') && !actions.includes('createAccount')));
});

test('who manages an account gives its users roles; an administrator lets users of other accounts in', async () => {
  const { server, ask, account, captain } = await newCrew();
  const mate = await makeUser(server, account);
  const other = await makeAccount(server);
  const guest = await makeUser(server, other);
  const members = `/v1/accounts/${account}/members`;
  const put = (user: string, role: string, sender?: typeof captain) =>
    ask('PUT', `${members}/${user}`, { body: { role }, ...(sender === undefined ? {} : { sender }) });
  assert.equal(fits(shapes.member, (await put(mate.user, 'read-only', captain)).json).role, 'read-only');
  assert.equal((await ask('GET', members, { sender: mate })).status, 403);
  const strange = await put(guest.user, 'read-only', captain);
  const absent = await put('nobody-has-this', 'read-only', captain);
  assert.deepEqual([strange.status, absent.status], [404, 404]);
  assert.equal(strange.text.replaceAll(guest.user, 'nobody-has-this'), absent.text);
  const acting = { ...guest, account };
  assert.equal((await ask('GET', '/v1/images', { sender: acting })).status, 403);
  assert.deepEqual(fits(shapes.member, (await put(guest.user, 'policy-editor')).json).account, other);
  assert.equal((await ask('GET', '/v1/images', { sender: acting })).status, 200);
  assert.equal((await ask('GET', `/v1/accounts/${account}`, { sender: guest })).status, 200);
  assert.deepEqual(
    fits(shapes.memberList, (await ask('GET', members, { sender: captain })).json)
      .map(({ username, account: home, role }) => [username, home, role].join(' '))
      .sort(),
    [
      ...[`${captain.user} ${account} full-control`, `${mate.user} ${account} read-only`],
      `${guest.user} ${other} policy-editor`,
    ].sort(),
  );
  assert.equal((await ask('DELETE', `${members}/${guest.user}`, { sender: captain })).status, 204);
  assert.equal((await ask('GET', '/v1/images', { sender: acting })).status, 403);
  assert.equal((await ask('DELETE', `${members}/${guest.user}`, { sender: captain })).status, 404);
});

test('nobody changes the own role, and the administrators account is without guests', async () => {
  const { server, ask, account, captain } = await anyCrew();
  const refused: readonly [string, string, typeof captain | undefined][] = [
    ['PUT', `${account}/members/${captain.user}`, captain],
    ['PUT', 'admin/members/admin', undefined],
    ['PUT', `admin/members/${captain.user}`, undefined],
    ['DELETE', `${account}/members/${captain.user}`, undefined],
  ];
  for (const [method, path, sender] of refused) {
    const answer = await ask(method, `/v1/accounts/${path}`, {
      ...(sender === undefined ? {} : { sender }),
      ...(method === 'PUT' ? { body: { role: 'read-only' } } : {}),
    });
    assert.equal(answer.status, 400, path);
    fits(errorAnswer, answer.json);
  }
  const second = await makeUser(server, 'admin');
  const lesser = await ask('PUT', '/v1/accounts/admin/members/admin', { sender: second, body: { role: 'read-only' } });
  assert.equal(lesser.status, 400);
  await ask('DELETE', `/v1/accounts/admin/users/${second.user}`);
  for (const role of ['admin', '', 7])
    assert.equal((await ask('PUT', `/v1/accounts/${account}/members/x`, { body: { role } })).status, 400);
  const nowhere = await ask('PUT', `/v1/accounts/nobody-has-this/members/${captain.user}`, {
    body: { role: 'read-only' },
  });
  assert.equal(nowhere.status, 404);
});
