import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { newCrew } from '#test/support/api-accounts.ts';
import { apiServer } from '#test/support/api-server.ts';
import { httpServer } from '#test/support/http-server.ts';

interface Channel {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly notification_types: readonly string[] | null;
  readonly levels: readonly string[];
  readonly enabled: boolean;
  readonly signing_secret?: string | null;
}

interface Got {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

async function receiver(answer = () => 200) {
  const got: Got[] = [];
  const server = await httpServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += piece));
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(answer()).end();
    });
  });
  return { ...server, got };
}

test('a channel is added, shown without its secrets, changed in part, tested and removed', async () => {
  const { server, account, captain } = await newCrew();
  await using hook = await receiver();
  const settings = { url: `${hook.url}/t0ken/<userId>/<notification_type>`, user: 'u', password: 'p4ss' };
  const added = await server.ask<Channel>('POST', '/v1/notifications/channels', {
    sender: captain,
    body: { name: 'ops', type: 'webhook', settings, notification_types: ['vuln_update'] },
  });
  assert.equal(added.status, 200, added.text);
  assert.equal(added.headers.get('cache-control'), 'no-store');
  const { id, signing_secret: secret } = added.json;
  assert.ok(secret && secret.length >= 32);
  const path = `/v1/notifications/channels/${id}`;
  const shown = await server.ask<Channel>('GET', path, { sender: captain });
  const listed = await server.ask<Channel[]>('GET', '/v1/notifications/channels', { sender: captain });
  assert.deepEqual(listed.json, [shown.json]);
  assert.equal(shown.json.target, hook.url);
  const mask = '********';
  assert.deepEqual(shown.json.settings, {
    ...{ url: mask, user: 'u', password: mask, secret: mask, verify: true, timeout_seconds: 10 },
  });
  for (const secrets of ['t0ken', 'p4ss', secret]) assert.ok(!shown.text.includes(secrets));

  const changed = await server.ask<Channel>('PUT', path, {
    sender: captain,
    body: {
      name: 'ops-2',
      settings: { ...shown.json.settings, timeout_seconds: 5, user: null },
      notification_types: null,
    },
  });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.json.name, 'ops-2');
  assert.equal(changed.json.notification_types, null);
  assert.deepEqual(changed.json.levels, ['error']);

  const tested = await server.ask('POST', `${path}/test?notification_type=vuln_update`, { sender: captain });
  assert.deepEqual(tested.json, { delivered: true, reason: null });
  const [got] = hook.got;
  assert.equal(got!.path, `/t0ken/${account}/vuln_update`);
  assert.equal(got!.headers['authorization'], `Basic ${Buffer.from(':p4ss').toString('base64')}`);
  const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(got!.headers['x-plimsoll-signature'])) ?? [];
  assert.equal(hex, createHmac('sha256', secret).update(`${seconds}.${got!.body}`).digest('hex'));

  assert.equal((await server.ask('DELETE', path, { sender: captain })).text, 'true');
  assert.equal((await server.ask('GET', path, { sender: captain })).status, 404);
});

test('a channel whose settings are not of its type, or that is there already, is refused', async () => {
  const { server, captain } = await newCrew();
  const add = (body: unknown) => server.ask('POST', '/v1/notifications/channels', { sender: captain, body });
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [{ name: 'a', type: 'webhook', settings: { url: 'ftp://a' } }, /url.*http/],
    [{ name: 'a', type: 'webhook', settings: { url: 'https://a', colour: 'red' } }, /colour/],
    [{ name: 'a', type: 'pigeon', settings: {} }, /type/],
    [{ name: 'a\nb', type: 'slack', settings: { url: 'https://a' } }, /one line/],
    [{ name: 'a', type: 'email', settings: { host: 'h', from: 'a@b', to: ['x@y\r\nBcc: z@y'] } }, /name@example/],
  ];
  for (const [body, why] of bad) {
    const { status, text } = await add(body);
    assert.equal(status, 400, text);
    assert.match(text, why);
  }
  const good = { name: 'a', type: 'slack', settings: { url: 'https://hooks.example.com/x' } };
  assert.equal((await add(good)).status, 200);
  assert.equal((await add(good)).status, 409);
});

