import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import type { Advisory } from '#feeds/advisory.ts';
import type { Feed } from '#feeds/feed.ts';
import { type SyncOutcome, type SyncWorld, syncGroup } from '#feeds/sync-feed.ts';
import type { Sql } from '#platform/sql.ts';
import { comparators } from '#versions/comparators.ts';
import { dyingAfter } from '#test/support/dying-sql.ts';
import { inRollback } from '../support/database.ts';
import { eventsOf } from '../support/event-log.ts';
import { type TestClock, testClock } from '../support/test-clock.ts';
import { advisory, fakeFeed, range } from './fake-feed.ts';

const group = 'alpine:3.99';

type World = SyncWorld & { readonly clock: TestClock };

function worldOf(sql: Sql): World {
  return {
    sql,
    clock: testClock(),
    log: silentLog,
    staging: null,
    fetch: async (url) => assert.fail(`nothing may be fetched: ${url}`),
    temporaryFile: (name) => assert.fail(`no file is needed: ${name}`),
  };
}

/** The rows that are true now, in a form that does not depend on ids, times or revisions. */
async function rowsNow(sql: Sql) {
  const rows: Record<string, string | number | null>[] = [];
  for (let page: typeof rows | null = null; page === null || page.length === 2000; rows.push(...page)) {
    page = [
      ...(await sql.query<Record<string, string | number | null>>(
        `select a.record, a.id, a.title, n.name, f.status, f.severity, f.fix_state, encode(f.lo_key, 'hex') as lo,
       encode(f.hi_key, 'hex') as hi, f.fixed, f.exact
     from affected f join advisory a on a.advisory_id = f.advisory_id join name n on n.name_id = f.name_id
     where a.feed_group = :group::text and f.valid_to = 9223372036854775807
     order by a.record, n.name, f.lo_key, f.hi_key, f.exact limit 2000 offset :offset::bigint`,
        { group, offset: rows.length },
      )),
    ];
  }
  return rows.map((row) => Object.values(row).join('|'));
}

async function history(sql: Sql, record: string) {
  return await sql.query<{ valid_from: number; valid_to: string; fixed: string | null }>(
    `select f.valid_from, f.valid_to::text as valid_to, f.fixed from affected f join advisory a on a.advisory_id = f.advisory_id
     where a.record = :record::text order by f.valid_from, f.affected_id`,
    { record },
  );
}

async function stored(sql: Sql) {
  const [row] = await sql.query<{ mark: string | null; state: string; last_error: string | null; records: number }>(
    'select mark, state, last_error, records from feed_group where feed_group = :group::text',
    { group },
  );
  return row;
}

function loadedOf(outcome: SyncOutcome) {
  assert(outcome.kind === 'changed', `the sync is ${outcome.kind}${'reason' in outcome ? `: ${outcome.reason}` : ''}`);
  return outcome.loaded;
}

/** Counts without what differs from run to run. */
function brief({ records, setAside, written, vanished }: ReturnType<typeof loadedOf>) {
  return { records, setAside, written, vanished };
}

const endless = '9223372036854775807';
const keyOf = (version: string) => Buffer.from(comparators.apk.key(version) as Uint8Array).toString('hex');
const many = (count: number): Advisory[] =>
  Array.from({ length: count }, (_, at) => advisory(`CVE-2031-${10_000 + at}`, `package-${at % 97}`, `1.${at}-r0`));

test('the first sync of a group writes every record with its keys, and a second one with upstream unchanged writes nothing', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const { feed, upstream } = fakeFeed([
      advisory('CVE-2031-1', 'hull', '1.2-r1'),
      advisory('CVE-2031-2', 'hull', null, { title: 'A hole', aliases: ['GHSA-x'] }),
      { record: 'odd', reason: 'cannot be read' },
    ]);
    const first = await syncGroup(world, feed, group);
    assert.deepEqual(brief(loadedOf(first)), { records: 2, setAside: 1, written: 2, vanished: 0 });
    assert.deepEqual(await rowsNow(sql), [
      `hull CVE-2031-1|CVE-2031-1||hull|0|4|fixed||${keyOf('1.2-r1')}|1.2-r1|`,
      'hull CVE-2031-2|CVE-2031-2|A hole|hull|0|4|not-fixed||ff||',
    ]);
    assert.deepEqual(await sql.query('select record, reason from feed_set_aside'), [
      { record: 'odd', reason: 'cannot be read' },
    ]);
    await world.clock.advance(60_000);
    const second = await syncGroup(world, feed, group);
    assert.equal(second.kind, 'unchanged');
    assert.equal(upstream.read, 1);
    const { state, syncedAt, records, setAside } = second.status;
    assert.deepEqual(
      { state, syncedAt, records, setAside },
      { state: 'ok', syncedAt: world.clock.now(), records: 2, setAside: 1 },
    );
  }));

