import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correction, corrections } from '#schema/api/corrections.ts';
import { imageVulnerabilities } from '#schema/api/images.ts';
import { imagesByVulnerability } from '#schema/api/queries.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { newCrew } from '#test/support/api-accounts.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { fits } from '#test/support/fits.ts';

const field = (field_name: string, field_value: string) => ({ field_name, field_value });
const path = '/v1/enterprise/corrections';

/** What the CLI sends for `-p npm -m package=hull -r package=mast`. */
const renaming = {
  type: 'package',
  match: { type: 'npm', field_matches: [field('package', 'hull')] },
  replace: [field('package', 'mast')],
};

async function bench() {
  const { server, captain } = await newCrew();
  const ask = (method: string, rest: string, body?: unknown) =>
    server.ask(method, `${path}${rest}`, { sender: captain, ...(body === undefined ? {} : { body }) });
  return { server, captain, ask };
}

test('a correction is added, listed, shown and deleted in the words in which it came', async () => {
  const { ask } = await bench();
  const added = await ask('POST', '', renaming);
  assert.equal(added.status, 200, added.text);
  const record = fits(correction, added.json);
  const { uuid, created_at, ...rest } = record;
  assert.match(uuid, /^[0-9a-f-]{36}$/);
  assert.match(created_at, /Z$/);
  assert.deepEqual(rest, { ...renaming, description: '' });
  const cpe = 'cpe:2.3:a:pivotal_software:{package}:3.2.14:*:*:*:*:*:*:*';
  const second = {
    match: { type: 'java', field_matches: [field('package', 'spring-core'), field('version', '3.2.14')] },
    replace: [field('cpes', cpe)],
    description: 'Another vendor',
  };
  const other = fits(correction, (await ask('POST', '', second)).json);
  assert.deepEqual([other.match, other.replace, other.description], [second.match, second.replace, 'Another vendor']);
  assert.deepEqual(
    new Set(fits(corrections, (await ask('GET', '')).json).map((one) => one.uuid)),
    new Set([uuid, other.uuid]),
  );
  assert.deepEqual((await ask('GET', `/${uuid}`)).json, record);
  const deleted = await ask('DELETE', `/${uuid}`);
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  for (const method of ['GET', 'DELETE']) assert.equal((await ask(method, `/${uuid}`)).status, 404);
  assert.deepEqual((await ask('GET', '')).json, [other]);
});

test('a correction that says nothing, or speaks of what packages have not, is refused', async () => {
  const { ask } = await bench();
  for (const [wrong, shape] of [
    [{ ...renaming, match: { type: 'npm', field_matches: [] } }, errorAnswer],
    [{ ...renaming, match: { ...renaming.match, type: 'barrel' } }, errorAnswer],
    [{ ...renaming, replace: [] }, errorAnswer],
    [{ ...renaming, replace: [field('colour', 'red')] }, errorAnswer],
    [{ ...renaming, replace: [field('cpes', 'cpe:2.3:a:{vendor}:x:1:*:*:*:*:*:*:*')] }, errorAnswer],
    [{ ...renaming, type: 'file' }, problemAnswer],
    [{ ...renaming, match: 'hull' }, problemAnswer],
    [{ ...renaming, replace: [field('package', 'x'.repeat(513))] }, problemAnswer],
  ] as const) {
    const answer = await ask('POST', '', wrong);
    assert.equal(answer.status, 400, answer.text);
    fits<unknown>(shape, answer.json);
  }
  assert.deepEqual((await ask('GET', '')).json, []);
});

test('an image is judged by a correction at once, and soon found by what it has then', async () => {
  const { server, ask, captain } = await bench();
  await server.analyzed(`${server.registry}/team/app:v1`, captain);
  const id = 'GHSA-aaaa-bbbb-cccc';
  const found = async () => {
    const answer = await server.ask('GET', `/v1/images/${alpineApp.digest}/vuln/non-os`, { sender: captain });
    return new Set(fits(imageVulnerabilities, answer.json).vulnerabilities.map(({ vuln }) => vuln));
  };
  const images = async () => {
    const path = `/v1/query/images/by_vulnerability?vulnerability_id=${id}`;
    return fits(imagesByVulnerability, (await server.ask('GET', path, { sender: captain })).json).images.length;
  };
  assert.deepEqual([await found(), await images()], [new Set([id]), 1]);
  const { uuid } = fits(correction, (await ask('POST', '', renaming)).json);
  assert.deepEqual(await found(), new Set());
  assert.equal(await server.until(images, (count) => count === 0), 0);
  await ask('DELETE', `/${uuid}`);
  assert.deepEqual(await found(), new Set([id]));
  assert.equal(await server.until(images, (count) => count === 1), 1);
});
