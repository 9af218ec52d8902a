import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { policyRecord, policyRecords } from '#schema/api/policies.ts';
import { policyEvaluations } from '#schema/api/images.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { newCrew } from '#test/support/api-accounts.ts';
import { alpineApp } from '#test/support/api-images.ts';
import type { Sender } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

/** A bundle whose only rule does this with every image. */
function bundle(action: string, more: object = {}) {
  return {
    id: `b-${action}`,
    version: '1_0',
    name: `Bundle ${action}`,
    comment: 'For a test',
    policies: [{ id: 'p', version: '1_0', rules: [{ gate: 'always', trigger: 'always', action, params: [] }] }],
    mappings: [
      {
        name: 'all',
        registry: '*',
        repository: '*',
        image: { type: 'tag', value: '*' },
        policy_ids: ['p'],
        whitelist_ids: [],
      },
    ],
    whitelists: [],
    ...more,
  };
}

async function bench() {
  const { server, account, captain } = await newCrew();
  const ask = (method: string, path: string, body?: unknown, sender: Sender = captain) =>
    server.ask(method, `/v1/policies${path}`, { sender, ...(body === undefined ? {} : { body }) });
  return { server, account, captain, ask };
}

test('a bundle is added, shown, listed and deleted; lists leave the bundle out unless it is asked for', async () => {
  const { ask, account } = await bench();
  const added = await ask('POST', '?detail=True', bundle('STOP', { note: 'kept' }));
  assert.equal(added.status, 200, added.text);
  const record = fits(policyRecord, added.json);
  const { created_at, last_updated, ...rest } = record;
  assert.deepEqual(rest, {
    ...{ policyId: 'b-STOP', active: false, userId: account, policy_source: 'local', policybundlemeta: {} },
    ...{ policybundle: bundle('STOP', { note: 'kept' }), name: 'Bundle STOP', description: 'For a test' },
  });
  for (const time of [created_at, last_updated]) assert.match(time, /^\d{4}(-\d\d){2}T(\d\d:){2}\d\dZ$/);
  for (const query of ['', '?detail=True'])
    assert.deepEqual((await ask('GET', `/b-STOP${query}`)).json, [record], query);
  const [short] = fits(policyRecords, (await ask('GET', '/b-STOP?detail=False')).json);
  assert.deepEqual([short?.policyId, short?.policybundle], ['b-STOP', {}]);
  for (const [query, shown] of [
    ['', {}],
    ['?detail=False', {}],
    ['?detail=true', record.policybundle],
  ] as const) {
    const list = fits(policyRecords, (await ask('GET', query)).json);
    assert.deepEqual(
      list.map(({ policyId, active }) => [policyId, active]),
      [
        ['b-STOP', false],
        ['plimsoll-default', true],
      ],
    );
    assert.deepEqual(list[0]?.policybundle, shown, query);
  }
  assert.equal((await ask('DELETE', '/b-STOP')).json, 'deleted');
  for (const method of ['GET', 'DELETE', 'PUT'])
    assert.equal((await ask(method, '/b-STOP', method === 'PUT' ? record : undefined)).status, 404, method);
});

test('a bundle without an id has one made from account and name, so that it replaces itself', async () => {
  const { ask, account } = await bench();
  const { id: _, ...nameless } = bundle('WARN', { name: 'Ours' });
  const id = createHash('md5').update(`${account}:Ours`).digest('hex');
  for (const given of [nameless, { ...nameless, id: '' }, { ...nameless, id: null }]) {
    const { policyId, policybundle } = fits(policyRecord, (await ask('POST', '', given)).json);
    assert.deepEqual([policyId, policybundle.id], [id, id]);
  }
  const list = fits(policyRecords, (await ask('GET', '')).json);
  assert.equal(list.length, 2);
});

test('what is no bundle is refused with everything that is wrong with it, and nothing is stored', async () => {
  const { ask } = await bench();
  const rules = [
    { gate: 'no-such-gate', trigger: 'a', action: 'STOP' },
    { gate: 'vulnerabilities', trigger: 'package', action: 'WARN', params: [{ name: 'package_type', value: 'some' }] },
    { gate: 'anchoresec', trigger: 'vulnhigh', action: 'STOP' },
  ];
  const refused = await ask('POST', '', bundle('STOP', { policies: [{ id: 'p', version: '1_0', rules }] }));
  assert.equal(refused.status, 400);
  const { message, httpcode, detail } = fits(errorAnswer, refused.json);
  assert.deepEqual([message, httpcode, detail.error_codes], ['Bundle failed validation', 400, []]);
  const problems = detail['validation_details'] as readonly {
    severity: string;
    problem_type: string;
    details: string;
  }[];
  assert.deepEqual(
    problems.map(({ severity, problem_type }) => [severity, problem_type]),
    [
      ['error', 'GateNotFoundError'],
      ['error', 'ParameterValueInvalidError'],
      ['error', 'EndOfLifedError'],
    ],
  );
  for (const wrong of [bundle('STOP', { version: '2_0' }), bundle('stop'), bundle('STOP', { mappings: 'all' })]) {
    const answer = await ask('POST', '', wrong);
    assert.equal(answer.status, 400);
    assert.equal(fits(errorAnswer, answer.json).message, 'Bundle failed validation', JSON.stringify(wrong));
  }
  for (const none of ['[]', '"text"', 'null', '{', '{}']) {
    const answer = await ask('POST', '', none);
    assert.deepEqual([answer.status, fits(problemAnswer, answer.json).title], [400, 'Bad Request'], none);
  }
  assert.equal(fits(policyRecords, (await ask('GET', '')).json).length, 1);
});