test('a changed record closes the rows it lost and opens those it won, and leaves the rest alone', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const same = range('keel', '3.0-r0');
    const before = advisory('CVE-2031-1', 'hull', null, { affected: [range('hull', '1.0-r0'), same] });
    const untouched = advisory('CVE-2031-2', 'mast', '1.0-r0');
    const { feed, upstream } = fakeFeed([before, untouched]);
    const first = loadedOf(await syncGroup(world, feed, group));
    upstream.etag = 'two';
    upstream.records = [{ ...before, title: 'now with a title', affected: [range('hull', '1.1-r0'), same] }, untouched];
    const second = loadedOf(await syncGroup(world, feed, group));
    assert(second.revision !== null && first.revision !== null && second.revision > first.revision);
    assert.deepEqual(brief(second), { records: 2, setAside: 0, written: 1, vanished: 0 });
    assert.deepEqual(await history(sql, before.record), [
      { valid_from: first.revision, valid_to: String(second.revision), fixed: '1.0-r0' },
      { valid_from: first.revision, valid_to: endless, fixed: '3.0-r0' },
      { valid_from: second.revision, valid_to: endless, fixed: '1.1-r0' },
    ]);
    assert.deepEqual(await history(sql, untouched.record), [
      { valid_from: first.revision, valid_to: endless, fixed: '1.0-r0' },
    ]);
  }));

test('a record that upstream dropped is closed, and opened again when it comes back', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const [kept, dropped] = [advisory('CVE-2031-1', 'hull', '1.0-r0'), advisory('CVE-2031-2', 'hull', '2.0-r0')];
    const { feed, upstream } = fakeFeed([kept, dropped]);
    await syncGroup(world, feed, group);
    upstream.etag = 'two';
    upstream.records = [kept];
    assert.equal(loadedOf(await syncGroup(world, feed, group)).vanished, 1);
    assert.deepEqual(
      (await rowsNow(sql)).map((row) => row.split('|', 1)[0]),
      [kept.record],
    );
    assert.equal((await stored(sql))?.records, 1);
    upstream.etag = 'three';
    assert.equal(loadedOf(await syncGroup(world, feed, group)).vanished, 0);
    upstream.etag = 'four';
    upstream.records = [kept, dropped];
    const back = loadedOf(await syncGroup(world, feed, group));
    assert.deepEqual([back.records, back.written], [2, 1]);
    assert.deepEqual(
      (await history(sql, dropped.record)).map((row) => row.valid_to === endless),
      [false, true],
    );
  }));

test('a sync whose stream breaks keeps what was stored, the mark too, and the next one finishes the work', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const { feed, upstream } = fakeFeed(many(1200));
    await syncGroup(world, feed, group);
    const before = await rowsNow(sql);
    upstream.etag = 'two';
    upstream.records = many(1300).slice(50);
    upstream.breaksAfter = 10;
    const failed = await syncGroup(world, feed, group);
    assert.equal(failed.kind, 'failed');
    assert.deepEqual([failed.status.state, failed.status.records], ['failed', 1200]);
    assert.deepEqual(await rowsNow(sql), before);
    assert.deepEqual(
      { ...(await stored(sql)) },
      {
        mark: '{"etag": "one"}',
        state: 'failed',
        last_error: 'the connection broke',
        records: 1200,
      },
    );
    delete upstream.breaksAfter;
    assert.deepEqual(brief(loadedOf(await syncGroup(world, feed, group))), {
      records: 1250,
      setAside: 0,
      written: 100,
      vanished: 50,
    });
    assert.equal((await stored(sql))?.last_error, null);
  }));

