import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRoute } from '#functions/api/find-route.ts';
import { allRoutes } from '#functions/api/route-file.ts';
import { routes as files } from '#functions/api/routes.ts';

const routes = await allRoutes(files);
const digest = `sha256:${'7'.repeat(64)}`;

function found(method: string, path: string) {
  const answer = findRoute(routes, method, path);
  return answer.kind === 'route' ? [answer.route.path, answer.params] : answer.kind;
}

test('a path is found with and without the version before it, and with slashes at the end or doubled', () => {
  for (const path of ['/v1/system/feeds', '/system/feeds', '/v1/system/feeds/', '//v1//system/feeds//'])
    assert.deepEqual(found('GET', path), ['/system/feeds', {}], path);
  for (const path of ['/', '/v1', '/v1/']) assert.deepEqual(found('GET', path), ['/', {}], path);
  for (const path of ['/health', '/v1/health', '/version', '/swagger.json', '/v1/swagger.json'])
    assert.deepEqual(found('GET', path), [path.replace('/v1', ''), {}], path);
});

test('a digest in a path is the same digest percent-encoded; an encoded slash does not part the path', () => {
  const want = ['/images/{digest}/vuln/{vtype}', { digest, vtype: 'os' }];
  assert.deepEqual(found('GET', `/v1/images/${digest}/vuln/os`), want);
  assert.deepEqual(found('GET', `/v1/images/${digest.replace(':', '%3A')}/vuln/os`), want);
  assert.deepEqual(found('GET', '/v1/images/a%2Fb'), ['/images/{digest}', { digest: 'a/b' }]);
});

test('the last parameter of a route takes the rest of the path where names hold slashes', () => {
  const want = (registry: string) => ['/registries/{registry}', { registry }];
  assert.deepEqual(found('GET', '/v1/registries/quay.io/team/a-*'), want('quay.io/team/a-*'));
  assert.deepEqual(found('PUT', '/registries/quay.io%2Fteam/a'), want('quay.io/team/a'));
  assert.deepEqual(found('DELETE', '/v1/registries/quay.io/'), want('quay.io'));
  assert.deepEqual(found('GET', '/v1/registries/'), ['/registries', {}]);
});

test('a word of the contract is no parameter', () => {
  assert.deepEqual(found('GET', '/images/by_id/abc'), ['/images/by_id/{imageId}', { imageId: 'abc' }]);
  assert.deepEqual(found('GET', '/images/by_id/vuln'), ['/images/by_id/{imageId}', { imageId: 'vuln' }]);
  assert.deepEqual(found('GET', '/images/by_id/abc/check'), ['/images/by_id/{imageId}/check', { imageId: 'abc' }]);
});

test('what is no path of the API is unknown, broken escapes and NUL too', () => {
  for (const path of ['/v2', '/v1/v1/images', '/images/a/b/c', '/images/%', '/images/%ff', '/images/a%00b', '*'])
    assert.equal(found('GET', path), 'unknown-path', path);
});

test('HEAD is answered as GET; any other method is told which there are', () => {
  assert.deepEqual(found('HEAD', '/v1/images'), ['/images', {}]);
  assert.deepEqual(findRoute(routes, 'PATCH', '/v1/registries'), {
    kind: 'unknown-method',
    allow: 'GET, POST, HEAD, OPTIONS',
  });
  assert.deepEqual(findRoute(routes, 'OPTIONS', '/hooks/eventbridge'), { kind: 'options', allow: 'POST, OPTIONS' });
});
