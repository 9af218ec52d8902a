import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { admin, ann, apiServer, type Sender } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

test('without a good sign-in the answer is 401 in plain text, the same for every reason', async () => {
  const { ask } = await apiServer();
  const strangers: readonly (Sender | null)[] = [
    null,
    { user: 'admin', password: 'wrong' },
    { user: 'nobody', password: admin.password },
    { user: 'ad\0min', password: admin.password },
    { user: '', password: '' },
  ];
  for (const sender of strangers)
    for (const path of ['/v1/images', '/v1/system/feeds', `/images/${alpineApp.digest}/check`]) {
      const answer = await ask('GET', path, { sender });
      assert.deepEqual([answer.status, answer.text], [401, 'Unauthorized']);
      assert.equal(answer.headers.get('www-authenticate'), 'basic realm="Authentication required"');
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
    }
  const bearer = await ask('GET', '/v1/images', { sender: null, headers: { authorization: 'Bearer x.y.z' } });
  assert.equal(bearer.status, 401);
});

test('an administrator acts for any account, also one that is not there; a user for none but the own', async () => {
  const { ask, registry } = await apiServer();
  const nobody = { ...admin, account: 'nobody' };
  assert.deepEqual((await ask('GET', '/v1/images', { sender: nobody })).json, []);
  const added = await ask('POST', '/v1/images', { sender: nobody, body: { tag: `${registry}/team/app:v1` } });
  assert.equal(added.status, 404);
  assert.match(fits(errorAnswer, added.json).message, /no account 'nobody'/);
  for (const account of ['', 'team'])
    assert.equal((await ask('GET', '/v1/images', { sender: { ...ann, account } })).status, 200, account);
  const denied = await ask('GET', '/v1/images', { sender: { ...ann, account: 'admin' } });
  assert.equal(denied.status, 403);
  const { message, httpcode } = fits(errorAnswer, denied.json);
  assert.deepEqual([message, httpcode], ['Not authorized. Requires permissions: domain=admin action=* target=*', 403]);
});

test('what is no path or no method of the API is a problem document', async () => {
  const { ask } = await apiServer();
  for (const path of ['/v1/nothing', '/v1/images/a/b/c/d', '/v1/images/%00', '/v1/images/%E0']) {
    const answer = await ask('GET', path);
    assert.equal(answer.status, 404, path);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.deepEqual(fits(problemAnswer, answer.json), {
      ...{ detail: 'The requested URL was not found on the server.', status: 404, title: 'Not Found' },
      type: 'about:blank',
    });
  }
  const method = await ask('PUT', '/v1/images');
  assert.deepEqual([method.status, method.headers.get('allow')], [405, 'POST, GET, DELETE, HEAD, OPTIONS']);
  assert.equal(fits(problemAnswer, method.json).title, 'Method Not Allowed');
});

test('parameters and bodies that are not of the form are problems that name the place', async () => {
  const { ask, registry } = await apiServer();
  const tag = `${registry}/team/app:v1`;
  const queries = [
    'history=2',
    'image_status=gone',
    'analysis_status=Analyzed',
    'fulltag=a%00b',
    `fulltag=${'a'.repeat(1025)}`,
  ];
  for (const query of queries) {
    const answer = await ask('GET', `/v1/images?${query}`);
    assert.equal(answer.status, 400, query);
    assert.match(fits(problemAnswer, answer.json).detail, new RegExp(query.split('=')[0]!));
  }
  assert.equal((await ask('GET', '/v1/images?history=TRUE&fulltag=&unknown=1')).status, 200);
  const bodies: readonly unknown[] = [
    ...['', '{', '"text"', 'null', '[]', '\u0000', `${'['.repeat(200_000)}`],
    ...[{ tag: 7 }, { tag: 'a'.repeat(1025) }, { tag, image_type: 'oci' }, { tag, annotations: 'x' }],
    ...[
      { tag, created_at: '2020-01-01' },
      { tag, created_at: 'yesterday' },
      { tag, created_at: '2020-01-01T00:00:00' },
    ],
    ...[{ tag, dockerfile: '%%%' }, { source: { digest: { pullstring: tag } } }],
    ...[{ tag, annotations: { a: 'x\0y' } }, `{"tag":"${tag}","annotations":{"\\ud800":"1"}}`],
  ];
  for (const body of bodies) {
    const answer = await ask('POST', '/v1/images', { body });
    assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 100));
    const { title, status, type } = fits(problemAnswer, answer.json);
    assert.deepEqual([title, status, type], ['Bad Request', 400, 'about:blank']);
  }
});

test('a body that is too large is refused with its limit', async () => {
  const { ask } = await apiServer();
  const answer = await ask('POST', '/v1/images', { body: { tag: 'x'.repeat(9 << 20) } });
  assert.equal(answer.status, 413);
  assert.match(fits(errorAnswer, answer.json).message, /passes 8388608 bytes/);
});

test('the body of a stranger is not read, nor one that nobody asked for', async () => {
  const { url } = await apiServer();
  // A client that announces a body and never sends it is answered all the same.
  const answered = (path: string, authorization: Record<string, string>) =>
    new Promise<number>((done, failed) => {
      const headers = { ...authorization, 'content-type': 'application/json', 'content-length': '1000000' };
      const asked = request(`${url}${path}`, { method: 'POST', headers }, (answer) => {
        answer.resume();
        asked.destroy();
        done(answer.statusCode ?? 0);
      });
      asked.on('error', failed);
      asked.flushHeaders();
    });
  assert.equal(await answered('/v1/images', {}), 401);
  assert.equal(await answered('/v1/nothing', {}), 404);
});