test('a sync that dies after some chunks ends, run again, in the rows of an undisturbed one', async () => {
  const records = [
    ...many(3000),
    advisory('CVE-2031-1', 'hull', null, { affected: [range('hull', 'not a version'), range('keel', '2-r0')] }),
  ];
  let undisturbed: string[] = [];
  await inRollback(async (sql) => {
    await syncGroup(worldOf(sql), fakeFeed(records).feed, group);
    undisturbed = await rowsNow(sql);
  });
  assert.equal(undisturbed.length, 3002);
  for (const dieAt of [3, 4, 7, 8, 12, 16]) {
    await inRollback(async (sql) => {
      const { feed } = fakeFeed(records);
      await assert.rejects(
        syncGroup(worldOf(dyingAfter(sql, dieAt)), feed, group),
        /the process died/,
        `after ${dieAt}`,
      );
      // The lease of the dead runs out.
      await sql.query('delete from lease');
      assert.equal(loadedOf(await syncGroup(worldOf(sql), feed, group)).records, 3001);
      assert.deepEqual(await rowsNow(sql), undisturbed, `after ${dieAt}`);
    });
  }
});

test('a group that lost more than half of its records is not believed, unless forced', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const { feed, upstream } = fakeFeed(many(1100));
    await syncGroup(world, feed, group);
    upstream.etag = 'two';
    upstream.records = many(500);
    const refused = await syncGroup(world, feed, group);
    assert(refused.kind === 'failed');
    assert.match(refused.reason, /dropped 600 of 1100 records.*--force/);
    assert.equal((await rowsNow(sql)).length, 1100);
    assert.equal((await syncGroup(world, feed, group)).kind, 'failed');
    assert.equal(loadedOf(await syncGroup(world, feed, group, { force: true })).vanished, 600);
    assert.equal((await rowsNow(sql)).length, 500);
  }));

test('a stream without records does not empty a group, however small', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const { feed, upstream } = fakeFeed([advisory('CVE-2031-1', 'hull', '1-r0')]);
    await syncGroup(world, feed, group);
    upstream.etag = 'two';
    upstream.records = [];
    assert.equal((await syncGroup(world, feed, group)).kind, 'failed');
    assert.equal((await rowsNow(sql)).length, 1);
  }));

test('a group that never had records may be empty', () =>
  inRollback(async (sql) => {
    const outcome = await syncGroup(worldOf(sql), fakeFeed([]).feed, group);
    assert.deepEqual([outcome.kind, outcome.status.state, outcome.status.records], ['changed', 'ok', 0]);
  }));

test('what cannot be read is set aside with its reason, replaced by each sync, and what is stored of it stays', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const good = advisory('CVE-2031-1', 'hull', '1-r0');
    const half = advisory('CVE-2031-2', 'hull', null, {
      affected: [range('hull', '1-r0', { introduced: '2-r0' }), range('keel', '1-r0')],
    });
    const { feed, upstream } = fakeFeed([
      good,
      half,
      advisory('CVE-2031-3', 'hull', '1-r0', { affected: [] }),
      advisory('CVE-2031-4', 'hull', '1-r0', { affected: [range('hull', '1-r0', { namespace: 'plan9:4' })] }),
      advisory('CVE-2031-5', 'hull', '1-r0', { title: 'a \0 in it' }),
      advisory('CVE-2031-6', 'hull', '1-r0', { title: `half a \ud83d pair and a \\u0000 that is text` }),
      advisory('CVE-2031-7', 'hull', '1-r0', { title: 'only \\u0000 and \\ud83d as text' }),
      good,
    ]);
    const { records, setAside } = loadedOf(await syncGroup(world, feed, group));
    assert.deepEqual([records, setAside], [3, 6]);
    assert.deepEqual(await asides(sql), [
      'hull CVE-2031-1: upstream has this record twice: the first is kept',
      'hull CVE-2031-2: in part: alpine:3.99 hull: no version lies from 2-r0 to fixed 1-r0',
      'hull CVE-2031-3: it speaks of no version of a package',
      'hull CVE-2031-4: plan9:4 hull: no version scheme is known for this namespace',
      'hull CVE-2031-5: it holds characters that are no text',
      'hull CVE-2031-6: it holds characters that are no text',
    ]);
    upstream.etag = 'two';
    upstream.records = [{ record: good.record, reason: 'not JSON today' }, half];
    assert.equal(loadedOf(await syncGroup(world, feed, group)).vanished, 1);
    assert.deepEqual(
      (await rowsNow(sql)).map((row) => row.split('|', 1)[0]),
      [good.record, half.record],
    );
    assert.equal((await asides(sql)).length, 2);
  }));

