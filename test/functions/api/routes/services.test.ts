import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { schemaVersion, version } from '#core/version.ts';
import { errorAnswer, errorCodeList, gateSpecs, serviceDetail, serviceList, systemStatus } from '#schema/api/system.ts';
import { anyCrew } from '#test/support/api-accounts.ts';
import { ann, apiServer } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const names = ['catalog', 'apiext', 'policy_engine', 'simplequeue', 'analyzer'];

test('the services are those that clients wait for, each once, up and at the address of the server', async () => {
  const { ask, url } = await apiServer();
  const { service_states } = fits(systemStatus, (await ask('GET', '/v1/system/')).json);
  assert.deepEqual(
    service_states.map(({ servicename }) => servicename),
    names,
  );
  for (const state of service_states) {
    assert.deepEqual(
      [state.hostid, state.base_url, state.status, state.status_message],
      [hostname(), url, true, 'available'],
    );
    const { available, up, version: own, db_version } = state.service_detail;
    assert.deepEqual([available, up, own, db_version], [true, true, version, String(schemaVersion)]);
  }
});

test('an administrator sees what waits and how analyses go on, a tenant does not: it is everybody’s', async () => {
  const { ask, server, captain } = { ...(await anyCrew()) };
  await server.analyzed(`${server.registry}/team/app:v1`, ann);
  const details = async (sender?: typeof captain) =>
    new Map(
      fits(
        systemStatus,
        (await ask('GET', '/v1/system', sender === undefined ? {} : { sender })).json,
      ).service_states.map(({ servicename, service_detail }) => [servicename, service_detail.detail]),
    );
  const told = await details();
  const queues = told.get('simplequeue') as Record<string, Record<string, number>>;
  assert.deepEqual(Object.keys(queues['image.queued']!), ['waiting', 'in_hand', 'dead']);
  assert.match(String(told.get('analyzer')!['last_analyzed_at']), /^\d{4}-.*Z$/);
  assert.ok(Number(told.get('policy_engine')!['feed_groups']) > 0);
  for (const detail of (await details(captain)).values()) assert.deepEqual(detail, {});
});

test('one service can be asked for by name and host; active ones are not deleted, others are not there', async () => {
  const { ask } = await apiServer();
  assert.deepEqual(fits(serviceList, (await ask('GET', '/v1/system/services')).json).length, 5);
  const host = hostname();
  for (const path of ['/v1/system/services/analyzer', `/v1/system/services/analyzer/${host}`])
    assert.deepEqual(
      fits(serviceList, (await ask('GET', path)).json).map(({ servicename, hostid }) => [servicename, hostid]),
      [['analyzer', host]],
    );
  const active = await ask('DELETE', `/v1/system/services/analyzer/${host}`);
  assert.equal(active.status, 409);
  assert.match(fits(errorAnswer, active.json).message, /active/);
  for (const [method, path] of [
    ['GET', 'kubernetes'],
    ['GET', 'analyzer/elsewhere'],
    ['DELETE', 'analyzer/elsewhere'],
    ['DELETE', `kubernetes/${host}`],
  ] as const) {
    const absent = await ask(method, `/v1/system/services/${path}`);
    assert.equal(absent.status, 404, path);
    fits(errorAnswer, absent.json);
  }
});

test('the status of the service is one detail, without numbers', async () => {
  const { ask } = await apiServer();
  const status = fits(serviceDetail, (await ask('GET', '/status', { sender: ann })).json);
  assert.deepEqual(status, {
    ...{ available: true, busy: false, up: true, message: 'all good', detail: {} },
    ...{ version, db_version: String(schemaVersion) },
  });
});

test('error codes are the original’s and ours, each with what it means', async () => {
  const { ask } = await apiServer();
  const codes = fits(errorCodeList, (await ask('GET', '/v1/system/error_codes', { sender: ann })).json);
  assert.deepEqual(
    codes.slice(0, 8).map(({ name }) => name),
    [
      ...[
        'REGISTRY_PERMISSION_DENIED',
        'REGISTRY_IMAGE_NOT_FOUND',
        'REGISTRY_NOT_ACCESSIBLE',
        'REGISTRY_NOT_SUPPORTED',
      ],
      ...['SKOPEO_UNKNOWN_ERROR', 'UNKNOWN', 'FEED_SYNC_ALREADY_IN_PROGRESS', 'OSARCH_MISMATCH'],
    ],
  );
  assert.ok(codes.some(({ name }) => name === 'state/not-found'));
  assert.equal(new Set(codes.map(({ name }) => name)).size, codes.length);
});

test('the policy spec is what rules may name', async () => {
  const { ask } = await apiServer();
  const spec = fits(gateSpecs, (await ask('GET', '/v1/system/policy_spec', { sender: ann })).json);
  const dockerfile = spec.find(({ name }) => name === 'dockerfile');
  const user = dockerfile?.triggers.find(({ name }) => name === 'effective_user');
  assert.deepEqual(
    user?.parameters.map(({ name, required, validator }) => [name, required, validator['enum'] ?? null]),
    [
      ['users', true, null],
      ['type', true, ['whitelist', 'blacklist']],
    ],
  );
});

test('a key that only reads is enough to scrape metrics, and for nothing else of administrators', async () => {
  const { ask } = await apiServer();
  const made = await ask<{ id: string; key: string }>('POST', '/v1/user/api-keys', {
    body: { name: 'prometheus', role: 'read-only' },
  });
  const headers = { authorization: `Bearer ${made.json.key}` };
  assert.equal((await ask('GET', '/metrics', { sender: null, headers })).status, 200);
  assert.equal((await ask('GET', '/v1/accounts', { sender: null, headers })).status, 403);
  await ask('DELETE', `/v1/user/api-keys/${made.json.id}`);
  assert.equal((await ask('GET', '/metrics', { sender: null, headers })).status, 401);
});

test('metrics are for administrators, in the text format of Prometheus', async () => {
  const { ask, server, captain } = { ...(await anyCrew()) };
  await server.analyzed(`${server.registry}/team/app:v1`, ann);
  assert.equal((await ask('GET', '/metrics', { sender: null })).status, 401);
  assert.equal((await ask('GET', '/metrics', { sender: captain })).status, 403);
  const { status, headers, text } = await ask('GET', '/metrics');
  assert.equal(status, 200, text);
  assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const described = new Set<string>();
  const samples = new Map<string, number>();
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (comment !== null) described.add(`${comment[1]} ${comment[2]}`);
    else {
      const sample = /^([a-z_]+)((?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)+\})?) (-?[0-9.e+-]+)$/.exec(line);
      assert.ok(sample, line);
      for (const word of ['HELP', 'TYPE']) assert.ok(described.has(`${word} ${sample[1]}`), line);
      assert.ok(!samples.has(sample[1]! + sample[2]!), line);
      samples.set(sample[1]! + sample[2]!, Number(sample[3]));
    }
  }
  assert.ok(text.endsWith('\n'));
  assert.ok(samples.get('plimsoll_images{state="analyzed"}')! > 0);
  assert.equal(samples.get('plimsoll_queue_messages{queue="image.queued",state="dead"}'), 0);
  assert.ok(samples.has('plimsoll_deliveries{state="pending"}'));
  assert.ok([...samples.keys()].some((name) => name.startsWith('plimsoll_feed_group_age_seconds{feed="alpine"')));
  assert.ok(samples.get('process_resident_memory_bytes')! > 1e6);
});
