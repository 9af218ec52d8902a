import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRoute } from '#functions/api/find-route.ts';
import { type RouteFile, routesAt } from '#functions/api/route-file.ts';
import { routes } from '#functions/api/routes.ts';

test('every route is found by its path, so its file says how the path begins', async () => {
  for (const file of routes)
    for (const route of await file.load()) {
      const path = route.path.replace(/\{\w+\}/g, 'a-name');
      const found = findRoute(await routesAt(routes, `/v1${path}`), route.method, path);
      assert.equal(found.kind === 'route' ? found.route : found.kind, route, `${route.method} ${route.path}`);
    }
});

test('a request loads the files of its path alone', async () => {
  const loaded: string[] = [];
  const file = (...under: string[]): RouteFile => ({
    under,
    load: async () => {
      loaded.push(...under);
      return [];
    },
  });
  const files = [file('/'), file('/system'), file('/system/feeds'), file('/images'), file('/swagger.json')];
  const loads = async (path: string) => {
    loaded.length = 0;
    await routesAt(files, path);
    return [...loaded];
  };
  assert.deepEqual(await loads('/'), ['/']);
  assert.deepEqual(await loads('/v1/'), ['/']);
  assert.deepEqual(await loads('/v1/system/'), ['/system']);
  assert.deepEqual(await loads('//system/feeds%2fx'), ['/system']);
  assert.deepEqual(await loads('/system/f%65eds/alpine'), ['/system', '/system/feeds']);
  for (const path of ['/image', '/imagesx', '/nothing', '/v2/images']) assert.deepEqual(await loads(path), [], path);
});
