import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemAnswer, swaggerAnswer, versionAnswer } from '#schema/api/system.ts';
import { policyRecords } from '#schema/api/policies.ts';
import { ann, apiServer } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

/** What a client of the original may rely on before it knows any route. */

test('the root says v1 to everybody, with and without the version and a slash', async () => {
  const { ask } = await apiServer();
  for (const path of ['/v1', '/v1/', '/']) {
    const answer = await ask('GET', path, { sender: null });
    assert.deepEqual(
      [answer.status, answer.text, answer.headers.get('content-type')],
      [200, '"v1"', 'application/json'],
    );
  }
});

test('health, version and the description are there for everybody, at the root and under v1', async () => {
  const { ask } = await apiServer();
  for (const prefix of ['', '/v1']) {
    const health = await ask('GET', `${prefix}/health`, { sender: null });
    assert.deepEqual([health.status, health.text], [200, '']);
    fits(versionAnswer, (await ask('GET', `${prefix}/version`, { sender: null })).json);
    const { info } = fits(swaggerAnswer, (await ask('GET', `${prefix}/swagger.json`, { sender: null })).json);
    const [major = 0, minor = 0, patch = 0] = info.version.split('.').map(Number);
    assert.ok(major > 0 || minor > 1 || (minor === 1 && patch >= 6), info.version);
  }
});

test('HEAD has the status and headers of GET and no body; of a list that is streamed, too', async () => {
  const { ask } = await apiServer();
  for (const path of ['/v1/policies', '/v1/version', '/v1/policies/plimsoll-default', '/swagger.json']) {
    const [head, get] = [await ask('HEAD', path, { sender: ann }), await ask('GET', path, { sender: ann })];
    assert.deepEqual([head.status, head.text], [200, ''], path);
    for (const name of ['content-type', 'content-length']) assert.equal(head.headers.get(name), get.headers.get(name));
  }
  assert.equal((await ask('HEAD', '/v1/policies/none', { sender: ann })).status, 404);
  assert.equal((await ask('HEAD', '/v1/policies', { sender: null })).status, 401);
});

test('OPTIONS names the methods of a path, to everybody; of what is no path there are none', async () => {
  const { ask } = await apiServer();
  const answer = await ask('OPTIONS', '/v1/policies/any', { sender: null });
  assert.deepEqual([answer.status, answer.text], [204, '']);
  assert.deepEqual(
    new Set(answer.headers.get('allow')?.split(', ')),
    new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']),
  );
  assert.equal((await ask('OPTIONS', '/v1/nothing', { sender: null })).status, 404);
});

test('a yes or no is taken in any case, and anything else is a problem; what no route knows is not read', async () => {
  const { ask } = await apiServer();
  for (const [word, shown] of [
    ['True', true],
    ['true', true],
    ['TRUE', true],
    ['False', false],
    ['false', false],
  ] as const) {
    const answer = await ask('GET', `/v1/policies?detail=${word}&lookuptag=x&vendor_only=perhaps&=&a`, { sender: ann });
    const [record] = fits(policyRecords, answer.json);
    assert.equal(Object.keys(record!.policybundle).length > 0, shown, word);
  }
  for (const word of ['yes', '1', 'truely', ' true'])
    assert.equal(
      fits(problemAnswer, (await ask('GET', `/v1/policies?detail=${word}`, { sender: ann })).json).status,
      400,
    );
  const twice = await ask('GET', '/v1/policies?detail=true&detail=False', { sender: ann });
  assert.deepEqual(fits(policyRecords, twice.json)[0]?.policybundle, {}, 'of several the last counts');
});

test('a content type that is not JSON, or none, makes no difference: bodies are read as what routes want', async () => {
  const { ask } = await apiServer();
  const body = JSON.stringify({ id: 'typed', version: '1_0', policies: [], mappings: [] });
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded',
  ])
    assert.equal(
      (await ask('POST', '/v1/policies', { sender: ann, body, headers: { 'content-type': type } })).status,
      200,
    );
  assert.equal((await ask('DELETE', '/v1/policies/typed', { sender: ann })).json, 'deleted');
});
