import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import { ensureGroups, groupStatuses } from '#feeds/ensure-groups.ts';
import { findGroup, groupsOf } from '#feeds/feed-group.ts';
import { mirrored } from '#feeds/mirror.ts';
import { inRollback } from '../support/database.ts';
import { testClock } from '../support/test-clock.ts';

const hour = 3_600_000;
const online = { offline: false, maxAgeMs: hour };

/** A mirror of an Alpine release with one fix and no community, on a database that is taken back. */
async function inWorld(work: (world: Awaited<ReturnType<typeof worldOf>>) => Promise<void>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-ensure-'));
  try {
    await inRollback(async (sql) => await work(await worldOf(sql, folder)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function worldOf(sql: Parameters<Parameters<typeof inRollback>[0]>[0], folder: string) {
  const put = async (branch: string, text: string) => {
    const file = path.join(folder, 'secdb.alpinelinux.org', branch, 'main.json');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  const fixes = (version: string) =>
    JSON.stringify({ packages: [{ pkg: { name: 'hull', secfixes: { [version]: ['CVE-2031-0001'] } } }] });
  const asked: string[] = [];
  const mirror = mirrored(async (url) => assert.fail(`nothing may be fetched: ${url}`), folder);
  return {
    sql,
    put,
    fixes,
    asked,
    clock: testClock(),
    log: silentLog,
    staging: null,
    temporaryFile: (name: string) => path.join(folder, name),
    fetch: (async (url, request) => {
      asked.push(url.slice('https://'.length));
      return await mirror(url, request);
    }) as typeof mirror,
  };
}

test('the groups of namespaces are fetched when they were never fetched, and again only when too old', () =>
  inWorld(async (world) => {
    await world.put('v3.20', world.fixes('1.0-r0'));
    const [status] = await ensureGroups(world, ['alpine:3.20', 'alpine:3.20', 'plan9:4'], online);
    assert.deepEqual(
      [status?.group, status?.state, status?.records, status?.missing],
      ['alpine:3.20', 'ok', 1, ['v3.20/community.json']],
    );
    assert.equal(world.asked.length, 2);
    await world.clock.advance(hour);
    await ensureGroups(world, ['alpine:3.20'], online);
    assert.equal(world.asked.length, 2);
    await world.clock.advance(1);
    const [again] = await ensureGroups(world, ['alpine:3.20'], online);
    assert.deepEqual([again?.state, again?.syncedAt, world.asked.length], ['ok', world.clock.now(), 4]);
  }));

test('offline, groups are told as they stand and nothing is asked', () =>
  inWorld(async (world) => {
    await world.put('v3.20', world.fixes('1.0-r0'));
    const tell = async () => (await ensureGroups(world, ['alpine:3.20'], { offline: true, maxAgeMs: hour }))[0]?.state;
    assert.equal(await tell(), 'never');
    await ensureGroups(world, ['alpine:3.20'], online);
    const asked = world.asked.length;
    assert.equal(await tell(), 'ok');
    await world.clock.advance(2 * hour);
    assert.equal(await tell(), 'stale');
    assert.equal(world.asked.length, asked);
  }));

test('a group that is absent or failed is told, and asked for again after ten minutes', () =>
  inWorld(async (world) => {
    await world.put('v3.19', '{ not JSON');
    const ask = async () =>
      (await ensureGroups(world, ['alpine:3.20', 'alpine:3.19'], online)).map(({ state }) => state);
    assert.deepEqual(await ask(), ['absent', 'failed']);
    const asked = world.asked.length;
    await world.put('v3.20', world.fixes('1.0-r0'));
    await world.put('v3.19', world.fixes('1.0-r0'));
    await world.clock.advance(9 * 60_000);
    assert.deepEqual(await ask(), ['absent', 'failed']);
    assert.equal(world.asked.length, asked);
    await world.clock.advance(60_000);
    assert.deepEqual(await ask(), ['ok', 'ok']);
  }));

test('progress is told from the first request to the last record', () =>
  inWorld(async (world) => {
    await world.put('v3.20', world.fixes('1.0-r0'));
    const phases: string[] = [];
    await ensureGroups(world, ['alpine:3.20'], {
      ...online,
      onProgress: ({ group, phase, records }) => phases.push(`${group} ${phase} ${records}`),
    });
    assert.deepEqual([phases[0], phases.at(-1)], ['alpine:3.20 fetching 0', 'alpine:3.20 done 1']);
  }));

test('all groups can be listed, those never fetched too', () =>
  inWorld(async (world) => {
    await world.put('v3.77', world.fixes('1.0-r0'));
    await ensureGroups(world, ['alpine:3.77'], online);
    const statuses = await groupStatuses(world);
    assert.equal(statuses.find(({ group }) => group === 'alpine:3.77')?.state, 'ok');
    assert.equal(statuses.find(({ group }) => group === 'osv:npm')?.state, 'never');
    assert.equal(new Set(statuses.map(({ group }) => group)).size, statuses.length);
  }));

test('each namespace has its groups, and a group is found by the name that people write', () => {
  const groups = (namespace: string) => groupsOf(namespace).map(({ feed, group }) => `${feed.name} ${group}`);
  assert.deepEqual(groups('alpine:3.9'), ['alpine alpine:3.9']);
  assert.deepEqual(groups('alpine:edge'), ['alpine alpine:edge']);
  assert.deepEqual(groups('debian:12'), ['debian debian']);
  assert.deepEqual(groups('debian:unstable'), ['debian debian']);
  assert.deepEqual(groups('npm'), ['osv osv:npm']);
  assert.deepEqual(groups('pypi'), ['osv osv:PyPI']);
  assert.deepEqual(groups('go'), ['osv osv:Go']);
  assert.deepEqual(groups('almalinux:9'), ['osv osv:AlmaLinux']);
  assert.deepEqual(groups('rocky:8'), ['osv osv:Rocky Linux']);
  for (const none of ['alpine:', 'alpine:3', 'alpine:../x', 'wolfi:1', 'almalinux', '', '__proto__', 'constructor']) {
    assert.deepEqual(groups(none), [], none);
  }
  assert.equal(findGroup('osv:pypi').group, 'osv:PyPI');
  assert.equal(findGroup('Alpine:3.99').group, 'alpine:3.99');
  assert.equal(findGroup('debian').group, 'debian');
  assert.throws(() => findGroup('gentoo'), /no feed group/);
});