async function asides(sql: Sql) {
  const rows = await sql.query<{ record: string; reason: string }>(
    'select record, reason from feed_set_aside order by record',
  );
  return rows.map(({ record, reason }) => `${record}: ${reason}`);
}

test('bounds that cannot be placed make every version undecidable as far as they must', () =>
  inRollback(async (sql) => {
    const affected = [
      range('a', 'no version'),
      range('b', '2-r0', { introduced: 'no version' }),
      range('c', 'no version', { introduced: '1-r0' }),
      range('d', null, { versions: ['1-r0', 'no version', '1-r0'], state: 'unknown' }),
      range('e', '2-r0', { introduced: '1-r0' }),
      range('e', null, { versions: ['0-r0', '1-r0', '1.5-r0', '2-r0'], state: 'unknown' }),
    ];
    await syncGroup(worldOf(sql), fakeFeed([advisory('X-1', 'many', null, { affected })]).feed, group);
    const exactly = (version: string) => `${keyOf(version)}|${keyOf(version)}00`;
    assert.deepEqual(
      (await rowsNow(sql)).map((row) => row.split('|').slice(3).join('|')),
      [
        'a|1|4|fixed||ff|no version|',
        `b|1|4|fixed||${keyOf('2-r0')}|2-r0|`,
        `c|1|4|fixed|${keyOf('1-r0')}|ff|no version|`,
        'd|2|4|unknown||||no version',
        `d|0|4|unknown|${exactly('1-r0')}||`,
        `e|0|4|unknown|${exactly('0-r0')}||`,
        `e|0|4|fixed|${keyOf('1-r0')}|${keyOf('2-r0')}|2-r0|`,
        `e|0|4|unknown|${exactly('2-r0')}||`,
      ],
    );
  }));

test('a package or release that upstream rates otherwise has its own severity', () =>
  inRollback(async (sql) => {
    const affected = [range('a', '1-r0', { severity: 'Low' }), range('b', '1-r0')];
    await syncGroup(worldOf(sql), fakeFeed([advisory('X-1', 'two', null, { affected })]).feed, group);
    assert.deepEqual(
      (await rowsNow(sql)).map((row) => row.split('|')[5]),
      ['2', '4'],
    );
  }));

test('a record too large for a statement is set aside, and many large ones are written in several', () =>
  inRollback(async (sql) => {
    const versions = (count: number) => [
      range('many', null, { versions: Array.from({ length: count }, (_, at) => `1.${at}-r0`) }),
    ];
    const wide = Array.from({ length: 6 }, (_, at) => advisory(`W-${at}`, 'wide', null, { affected: versions(4000) }));
    const { feed } = fakeFeed([advisory('X-1', 'huge', null, { affected: versions(5001) }), ...wide]);
    const { records, setAside } = loadedOf(await syncGroup(worldOf(sql), feed, group));
    assert.deepEqual([records, setAside], [6, 1]);
    assert.match((await asides(sql))[0] ?? '', /^huge X-1: it speaks of more than 5000 ranges/);
    assert.equal((await rowsNow(sql)).length, 24_000);
  }));

test('everything is read again, without the mark, when the feed reads otherwise or version keys changed', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const { feed, upstream } = fakeFeed([advisory('CVE-2031-1', 'hull', '1-r0')]);
    await syncGroup(world, feed, group);
    const newer: Feed = { ...feed, version: 2 };
    assert.equal(loadedOf(await syncGroup(world, newer, group)).written, 0);
    assert.equal((await syncGroup(world, newer, group)).kind, 'unchanged');
    await sql.query(`update feed_group set rules = 'apk 0'`);
    assert.equal((await syncGroup(world, newer, group)).kind, 'changed');
    assert.equal((await syncGroup(world, newer, group, { force: true })).kind, 'changed');
    assert.equal(upstream.read, 4);
  }));

