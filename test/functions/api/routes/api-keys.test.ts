import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as shapes from '#schema/api/access.ts';
import { errorAnswer } from '#schema/api/system.ts';
import { makeUser, anyCrew, newCrew } from '#test/support/api-accounts.ts';
import { ann } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const own = '/v1/user/api-keys';

test('a key is shown once, listed without its secret, signs in, and is a stranger when it is revoked', async () => {
  const { ask, captain } = await newCrew();
  const made = await ask('POST', own, { sender: captain, body: { name: 'ci', expires_at: '2999-01-01T00:00:00Z' } });
  assert.equal(made.status, 200, made.text);
  assert.equal(made.headers.get('cache-control'), 'no-store');
  const { key, id } = fits(shapes.createdApiKey, made.json);
  const listed = await ask('GET', own, { sender: captain });
  assert.deepEqual(
    fits(shapes.apiKeyList, listed.json).map((one) => [one.id, one.name, one.role, one.expires_at]),
    [[id, 'ci', null, '2999-01-01T00:00:00Z']],
  );
  assert.ok(!listed.text.includes(key.slice(-20)));
  const ways = [{ authorization: `Bearer ${key}` }, { authorization: `Basic ${btoa(`_api_key:${key}`)}` }];
  const statuses = async () =>
    Promise.all(ways.map(async (headers) => (await ask('GET', '/v1/images', { sender: null, headers })).status));
  assert.deepEqual(await statuses(), [200, 200]);
  assert.equal((await ask('DELETE', `${own}/${id}`, { sender: captain })).status, 204);
  assert.deepEqual(await statuses(), [401, 401]);
  assert.equal((await ask('DELETE', `${own}/${id}`, { sender: captain })).status, 404);
});

test('a key makes no way in of its own: no keys, no passwords', async () => {
  const { server, ask, account, captain } = await anyCrew();
  const mate = await makeUser(server, account);
  const { key } = fits(shapes.createdApiKey, (await ask('POST', own, { sender: captain, body: { name: 'ci' } })).json);
  const headers = { authorization: `Bearer ${key}` };
  const password = { type: 'password', value: 'sesame-new' };
  const tried: readonly [string, string, unknown][] = [
    ['POST', own, { name: 'next' }],
    ['POST', '/v1/user/credentials', password],
    ['POST', `/v1/accounts/${account}/users/${mate.user}/credentials`, password],
    ['DELETE', `/v1/accounts/${account}/users/${mate.user}/credentials?credential_type=password`, undefined],
  ];
  for (const [method, path, body] of tried) {
    const answer = await ask(method, path, { sender: null, headers, ...(body === undefined ? {} : { body }) });
    assert.equal(answer.status, 403, path);
    assert.match(fits(errorAnswer, answer.json).message, /^Not authorized\. API keys cannot/);
  }
});

test('who manages an account sees and revokes the keys of its users, and of no others', async () => {
  const { server, ask, account, captain } = await anyCrew();
  const mate = await makeUser(server, account, 'read-only');
  const stranger = ann;
  const { id } = fits(shapes.createdApiKey, (await ask('POST', own, { sender: mate, body: { name: 'ci' } })).json);
  const keys = `/v1/accounts/${account}/users/${mate.user}/api-keys`;
  assert.equal(fits(shapes.apiKeyList, (await ask('GET', keys, { sender: captain })).json).length, 1);
  for (const sender of [mate, stranger]) {
    assert.equal((await ask('GET', keys, { sender })).status, 403);
    assert.equal((await ask('DELETE', `${keys}/${id}`, { sender })).status, 403);
  }
  assert.equal((await ask('DELETE', `${own}/${id}`, { sender: captain })).status, 404, 'not an own one');
  assert.equal((await ask('DELETE', `${keys}/${id}`, { sender: captain })).status, 204);
});

test('keys that would have ended, have no name or are too many are refused', async () => {
  const { ask, captain } = await newCrew();
  const make = (body: unknown) => ask('POST', own, { sender: captain, body });
  for (const body of [
    ...[{}, { name: '' }, { name: 'x'.repeat(129) }, { name: 'ci', role: 'admin' }],
    ...[
      { name: 'ci', expires_at: 'tomorrow' },
      { name: 'ci', expires_at: '2020-01-01T00:00:00Z' },
    ],
  ])
    assert.equal((await make(body)).status, 400, JSON.stringify(body));
  for (let at = 0; at < 50; at++) assert.equal((await make({ name: `ci-${at}` })).status, 200);
  assert.match(fits(errorAnswer, (await make({ name: 'one more' })).json).message, /50 keys/);
});
