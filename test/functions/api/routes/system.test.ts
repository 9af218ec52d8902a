import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { version } from '#core/version.ts';
import { swaggerAnswer, versionAnswer } from '#schema/api/system.ts';
import { apiServer } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const open = { sender: null };

test('what needs no sign-in: the version of the API, health, versions, the description', async () => {
  const { ask } = await apiServer();
  for (const path of ['/v1', '/v1/', '/']) {
    const answer = await ask('GET', path, open);
    assert.deepEqual([answer.status, answer.json], [200, 'v1'], path);
    assert.equal(answer.headers.get('content-type'), 'application/json');
  }
  for (const path of ['/health', '/v1/health', '/health/'])
    assert.deepEqual([(await ask('GET', path, open)).status, (await ask('GET', path, open)).text], [200, ''], path);
  const migrations = readdirSync(join(import.meta.dirname, '../../../../schema/sql')).length;
  assert.deepEqual(fits(versionAnswer, (await ask('GET', '/version', open)).json), {
    ...{ service: { version }, api: {}, db: { schema_version: String(migrations) } },
  });
  for (const path of ['/swagger.json', '/v1/swagger.json']) {
    const { info } = fits(swaggerAnswer, (await ask('GET', path, open)).json);
    assert.equal(info.version, '0.1.20', path);
  }
});

test('HEAD tells of an answer without giving it, OPTIONS of the methods', async () => {
  const { ask, registry, analyzed } = await apiServer();
  const { imageDigest } = await analyzed(`${registry}/team/app:v1`);
  const head = await ask('HEAD', '/v1', open);
  assert.deepEqual([head.status, head.text, head.headers.get('content-length')], [200, '', '4']);
  const files = await ask('HEAD', `/v1/images/${imageDigest}/content/files`);
  assert.deepEqual([files.status, files.text], [200, '']);
  const options = await ask('OPTIONS', '/v1/images', open);
  assert.deepEqual(
    [options.status, options.text, options.headers.get('allow')],
    [204, '', 'POST, GET, DELETE, HEAD, OPTIONS'],
  );
});
