import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { apiServer, type ImageRecord } from '#test/support/api-server.ts';

interface Subscription {
  readonly subscription_id: string;
  readonly subscription_key: string;
  readonly subscription_type: string;
  readonly subscription_value: string;
  readonly active: boolean;
  readonly userId: string;
}

interface Refusal {
  readonly message: string;
  readonly httpcode: number;
  readonly detail: { readonly error_codes: readonly string[] };
}

async function opened(name: string) {
  const server = await apiServer();
  const account = await makeAccount(server, name);
  const sender = await makeUser(server, account);
  const post = <T = Subscription[]>(query: Readonly<Record<string, string>>) =>
    server.ask<T>('POST', `/v1/repositories?${new URLSearchParams(query)}`, { sender });
  const list = async (type: string) =>
    (await server.ask<Subscription[]>('GET', `/subscriptions?subscription_type=${type}`, { sender })).json;
  return { server, account, sender, post, list, app: `${server.registry}/team/app` };
}

test('a repository that is added is one subscription, and its tags become images with their subscriptions', async () => {
  const { server, account, sender, post, list, app } = await opened('harbour');
  // As the original's client writes it.
  const added = await post({ repository: app, autosubscribe: 'True', dryrun: 'False', lookuptag: 'v1' });
  assert.equal(added.status, 200, added.text);
  const [record] = added.json;
  assert.deepEqual(
    [added.json.length, record?.subscription_key, record?.subscription_type, record?.active, record?.userId],
    [1, app, 'repo_update', true, account],
  );
  const value = JSON.parse(record!.subscription_value);
  assert.deepEqual([value.autosubscribe, value.lookuptag, value.tagcount], [true, 'v1', value.repotags.length]);
  assert.ok(value.repotags.includes('v1'));
  const images = () => server.ask<ImageRecord[]>('GET', '/v1/images', { sender });
  await server.until(images, ({ json }) => json.length >= value.tagcount);
  const watched = await server.until(
    () => list('tag_update'),
    (found) => found.length >= value.tagcount,
  );
  for (const tag of value.repotags)
    assert.equal(watched.find(({ subscription_key: key }) => key === `${app}:${tag}`)?.active, true, tag);
  const again = await post({ repository: app, autosubscribe: 'false' });
  assert.equal(again.json[0]?.subscription_id, record?.subscription_id);
  assert.equal(JSON.parse(again.json[0]!.subscription_value).autosubscribe, false);
  assert.equal((await list('repo_update')).length, 1);
});

test('a dry run tells the tags and keeps nothing', async () => {
  const { post, list, app } = await opened('drydock');
  const { status, json } = await post({ repository: app, dryrun: 'true' });
  assert.equal(status, 200);
  assert.equal(json[0]?.active, false);
  assert.ok(JSON.parse(json[0]!.subscription_value).tagcount > 0);
  assert.deepEqual(await list('repo_update'), []);
});

test('a repository whose tags nobody can list is 404, and says why', async () => {
  const { server, post, list } = await opened('fog');
  for (const [repository, code] of [
    [`${server.registry}/team/none`, 'REGISTRY_IMAGE_NOT_FOUND'],
    ['locked.example.test/team/app', 'REGISTRY_PERMISSION_DENIED'],
    ['127.0.0.1:1/team/app', 'REGISTRY_NOT_ACCESSIBLE'],
  ] as const) {
    const { status, json, text } = await post<Refusal>({ repository });
    assert.equal(status, 404, text);
    assert.deepEqual([json.httpcode, json.detail.error_codes], [404, [code]]);
  }
  assert.deepEqual(await list('repo_update'), []);
});

test('what is no repository is refused before any registry is asked', async () => {
  const { server, post, app } = await opened('sandbank');
  for (const repository of ['', 'quay.io/UPPER', `${app}:v1`, 'https://quay.io/team/app', 'a b'])
    assert.equal((await post<Refusal>({ repository })).status, 400, repository);
  assert.equal((await post<Refusal>({ repository: app, autosubscribe: 'perhaps' })).status, 400);
  const without = await server.ask('POST', '/repositories', {});
  assert.equal(without.status, 400);
});

test('clients find what they watch by the name that they gave', async () => {
  const { server, sender, list } = await opened('hub');
  const body = { subscription_key: 'docker.io/alpine', subscription_type: 'repo_update' };
  await server.ask('POST', '/v1/subscriptions', { sender, body });
  assert.deepEqual(
    (await list('repo_update')).map(({ subscription_key: key }) => key),
    ['docker.io/alpine'],
  );
  for (const name of ['alpine', 'docker.io/alpine', 'docker.io/library/alpine']) {
    const query = new URLSearchParams({ subscription_key: name, subscription_type: 'repo_update' });
    const found = await server.ask<Subscription[]>('GET', `/v1/subscriptions?${query}`, { sender });
    assert.equal(found.json.length, 1, name);
  }
});

test('a subscription that is switched on is looked at at once', async () => {
  const { server, sender, app } = await opened('lighthouse');
  const body = { subscription_key: app, subscription_type: 'repo_update', active: true };
  const added = await server.ask<Subscription[]>('POST', '/v1/subscriptions', { sender, body });
  const { subscription_id: id } = added.json[0]!;
  const shown = async () =>
    (await server.ask<Subscription[]>('GET', `/v1/subscriptions/${id}`, { sender })).json[0]!.subscription_value;
  const value = await server.until(shown, (found) => found !== null);
  assert.ok(JSON.parse(value).tagcount > 0);
  const asked = await server.ask<Subscription[]>('PUT', `/v1/subscriptions/${id}`, {
    sender,
    body: { active: false, subscription_key: app, subscription_type: 'repo_update' },
  });
  assert.equal(asked.json[0]?.active, false);
});
