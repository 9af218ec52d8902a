import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as shapes from '#schema/api/access.ts';
import { errorAnswer } from '#schema/api/system.ts';
import { freshName, makeAccount, makeUser, anyCrew, newCrew } from '#test/support/api-accounts.ts';
import { admin } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

test('users are made, shown, listed and deleted; names are unique over all accounts', async () => {
  const { server, ask, account, captain } = await newCrew();
  const username = freshName('mate');
  const users = `/v1/accounts/${account}/users`;
  const body = { username, password: 'sesame' };
  const made = await ask('POST', users, { sender: captain, body });
  assert.equal(made.status, 200, made.text);
  const { type, source } = fits(shapes.user, made.json);
  assert.deepEqual([type, source], ['native', null]);
  assert.deepEqual((await ask('GET', `${users}/${username}`)).json, made.json);
  assert.deepEqual(
    fits(shapes.userList, (await ask('GET', users, { sender: captain })).json).map((one) => one.username),
    [username, captain.user].sort(),
  );
  const other = await makeAccount(server);
  for (const one of [account, other]) {
    const again = await ask('POST', `/v1/accounts/${one}/users`, { body });
    assert.deepEqual(
      [again.status, fits(errorAnswer, again.json).message],
      [400, `User name already in use: ${username}`],
    );
  }
  assert.equal((await ask('GET', `/v1/accounts/${other}/users/${username}`)).status, 404, 'it is of another account');
  assert.equal((await ask('DELETE', `/v1/accounts/${other}/users/${username}`)).status, 404);
  const mate = { user: username, password: 'sesame' };
  assert.equal((await ask('GET', '/v1/images', { sender: mate })).status, 200);
  const gone = await ask('DELETE', `${users}/${username}`, { sender: captain });
  assert.deepEqual([gone.status, gone.text], [204, '']);
  assert.equal((await ask('GET', '/v1/images', { sender: mate })).status, 401);
  assert.equal((await ask('DELETE', `${users}/${username}`, { sender: captain })).status, 404);
});

test('users that cannot be made are refused', async () => {
  const { ask, account } = await anyCrew();
  const username = freshName('mate');
  const bodies = [
    ...[{ username }, { username, password: 'short' }, { username, password: 'x'.repeat(129) }, { password: 'sesame' }],
    ...[
      { username: 'ab', password: 'sesame' },
      { username: '_api_key', password: 'sesame' },
    ],
    ...[
      { username: 'admin', password: 'sesame' },
      { username: 'anchore-system', password: 'sesame' },
    ],
  ];
  for (const body of bodies)
    assert.equal((await ask('POST', `/v1/accounts/${account}/users`, { body })).status, 400, JSON.stringify(body));
  const nowhere = await ask('POST', '/v1/accounts/nobody-has-this/users', { body: { username, password: 'sesame' } });
  assert.equal(nowhere.status, 404);
});

test('nobody deletes oneself or admin', async () => {
  const { server, ask, account, captain } = await anyCrew();
  const second = await makeUser(server, 'admin');
  for (const [sender, path] of [
    [captain, `${account}/users/${captain.user}`],
    [admin, 'admin/users/admin'],
    [second, 'admin/users/admin'],
    [second, `admin/users/${second.user}`],
  ] as const) {
    const answer = await ask('DELETE', `/v1/accounts/${path}`, { sender });
    assert.equal(answer.status, 400, path);
    fits(errorAnswer, answer.json);
  }
  assert.equal((await ask('DELETE', `/v1/accounts/admin/users/${second.user}`)).status, 204);
});

test('a password is set by its user and by who manages the account; it is shown as stars; the old one ends', async () => {
  const { server, ask, account, captain } = await anyCrew();
  const mate = await makeUser(server, account, 'read-only');
  const path = `/v1/accounts/${account}/users/${mate.user}/credentials`;
  const body = (value: string) => ({ type: 'password', value });
  const shown = fits(shapes.credentialList, (await ask('GET', path, { sender: mate })).json);
  assert.deepEqual(
    shown.map(({ type, value }) => [type, value]),
    [['password', '********']],
  );
  const works = async (password: string) =>
    (await ask('GET', '/v1/user', { sender: { user: mate.user, password } })).status === 200;
  for (const [sender, where, value] of [
    [captain, path, 'set by captain'],
    [{ user: mate.user, password: 'set by captain' }, path, 'set by name'],
    [{ user: mate.user, password: 'set by name' }, '/v1/user/credentials', 'set by self'],
  ] as const) {
    const answer = await ask('POST', where, { sender, body: body(value) });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(fits(shapes.credential, answer.json).value, '********');
    assert.ok(await works(value), value);
    if (sender !== captain) assert.ok(!(await works(sender.password)), sender.password);
  }
  for (const wrong of [body('short'), { type: 'token', value: 'sesame' }, { value: 'sesame' }, {}])
    assert.equal((await ask('POST', path, { body: wrong })).status, 400, JSON.stringify(wrong));
});

test('a password is taken away by others only, and never from admin', async () => {
  const { server, ask, account, captain } = await anyCrew();
  const mate = await makeUser(server, account);
  const remove = (user: string, sender = captain, query = '?credential_type=password', where = account) =>
    ask('DELETE', `/v1/accounts/${where}/users/${user}/credentials${query}`, { sender });
  assert.equal((await remove(mate.user, captain, '')).status, 400);
  assert.equal((await remove(mate.user, captain, '?credential_type=key')).status, 400);
  assert.equal((await remove(captain.user)).status, 400);
  const second = await makeUser(server, 'admin');
  assert.equal((await remove('admin', second, undefined, 'admin')).status, 400);
  await ask('DELETE', `/v1/accounts/admin/users/${second.user}`);
  assert.equal((await remove(mate.user)).status, 204);
  assert.equal((await ask('GET', '/v1/user', { sender: mate })).status, 401);
  assert.deepEqual(
    (await ask('GET', `/v1/accounts/${account}/users/${mate.user}/credentials`, { sender: captain })).json,
    [],
  );
});

test('everybody sees oneself, also while acting for another account', async () => {
  const { ask, account, captain } = await anyCrew();
  const name = async (sender: typeof captain) =>
    fits(shapes.user, (await ask('GET', '/v1/user', { sender })).json).username;
  assert.equal(await name(captain), captain.user);
  assert.equal(await name({ ...admin, account }), 'admin');
  fits(shapes.credentialList, (await ask('GET', '/v1/user/credentials', { sender: captain })).json);
});
