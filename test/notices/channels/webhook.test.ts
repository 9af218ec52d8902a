import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { webhook } from '#notices/channels/webhook.ts';
import { httpServer } from '#test/support/http-server.ts';
import { channelWorld, harmfulNotice, postReceiver } from './channel-bench.ts';

const settings = { verify: true, timeout_seconds: 10 };

test('a webhook gets the envelope of the original, placeholders of its address filled in', async () => {
  await using hook = await postReceiver();
  const notice = harmfulNotice({ account: 'a/b', tries: 2 });
  const url = `${hook.url}/x/<userId>/<notification_type>?u=<userId>`;
  assert.deepEqual(await webhook.send(channelWorld(), notice, { ...settings, url }), { kind: 'delivered' });
  const [got] = hook.got;
  assert.equal(got!.path, '/x/a%2Fb/vuln_update?u=a%2Fb');
  assert.equal(got!.headers['content-type'], 'application/json');
  assert.equal(got!.headers['authorization'], undefined);
  const { data, ...outer } = JSON.parse(got!.body);
  assert.deepEqual(outer, {
    ...{ queueId: 'd1', userId: 'a/b', dataId: notice.event.id, created_at: 1924992000, last_updated: 1924992005 },
    ...{ record_state_key: 'active', record_state_val: null, tries: 2, max_tries: 60 },
  });
  const { notification_payload: payload, ...about } = data;
  assert.deepEqual(about, {
    ...{ notification_user: 'a/b', notification_user_email: 'crew@example.com', notification_type: 'vuln_update' },
  });
  const { subscription_key, subscription_type, notificationId, userId, imageDigest } = payload;
  assert.deepEqual(
    [subscription_key, subscription_type, notificationId, userId, imageDigest],
    [...['quay.test/crew/app:v1', 'vuln_update', notice.event.id, 'a/b', 'sha256:1']],
  );
});

test('an event that nobody has a subscription for is told as the events of the API are', async () => {
  await using hook = await postReceiver();
  const { event } = harmfulNotice();
  const notice = harmfulNotice({ type: 'event_log', event: { ...event, subscriptionKey: null, details: { n: 1 } } });
  await webhook.send(channelWorld(), notice, { ...settings, url: hook.url });
  const { notification_payload: payload } = JSON.parse(hook.got[0]!.body).data;
  assert.deepEqual(payload.event.resource, { user_id: 'crew', type: 'image_tag', id: 'quay.test/crew/app:v1' });
  assert.deepEqual(payload.event.details, { n: 1 });
  assert.equal(payload.generated_uuid, event.id);
});

test('who has the secret can tell that a request is ours, and when it was made', async () => {
  await using hook = await postReceiver();
  const secret = 'sixteen letters!';
  await webhook.send(channelWorld(), harmfulNotice(), {
    ...settings,
    url: hook.url,
    secret,
    user: 'ü',
    password: 'p:w',
  });
  const { headers, body } = hook.got[0]!;
  const hex = createHmac('sha256', secret).update(`1924992005.${body}`).digest('hex');
  assert.equal(headers['x-plimsoll-signature'], `t=1924992005,v1=${hex}`);
  assert.equal(headers['x-plimsoll-delivery'], 'd1');
  assert.equal(headers['authorization'], `Basic ${Buffer.from('ü:p:w').toString('base64')}`);
});

test('what a webhook answers decides whether it is told again, and when', async () => {
  for (const [status, headers, want] of [
    [204, {}, { kind: 'delivered' }],
    [500, {}, { kind: 'failed', retryAfterMs: null }],
    [503, { 'retry-after': '120' }, { kind: 'failed', retryAfterMs: 120_000 }],
    [429, { 'retry-after': '999999999' }, { kind: 'failed', retryAfterMs: 86_400_000 }],
    [408, {}, { kind: 'failed', retryAfterMs: null }],
    [404, {}, { kind: 'refused' }],
    [302, { location: 'http://169.254.169.254/' }, { kind: 'refused' }],
  ] as const) {
    await using hook = await postReceiver(() => [status, headers]);
    const outcome = await webhook.send(channelWorld(), harmfulNotice(), { ...settings, url: `${hook.url}/s3cret` });
    const { why, ...rest } = { why: '', ...outcome };
    assert.deepEqual(rest, want, String(status));
    assert.ok(!why.includes('s3cret'), why);
    assert.equal(hook.got.length, 1);
  }
});

test('a webhook that says nothing is given up in its time', async () => {
  await using silent = await httpServer(() => {});
  const outcome = await webhook.send(channelWorld(), harmfulNotice(), {
    ...{ url: silent.url, verify: true, timeout_seconds: 1 },
  });
  assert.equal(outcome.kind, 'failed');
});

test('a webhook on this machine or in a private network is not called unless that is allowed', async () => {
  await using hook = await postReceiver();
  const world = channelWorld({ allowPrivate: false });
  for (const url of [hook.url, `http://localhost:${hook.port}/`, 'http://10.1.2.3/', 'http://[::ffff:192.168.0.1]/']) {
    const outcome = await webhook.send(world, harmfulNotice(), { ...settings, url });
    assert.equal(outcome.kind, 'refused', url);
    assert.match(outcome.kind === 'refused' ? outcome.why : '', /no address of the public internet/);
  }
  const metadata = await webhook.send(channelWorld(), harmfulNotice(), { ...settings, url: 'http://169.254.169.254/' });
  assert.equal(metadata.kind, 'refused');
  assert.equal(hook.got.length, 0);
});
