import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { silentLog } from '#core/log.ts';
import type { FeedRecord } from '#feeds/advisory.ts';
import type { Fetched, FeedWorld } from '#feeds/feed.ts';
import { fedora } from '#feeds/feeds/fedora.ts';
import { testClock } from '../../support/test-clock.ts';

const start = Date.UTC(2031, 5, 10, 12);

type Update = Readonly<Record<string, unknown>>;

const update = (number: number, more: Update = {}): Update => ({
  alias: `FEDORA-2031-${String(number).padStart(10, '0')}`,
  title: `hull-1.${number}-1.fc42`,
  type: 'security',
  status: 'stable',
  severity: 'medium',
  bugs: [{ bug_id: 1, title: `CVE-2031-${1000 + number} hull: water comes in [fedora-42]` }],
  builds: [{ epoch: 0, nvr: `hull-1.${number}-1.fc42`, type: 'rpm' }],
  date_stable: '2031-05-01 02:03:04',
  ...more,
});

/** Bodhi with these updates, those of each page by what is asked; what was asked for is kept. */
function fakeBodhi(
  pages: (question: URLSearchParams) => { updates: readonly unknown[]; pages: number; total: number },
) {
  const asked: URL[] = [];
  const releases = [
    { name: 'F42', version: '42', id_prefix: 'FEDORA' },
    { name: 'F42C', version: '42', id_prefix: 'FEDORA-CONTAINER' },
    { name: 'EPEL-10.0', version: '10.0', id_prefix: 'FEDORA-EPEL' },
    { name: 'EPEL-10.1', version: '10.1', id_prefix: 'FEDORA-EPEL' },
    { name: 'EPEL-1', version: '1', id_prefix: 'FEDORA-EPEL' },
  ];
  const world: FeedWorld = {
    clock: testClock(start),
    log: silentLog,
    temporaryFile: (name) => assert.fail(`no file is needed: ${name}`),
    async fetch(url) {
      const own = new URL(url);
      asked.push(own);
      assert.equal(own.origin, 'https://bodhi.fedoraproject.org');
      if (own.pathname === '/releases/') return Response.json({ releases, page: 1, pages: 1, total: releases.length });
      assert.equal(own.pathname, '/updates/');
      return Response.json(pages(own.searchParams));
    },
  };
  return { world, asked };
}

async function read(fetched: Fetched): Promise<readonly FeedRecord[]> {
  assert(fetched.kind === 'changed', fetched.kind);
  const records: FeedRecord[] = [];
  for await (const record of fetched.records()) records.push(record);
  return records;
}

test('an update of Fedora is about its source packages, with what its bugs and notes say that it mends', async () => {
  const { world, asked } = fakeBodhi(() => ({
    updates: [
      update(1, {
        severity: 'urgent',
        notes: 'Mends cve-2031-0007 and CVE-2031-7.',
        builds: [
          { epoch: 2, nvr: 'hull-tools-1.1-1.fc42', type: 'rpm' },
          { epoch: 0, nvr: 'keel-0.1~rc1-2.fc42', type: 'rpm' },
          { nvr: 'nodejs-18-3820230101.abc', type: 'module' },
          { nvr: 'nothing', type: 'rpm' },
        ],
      }),
      update(2, { builds: [{ nvr: 'hull-1-1', type: 'flatpak' }] }),
      'no update',
    ],
    pages: 1,
    total: 3,
  }));
  const [first, ...others] = await read(await fedora.fetch(world, 'fedora:42', null));
  assert.deepEqual(first, {
    record: 'FEDORA-2031-0000000001',
    id: 'FEDORA-2031-0000000001',
    aliases: [],
    related: ['CVE-2031-0007', 'CVE-2031-1001'],
    severity: 'Critical',
    severitySource: 'fedora',
    title: 'hull-1.1-1.fc42',
    urls: ['https://bodhi.fedoraproject.org/updates/FEDORA-2031-0000000001'],
    published: '2031-05-01T02:03:04Z',
    affected: [
      ['hull-tools.src', '2:1.1-1.fc42'],
      ['keel.src', '0.1~rc1-2.fc42'],
    ].map(([name, fixed]) => ({
      ...{ namespace: 'fedora:42', name, introduced: null, fixed, lastAffected: null, state: 'fixed' },
      fixedAt: '2031-05-01',
    })),
  });
  assert.deepEqual(others, [
    { record: 'FEDORA-2031-0000000002', reason: 'it names no builds of packages' },
    { record: 'update 1 2', reason: 'it is no object' },
  ]);
  const { searchParams } = asked.at(-1)!;
  assert.deepEqual(
    ['releases', 'type', 'status', 'pushed_since', 'page'].map((name) => searchParams.get(name)),
    ['F42', 'security', 'stable', null, '1'],
  );
});

