import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subscriptionId } from '#notices/subscription.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { subscriptions } from '#schema/api/subscriptions.ts';
import { newCrew } from '#test/support/api-accounts.ts';
import { fits } from '#test/support/fits.ts';

async function bench() {
  const { ask, account, captain: sender } = await newCrew();
  const list = async (query = '') =>
    fits(subscriptions, (await ask('GET', `/v1/subscriptions${query}`, { sender })).json);
  const add = (body: object) => ask('POST', '/v1/subscriptions', { sender, body });
  const put = (id: string, body: object) => ask('PUT', `/v1/subscriptions/${id}`, { sender, body });
  return { ask, account, sender, list, add, put };
}

test('a subscription is added, found, switched, changed and removed', async () => {
  const { ask, account, sender, list, add, put } = await bench();
  assert.deepEqual(await list(), []);
  const given = { subscription_key: 'docker.io/library/alpine:3', subscription_type: 'policy_eval' };
  const added = await add({ ...given, subscription_value: null });
  assert.equal(added.status, 200, added.text);
  const [record] = fits(subscriptions, added.json);
  const { created_at, last_updated, ...rest } = record!;
  const id = subscriptionId(account, given.subscription_key, 'policy_eval');
  assert.deepEqual(rest, {
    ...{ subscription_id: id, ...given, subscription_value: null, active: false, userId: account },
  });
  for (const time of [created_at, last_updated]) assert.ok(time > 1_700_000_000 && time < 10_000_000_000, 'seconds');
  const again = await add({ ...given, active: true });
  assert.equal(again.status, 500);
  assert.equal(fits(errorAnswer, again.json).message, 'subscription already exists in DB');
  assert.deepEqual((await ask('GET', `/v1/subscriptions/${id}`, { sender })).json, [record]);
  // The client of the original sends key and type along.
  const switched = await put(id, { active: true, ...given });
  assert.equal(fits(subscriptions, switched.json)[0]?.active, true);
  const valued = await put(id, { subscription_value: '{"digests": []}' });
  assert.deepEqual(
    fits(subscriptions, valued.json).map((one) => [one.active, one.subscription_value]),
    [[true, '{"digests": []}']],
  );
  assert.equal(fits(subscriptions, (await put(id, { subscription_value: null })).json)[0]?.subscription_value, null);
  for (const _ of [1, 2]) assert.equal((await ask('DELETE', `/v1/subscriptions/${id}`, { sender })).json, true);
  assert.deepEqual((await ask('GET', `/v1/subscriptions/${id}`, { sender })).json, []);
  assert.equal((await put(id, { active: true })).status, 404);
});

test('a key is found as people write it, so that the client of the original finds what it is to switch', async () => {
  const { list, add } = await bench();
  for (const subscription_type of ['policy_eval', 'tag_update', 'repo_update'])
    await add({ subscription_key: 'alpine', subscription_type });
  const keys = async (query: string) =>
    (await list(query)).map((one) => `${one.subscription_type} ${one.subscription_key}`);
  const tag = 'docker.io/library/alpine:latest';
  for (const key of ['alpine:latest', 'docker.io%2Falpine:latest', 'index.docker.io%2Flibrary%2Falpine', tag])
    assert.deepEqual(await keys(`?subscription_key=${key}&subscription_type=policy_eval`), [`policy_eval ${tag}`], key);
  assert.deepEqual(await keys('?subscription_type=repo_update&subscription_key=alpine'), [
    'repo_update docker.io/alpine',
  ]);
  assert.equal((await list('?subscription_key=alpine')).length, 3);
  assert.equal((await list('?subscription_key=alpine:latest')).length, 2);
  assert.deepEqual(await keys('?subscription_key=alpine:3'), []);
  assert.deepEqual(await keys('?subscription_key=no%20reference'), []);
});

test('what is no subscription is refused with what it should be', async () => {
  const { ask, sender, add } = await bench();
  const wrong = async (body: object) => {
    const { status, json } = await add(body);
    assert.equal(status, 400, JSON.stringify(body));
    return JSON.stringify(json);
  };
  assert.match(await wrong({ subscription_key: 'alpine:3', subscription_type: 'alerts' }), /subscription_type/);
  assert.match(await wrong({ subscription_key: 'Alpine:3', subscription_type: 'tag_update' }), /must be lower case/);
  assert.match(await wrong({ subscription_key: 'alpine:3', subscription_type: 'repo_update' }), /without a tag/);
  const digest = `alpine@sha256:${'0'.repeat(64)}`;
  assert.match(await wrong({ subscription_key: digest, subscription_type: 'policy_eval' }), /REPOSITORY:TAG/);
  const asked = await ask('GET', '/v1/subscriptions?subscription_type=runtime_inventory', { sender });
  assert.equal(asked.status, 400);
  fits(problemAnswer, asked.json);
});

test('a list of subscriptions that is too long for one answer of the database is whole', async () => {
  const { list, add } = await bench();
  const value = JSON.stringify({ digests: ['x'.repeat(32_000)] });
  for (let n = 0; n < 40; n++)
    await add({ subscription_key: `app:${n}`, subscription_type: 'vuln_update', subscription_value: value });
  assert.equal(new Set((await list()).map((one) => one.subscription_key)).size, 40);
});