test('an id may be anything that a path can name, up to 256 characters', async () => {
  const { ask } = await bench();
  const random = Array.from({ length: 256 }, (_, at) => String.fromCodePoint(0x4e00 + ((at * 7919) % 20_000))).join('');
  for (const id of [random, 'a/b?c#d%20', '..', '__proto__', 'policy with spaces']) {
    assert.equal((await ask('POST', '', bundle('GO', { id }))).status, 200, id);
    const path = `/${encodeURIComponent(id)}`;
    if (id !== '..') assert.equal(fits(policyRecords, (await ask('GET', path)).json)[0]?.policyId, id);
  }
  const refused = await ask('POST', '', bundle('GO', { id: `${random}x` }));
  assert.equal(refused.status, 400);
  assert.match(refused.text, /more than 256 characters/);
});

test('exactly one bundle is active: it is made so as the CLI does, and cannot be made inactive or deleted', async () => {
  const { ask } = await bench();
  await ask('POST', '', bundle('GO'));
  const [record] = fits(policyRecords, (await ask('GET', '/b-GO?detail=True')).json);
  const activated = await ask('PUT', '/b-GO', { ...record, active: true });
  assert.equal(activated.status, 200, activated.text);
  assert.deepEqual(
    fits(policyRecords, activated.json).map(({ policyId, active }) => [policyId, active]),
    [['b-GO', true]],
  );
  const active = async () =>
    fits(policyRecords, (await ask('GET', '')).json).flatMap((one) => (one.active ? [one.policyId] : []));
  assert.deepEqual(await active(), ['b-GO']);
  for (const refused of [
    await ask('PUT', '/b-GO', { ...record, active: false }),
    await ask('PUT', '/b-GO?active=False', { policyId: 'b-GO' }),
    await ask('DELETE', '/b-GO'),
  ]) {
    assert.equal(refused.status, 409);
    assert.match(fits(errorAnswer, refused.json).message, /b-GO is the active one/);
  }
  assert.equal((await ask('PUT', '/plimsoll-default?active=TRUE', { active: false })).status, 200);
  assert.deepEqual(await active(), ['plimsoll-default']);
});

test('an update replaces the bundle, keeps it where none is given, and names no other', async () => {
  const { ask } = await bench();
  await ask('POST', '', bundle('GO'));
  const changed = await ask('PUT', '/b-GO', { policyId: 'b-GO', policybundle: bundle('WARN', { id: undefined }) });
  assert.equal(changed.status, 200, changed.text);
  const now = async () => fits(policyRecords, (await ask('GET', '/b-GO')).json)[0]?.policybundle;
  assert.equal((await now())?.name, 'Bundle WARN');
  assert.equal((await now())?.id, 'b-GO');
  for (const kept of [{}, { policybundle: {} }, { policyId: 'b-GO', active: false, extra: 1 }])
    assert.equal((await ask('PUT', '/b-GO', kept)).status, 200);
  assert.equal((await now())?.name, 'Bundle WARN');
  for (const wrong of [{ policyId: 'other' }, { policybundle: bundle('STOP') }, { policybundle: { id: 'b-GO' } }]) {
    const refused = await ask('PUT', '/b-GO', wrong);
    assert.equal(refused.status, 400, refused.text);
    fits(errorAnswer, refused.json);
  }
  assert.equal((await now())?.name, 'Bundle WARN');
});

test('a bundle of five megabytes is stored and shown; one that passes a limit is refused', async () => {
  const { ask } = await bench();
  const items = Array.from({ length: 40_000 }, (_, at) => ({
    ...{ id: `item-${at}`, gate: 'vulnerabilities', trigger_id: `CVE-2031-${at}+${'x'.repeat(60)}` },
  }));
  const big = bundle('STOP', { whitelists: [{ id: 'w', version: '1_0', items }] });
  assert.ok(JSON.stringify(big).length > 5_000_000);
  const added = await ask('POST', '', big);
  assert.equal(added.status, 200, added.text.slice(0, 500));
  assert.deepEqual((await ask('GET', '/b-STOP')).json, [added.json]);
  const deep = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`;
  const answer = await ask('POST', '', `{"id":"d","version":"1_0","policies":[],"mappings":[],"x":${deep}}`);
  assert.equal(answer.status, 400);
  assert.match(JSON.stringify(fits(errorAnswer, answer.json).detail), /too large/);
});

test('images are evaluated anew when another bundle is active, or the active one is another', async () => {
  const { server, ask, captain } = await bench();
  const record = await server.analyzed(`${server.registry}/team/app:v1`, captain);
  const tag = record.image_detail[0]!.fulltag;
  /** What was stored by the pipeline, without an evaluation by this question. */
  const stored = async (policyId: string) => {
    const path = `/v1/images/${alpineApp.digest}/check?tag=${tag}&policyId=${policyId}&history=true&interactive=true&detail=false`;
    const answer = await server.ask('GET', path, { sender: captain });
    return fits(policyEvaluations, answer.json)[0]!
      [alpineApp.digest]![tag]!.slice(1)
      .map(({ status }) => status);
  };
  await ask('POST', '', bundle('GO', { id: 'mine' }));
  assert.deepEqual(await stored('mine'), []);
  await ask('PUT', '/mine', { active: true });
  assert.deepEqual(
    await server.until(
      () => stored('mine'),
      (found) => found.length === 1,
    ),
    ['pass'],
  );
  await ask('POST', '', bundle('STOP', { id: 'mine' }));
  assert.deepEqual(
    await server.until(
      () => stored('mine'),
      (found) => found.length === 2,
    ),
    ['fail', 'pass'],
  );
});