test('a group that upstream does not have is absent; one that it dropped keeps what is stored', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const { feed, upstream } = fakeFeed([advisory('CVE-2031-1', 'hull', '1-r0')]);
    upstream.state = 'absent';
    const absent = await syncGroup(world, feed, group);
    assert.deepEqual([absent.kind, absent.status.state, absent.status.syncedAt], ['absent', 'absent', null]);
    upstream.state = 'there';
    await syncGroup(world, feed, group);
    upstream.state = 'absent';
    upstream.etag = 'two';
    const dropped = await syncGroup(world, feed, group);
    assert.deepEqual(
      [dropped.kind, dropped.status.state, dropped.status.lastError],
      ['failed', 'failed', 'upstream has no such group'],
    );
    assert.equal((await rowsNow(sql)).length, 1);
  }));

test('parts that upstream lacks are told with the group', () =>
  inRollback(async (sql) => {
    const { feed, upstream } = fakeFeed([advisory('CVE-2031-1', 'hull', '1-r0')]);
    upstream.missing = ['community.json'];
    assert.deepEqual((await syncGroup(worldOf(sql), feed, group)).status.missing, ['community.json']);
  }));

test('two syncs of one group at once do the work once', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const { feed, upstream } = fakeFeed(many(300));
    const open = Promise.withResolvers<void>();
    upstream.gate = open.promise;
    const first = syncGroup(world, feed, group);
    while (upstream.asked === 0) await new Promise(setImmediate);
    const second = syncGroup(world, feed, group);
    for (let turn = 0; turn < 20; turn++) await world.clock.advance(100);
    open.resolve();
    assert.equal((await first).kind, 'changed');
    let done = false;
    void second.then(() => (done = true));
    while (!done) await world.clock.advance(500);
    assert.deepEqual([(await second).kind, (await second).status.records], ['unchanged', 300]);
    assert.deepEqual([upstream.asked, upstream.read], [1, 1]);
    assert.equal((await rowsNow(sql)).length, 300);
    assert.deepEqual(await sql.query('select name from lease'), []);
  }));

test('a sync that lost its lease to another process stops writing', () =>
  inRollback(async (sql) => {
    const world = worldOf(sql);
    const { feed, upstream } = fakeFeed(many(600));
    const open = Promise.withResolvers<void>();
    upstream.gate = open.promise;
    const sync = syncGroup(world, feed, group);
    while (upstream.asked === 0) await new Promise(setImmediate);
    await sql.query(`update lease set holder = 'another'`);
    for (let turn = 0; turn < 20; turn++) await world.clock.advance(20_000);
    await sql.query('select 1');
    open.resolve();
    const outcome = await sync;
    assert(outcome.kind === 'failed');
    assert.match(outcome.reason, /another process has taken over/);
    assert.deepEqual(await rowsNow(sql), []);
  }));

test('a sync that changes something is told to the administrators, and a failure that lasts once', () =>
  inRollback(async (sql) => {
    await sql.query(
      `insert into account (account, type, state, created_at, updated_at) values ('admin', 'admin', 'enabled', 0, 0) on conflict do nothing`,
    );
    await sql.query("delete from event_log where account = 'admin'");
    const world = worldOf(sql);
    const { feed, upstream } = fakeFeed(many(3));
    const sync = async (change: Partial<typeof upstream>) => {
      Object.assign(upstream, change);
      await world.clock.advance(1);
      await syncGroup(world, feed, group);
    };
    await sync({});
    await sync({});
    await sync({ etag: 'two', breaksAfter: 1 });
    await sync({});
    await sync({ etag: 'three', breaksAfter: Number.POSITIVE_INFINITY, records: many(4) });
    const events = await eventsOf(sql, 'admin');
    assert.deepEqual(
      events.map(({ type, service, details }) => [type, service, details.written ?? details.error]),
      [
        ['system.feeds.sync.group_completed', 'feeds', 3],
        ['system.feeds.sync.group_failed', 'feeds', 'the connection broke'],
        ['system.feeds.sync.group_completed', 'feeds', 1],
      ],
    );
    assert.match(events[0]!.resource, /\/alpine:3\.99$/);
  }));