test('after the first read Bodhi is asked for what was pushed since, and for everything again after a month', async () => {
  const { world, asked } = fakeBodhi((question) => {
    const since = question.get('pushed_since');
    return since === '2031-06-08' ? { updates: [], pages: 0, total: 0 } : { updates: [update(1)], pages: 1, total: 1 };
  });
  const first = await fedora.fetch(world, 'fedora:42', null);
  assert(first.kind === 'changed');
  assert.deepEqual(first.mark, { since: '2031-06-09', whole: '2031-06-10T12:00:00.000Z' });
  assert.equal(first.complete, true);
  const second = await fedora.fetch(world, 'fedora:42', first.mark);
  assert(second.kind === 'changed');
  assert.equal(asked.at(-1)?.searchParams.get('pushed_since'), '2031-06-09');
  assert.equal(second.complete, false);
  assert.deepEqual(second.mark, first.mark);
  assert.deepEqual(await fedora.fetch(world, 'fedora:42', { ...first.mark, since: '2031-06-08' }), {
    kind: 'unchanged',
  });
  for (const whole of ['2031-05-10T12:00:00.000Z', 'some day', '']) {
    const again = await fedora.fetch(world, 'fedora:42', { since: '2031-06-09', whole });
    assert(again.kind === 'changed');
    assert.equal(again.complete, true, whole);
    assert.equal(asked.at(-1)?.searchParams.get('pushed_since'), null);
  }
});

test('an update that moved to the next page comes once, and one that was missed ends the sync', async () => {
  const moved = (total: number) =>
    fakeBodhi((question) => ({
      updates: question.get('page') === '1' ? [update(1), update(2)] : [update(2), update(3)],
      pages: 2,
      total,
    })).world;
  const records = await read(await fedora.fetch(moved(3), 'fedora:42', null));
  assert.equal(records.length, 3);
  await assert.rejects(
    async () => await read(await fedora.fetch(moved(4), 'fedora:42', null)),
    (thrown) => thrown instanceof Fault && /3 of 4 came/.test(thrown.message),
  );
});

test('minor releases of EPEL are one group, and a release that Bodhi does not know is absent', async () => {
  const { world, asked } = fakeBodhi(() => ({ updates: [], pages: 0, total: 0 }));
  await fedora.fetch(world, 'epel:10', null);
  assert.equal(asked.at(-1)?.searchParams.get('releases'), 'EPEL-10.0,EPEL-10.1');
  assert.equal((await fedora.fetch(world, 'fedora:99', null)).kind, 'absent');
  assert.deepEqual(['fedora:42', 'epel:9', 'fedora:', 'rhel:9', 'fedora:rawhide'].flatMap(fedora.groupsFor), [
    'fedora:42',
    'epel:9',
  ]);
});

test('what Bodhi answers in place of a page ends the sync', async () => {
  for (const body of ['{"updates":{},"pages":1,"total":1}', '{"updates":[],"pages":1e9,"total":1}', '[]', 'busy']) {
    const { world } = fakeBodhi(() => assert.fail());
    const fetch: FeedWorld['fetch'] = async (url, request) =>
      url.includes('/updates/') ? new Response(body) : await world.fetch(url, request);
    await assert.rejects(
      async () => await fedora.fetch({ ...world, fetch }, 'fedora:42', null),
      (thrown) => thrown instanceof Fault && thrown.code === 'feed/failed',
      body,
    );
  }
});
