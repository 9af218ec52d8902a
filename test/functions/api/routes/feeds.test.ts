import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feed, feedGroup, feeds, feedSyncResults } from '#schema/api/feeds.ts';
import { imageVulnerabilities } from '#schema/api/images.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { ann, apiServer } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const path = '/v1/system/feeds';

async function loaded() {
  const server = await apiServer();
  await server.analyzed(`${server.registry}/team/app:v1`);
  // NVD takes minutes: nobody waits for it.
  await server.until(
    async () => fits(feeds, (await server.ask('GET', path)).json),
    (all) => all.some(({ name }) => name === 'nvdv2'),
  );
  const one = async (name: string) =>
    fits(feeds, (await server.ask('GET', path)).json).find((shown) => shown.name === name)!;
  const group = async (name: string, of: string) => (await one(name)).groups.find((shown) => shown.name === of)!;
  return { ...server, one, group };
}

test('groups that were ever asked for stand under the feeds that clients of the original know', async () => {
  const { ask } = await loaded();
  const all = fits(feeds, (await ask('GET', path, { sender: ann })).json);
  assert.deepEqual(
    all.map(({ name }) => name),
    ['vulnerabilities', 'github', 'nvdv2', 'epss', 'kev', 'lifecycle'],
  );
  for (const one of all) assert.ok(one.enabled && one.last_full_sync !== null && one.created_at !== null, one.name);
  assert.deepEqual(
    all
      .flatMap(({ groups }) => groups)
      .map((group) => [group.name, group.enabled, group.record_count, group.last_sync !== null]),
    [
      ['alpine:3.20', true, 2, true],
      ['github:npm', true, 1, true],
      ['github:python', true, 0, true],
      ['nvdv2:cves', true, 0, true],
      ['epss', true, 0, true],
      ['kev', true, 0, true],
      ['lifecycle', true, 0, true],
    ],
  );
});

test('a sync is asked for and not waited for; once a minute', async () => {
  const { ask, one } = await loaded();
  assert.deepEqual((await ask('POST', `${path}?sync=false`)).json, []);
  const results = fits(feedSyncResults, (await ask('POST', `${path}?flush=False`)).json);
  assert.deepEqual(results.map(({ feed: name, groups }) => [name, groups.map(({ group }) => group)]).slice(0, 2), [
    ['vulnerabilities', ['alpine:3.20']],
    ['github', ['github:npm', 'github:python']],
  ]);
  const again = await ask('POST', path);
  assert.equal(again.status, 409);
  assert.deepEqual(fits(errorAnswer, again.json).detail.error_codes, ['FEED_SYNC_ALREADY_IN_PROGRESS']);
  assert.ok((await one('vulnerabilities')).enabled);
});

test('a group that is switched off keeps what is stored, is deleted only then, and comes back when it is switched on', async () => {
  const { ask, group, until } = await loaded();
  const npm = `${path}/github/github%3Anpm`;
  const found = async () => {
    const { json } = await ask('GET', `/images/${alpineApp.digest}/vuln/non-os`);
    return fits(imageVulnerabilities, json).vulnerabilities.length;
  };
  assert.ok((await found()) > 0);
  const early = await ask('DELETE', npm);
  assert.equal(early.status, 409, 'it is switched on');
  assert.match(fits(errorAnswer, early.json).message, /switch it off before/);
  const off = fits(feedGroup, (await ask('PUT', `${npm}?enabled=False`)).json);
  assert.deepEqual([off.name, off.enabled, off.record_count], ['github:npm', false, 1]);
  assert.equal((await group('github', 'github:npm')).enabled, false);
  assert.ok((await found()) > 0, 'what is stored stays');
  const deleted = fits(feedGroup, (await ask('DELETE', npm)).json);
  assert.deepEqual([deleted.enabled, deleted.record_count, deleted.last_sync], [false, 0, null]);
  assert.equal(await found(), 0, 'nothing is judged by it, and nobody fetches it');
  assert.deepEqual(await group('github', 'github:npm'), deleted);
  const on = fits(feedGroup, (await ask('PUT', `${npm}?enabled=true`)).json);
  assert.equal(on.enabled, true);
  assert.ok((await until(found, (count) => count > 0)) > 0);
});

test('a feed is switched with all its groups, and deleted with them', async () => {
  const { ask, one, until } = await loaded();
  const github = `${path}/github`;
  assert.equal((await ask('DELETE', github)).status, 409);
  assert.equal(fits(feed, (await ask('PUT', `${github}?enabled=false`)).json).enabled, false);
  const deleted = fits(feed, (await ask('DELETE', github)).json);
  assert.ok(deleted.groups.every((group) => group.enabled && group.record_count === 0 && group.last_sync === null));
  assert.equal(fits(feed, (await ask('PUT', `${github}?enabled=True`)).json).enabled, true);
  const count = async () => (await one('github')).groups.find(({ name }) => name === 'github:npm')!.record_count;
  assert.equal(await until(count, (records) => records > 0), 1, 'what is empty is loaded at once');
});

test('a group that nobody asked for can be switched off in advance, and its releases are those of one upstream', async () => {
  const { ask, one } = await loaded();
  const off = fits(feedGroup, (await ask('PUT', `${path}/vulnerabilities/debian:12?enabled=false`)).json);
  assert.deepEqual([off.name, off.enabled, off.record_count], ['debian:12', false, 0]);
  const debian = (await one('vulnerabilities')).groups.find(({ name }) => name === 'debian');
  assert.equal(debian?.enabled, false, 'nothing is stored yet: its releases are not known');
  const bodies = await ask('PUT', `${path}/vulnerabilities/rhel:8?enabled=false`);
  assert.equal(fits(feedGroup, bodies.json).name, 'rhel:8');
});

test('feeds that are not there, requests that are none, and people who may not', async () => {
  const { ask } = await loaded();
  for (const [method, what] of [
    ['PUT', 'packages?enabled=true'],
    ['PUT', 'vulnerabilities/lindows:1?enabled=true'],
    ['PUT', 'vulnerabilities/github:npm?enabled=true'],
    ['PUT', `vulnerabilities/${'a'.repeat(300)}?enabled=true`],
    ['DELETE', 'packages'],
    ['DELETE', 'github/github:cobol'],
  ] as const) {
    const answer = await ask(method, `${path}/${what}`);
    assert.equal(answer.status, 404, what);
    fits(errorAnswer, answer.json);
  }
  for (const what of ['github', 'github?enabled=maybe', 'github/github:npm']) {
    const answer = await ask('PUT', `${path}/${what}`);
    assert.equal(answer.status, 400, what);
    fits(problemAnswer, answer.json);
  }
  for (const [method, what] of [
    ['POST', ''],
    ['PUT', '/github?enabled=true'],
    ['PUT', '/github/github:npm?enabled=true'],
    ['DELETE', '/github'],
    ['DELETE', '/github/github:npm'],
  ] as const) {
    assert.equal((await ask(method, path + what, { sender: ann })).status, 403, `${method} ${what}`);
    assert.equal((await ask(method, path + what, { sender: null })).status, 401, `${method} ${what}`);
  }
});