test('whoever may change a channel cannot have its password sent elsewhere', async () => {
  const { server, captain } = await newCrew();
  await using hook = await receiver();
  await using other = await receiver();
  const { json } = await server.ask<Channel>('POST', '/v1/notifications/channels', {
    sender: captain,
    body: { name: 'ops', type: 'webhook', settings: { url: hook.url, password: 'p4ss' } },
  });
  const path = `/v1/notifications/channels/${json.id}`;
  const moved = await server.ask('PUT', path, { sender: captain, body: { settings: { url: other.url } } });
  assert.equal(moved.status, 400);
  assert.match(moved.text, /password again/);
  const again = { settings: { url: other.url, password: 'another' } };
  assert.equal((await server.ask('PUT', path, { sender: captain, body: again })).status, 200);
});

test('a test that is not taken says why', async () => {
  const { server, captain } = await newCrew();
  await using hook = await receiver(() => 410);
  const { json } = await server.ask<Channel>('POST', '/v1/notifications/channels', {
    sender: captain,
    body: { name: 'ops', type: 'teams', settings: { url: hook.url } },
  });
  const tested = await server.ask('POST', `/v1/notifications/channels/${json.id}/test`, { sender: captain });
  assert.deepEqual(tested.json, { delivered: false, reason: `127.0.0.1:${hook.port} answered 410` });
});

test('an account of a user has no channel that speaks as the installation', async () => {
  const { server, captain } = await newCrew();
  const body = { name: 'n', type: 'sns', settings: { topic: 'arn:aws:sns:us-east-1:123456789012:notices' } };
  assert.equal((await server.ask('POST', '/v1/notifications/channels', { sender: captain, body })).status, 403);
});

test('webhooks of the account admin are tested by their type, and there is an error where there are none', async () => {
  const server = await apiServer();
  const ask = (type: string) => server.ask('POST', `/v1/system/webhooks/${type}/test?notification_type=policy_eval`);
  const none = await ask('general');
  assert.equal(none.status, 400, none.text);
  await using hook = await receiver();
  const add = async (name: string, notification_types: readonly string[] | null) =>
    (
      await server.ask<Channel>('POST', '/v1/notifications/channels', {
        body: { name, type: 'webhook', settings: { url: `${hook.url}/${name}` }, notification_types },
      })
    ).json.id;
  const ids = [await add('general', null), await add('verdicts', ['policy_eval'])];
  try {
    assert.equal((await ask('general')).status, 200);
    assert.equal((await ask('policy_eval')).status, 200);
    assert.equal((await ask('vuln_update')).status, 400);
    assert.deepEqual(
      hook.got.map(({ path }) => path),
      ['/general', '/verdicts'],
    );
    assert.equal(JSON.parse(hook.got[0]!.body).data.notification_type, 'policy_eval');
  } finally {
    for (const id of ids) await server.ask('DELETE', `/v1/notifications/channels/${id}`);
  }
});

test('deliveries are listed by state and channel, and one is sent again when somebody asks', async () => {
  const { server, captain } = await newCrew();
  await using hook = await receiver();
  const { json: channel } = await server.ask<Channel>('POST', '/v1/notifications/channels', {
    sender: captain,
    body: { name: 'ops', type: 'webhook', settings: { url: hook.url }, notification_types: ['analysis_update'] },
  });
  const tag = `${server.registry}/team/app:v1`;
  // Adding an image may have made it already.
  const subscription = { subscription_key: tag, subscription_type: 'analysis_update', active: true };
  await server.ask('POST', '/v1/subscriptions', { sender: captain, body: subscription });
  await server.analyzed(tag, captain);
  type Page = {
    results: { id: string; state: string; channel: string; notification_type: string }[];
    next: number | null;
  };
  const deliveries = async (query: string) =>
    (await server.ask<Page>('GET', `/v1/notifications/deliveries?${query}`, { sender: captain })).json;
  const page = await server.until(
    () => deliveries(`state=delivered&channel=${channel.id}`),
    ({ results }) => results.length > 0,
  );
  assert.deepEqual(
    page.results.map((one) => [one.state, one.channel, one.notification_type]),
    [['delivered', channel.id, 'analysis_update']],
  );
  assert.equal(page.next, null);
  assert.deepEqual((await deliveries('state=dead')).results, []);
  const resent = await server.ask('POST', `/v1/notifications/deliveries/${page.results[0]!.id}/resend`, {
    sender: captain,
  });
  assert.equal(resent.text, 'true');
  await server.until(
    async () => hook.got.length,
    (n) => n > 1,
  );
  const bodies = hook.got.map(({ body }) => JSON.parse(body));
  assert.equal(bodies[0].queueId, bodies[1].queueId);
  assert.equal(bodies[0].data.notification_payload.notificationId, bodies[1].data.notification_payload.notificationId);
});
