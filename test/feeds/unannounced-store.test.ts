import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { pruneChanges, setAnnounced, type Unannounced, unannounced } from '#feeds/unannounced-store.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';
import { advisory, fakeFeed } from './fake-feed.ts';

const group = 'alpine:3.99';

function benchOf(sql: Sql) {
  const clock = testClock();
  const { feed, upstream } = fakeFeed([advisory('CVE-2031-1', 'hull', '1.0-r0')]);
  const world = {
    ...{ sql, clock, log: silentLog, staging: null },
    fetch: async (url: unknown) => assert.fail(`nothing may be fetched: ${url}`),
    temporaryFile: (name: string) => assert.fail(`no file is needed: ${name}`),
  };
  return {
    clock,
    upstream,
    /** Upstream has these advisories now; each says something of one package. */
    news(...ids: readonly string[]) {
      upstream.records = ids.map((id) => advisory(id, 'hull', '1.0-r0'));
      upstream.etag = ids.join();
    },
    async sync() {
      const { kind } = await syncGroup(world, feed, group);
      await clock.advance(1000);
      return kind;
    },
    left: async () => (await unannounced(sql)).filter((one) => one.group === group),
  };
}

/** Without the numbers of revisions, which count on from other tests. */
const brief = (changes: readonly Unannounced[]) =>
  changes.map(({ firstLoadedAt, after, to }) => (to > after ? firstLoadedAt : 'empty'));

test('each change of a group is told once: the first load by itself, later ones together', () =>
  inRollback(async (sql) => {
    const { clock, news, sync, left } = benchOf(sql);
    assert.deepEqual(await left(), []);
    const loadedAt = clock.now();
    await sync();
    assert.deepEqual(brief(await left()), [loadedAt]);
    await sync();
    assert.deepEqual(brief(await left()), [loadedAt], 'upstream had no news');
    for (const id of ['CVE-2031-2', 'CVE-2031-3']) {
      news('CVE-2031-1', id);
      await sync();
    }
    const [first, later, ...more] = await left();
    assert.deepEqual([brief([first!, later!]), more], [[loadedAt, null], []]);
    assert.equal(first!.to, later!.after);
    assert.equal(await setAnnounced(sql, later!), false, 'the first load was not told');
    assert.equal(await setAnnounced(sql, first!), true);
    assert.equal(await setAnnounced(sql, first!), false, 'somebody else was faster');
    assert.deepEqual(await left(), [later]);
    assert.equal(await setAnnounced(sql, later!), true);
    assert.deepEqual(await left(), []);
  }));

test('what a sync wrote before it broke is told as soon as it is there, also when the next one has nothing to write', () =>
  inRollback(async (sql) => {
    const { upstream, news, sync, left } = benchOf(sql);
    await sync();
    for (const change of await left()) await setAnnounced(sql, change);
    // Records of more rows than a statement takes: the first are written before the stream breaks.
    news(...Array.from({ length: 1200 }, (_, at) => `CVE-2031-${1000 + at}`), 'CVE-2031-1');
    upstream.breaksAfter = 1150;
    assert.equal(await sync(), 'failed');
    assert.deepEqual(brief(await left()), [null]);
  }));

test('a sync whose process died is told by the next one that ends, though that one finds everything written', () =>
  inRollback(async (sql) => {
    const { news, sync, left } = benchOf(sql);
    await sync();
    for (const change of await left()) await setAnnounced(sql, change);
    news('CVE-2031-1', 'CVE-2031-2');
    await sync();
    const [change] = await left();
    // As the process leaves it that dies before it notes the end of its sync.
    await sql.query(`update feed_group set revision = :after::bigint, mark = '{}' where feed_group = :group::text`, {
      after: change!.after,
      group,
    });
    assert.deepEqual(await left(), []);
    assert.equal(await sync(), 'changed');
    assert.deepEqual(await left(), [change]);
  }));

test('a first load that broke is told when the group is whole', () =>
  inRollback(async (sql) => {
    const { clock, upstream, news, sync, left } = benchOf(sql);
    news(...Array.from({ length: 1200 }, (_, at) => `CVE-2031-${1000 + at}`));
    upstream.breaksAfter = 1150;
    assert.equal(await sync(), 'failed');
    assert.deepEqual(await left(), []);
    delete upstream.breaksAfter;
    const loadedAt = clock.now();
    assert.equal(await sync(), 'changed');
    assert.deepEqual(brief(await left()), [loadedAt]);
  }));

test('what changes did to packages is forgotten when it is old and was told, in bounded parts', () =>
  inRollback(async (sql) => {
    await sql.query('delete from package_change');
    await sql.query(
      `insert into feed_group (feed, feed_group, feed_version, checked_at, state, revision, announced, loaded_at, loaded_revision)
       values ('prune', 'told', 1, 0, 'ok', 8000000004, 8000000004, 0, 8000000001),
         ('prune', 'behind', 1, 0, 'ok', 8000000003, 8000000002, 0, 8000000002)`,
    );
    await sql.query(
      `insert into feed_revision (revision, at, feed, feed_group) values (8000000001, 10, 'prune', 'told'),
         (8000000002, 20, 'prune', 'behind'), (8000000003, 30, 'prune', 'behind'), (8000000004, 99, 'prune', 'told'),
         (8000000005, 10, 'prune', 'told')`,
    );
    await sql.query(
      `insert into package_change (revision, package_id, advisory_id, op)
       select 8000000000 + r, n, 1, 1 from generate_series(1, 5) r, generate_series(1, case r when 1 then 30000 else 2 end) n`,
    );
    const left = async () =>
      (
        await sql.query('select revision - 8000000000 as r, count(*) as n from package_change group by 1 order by 1')
      ).map(({ r, n }) => `${r}: ${n}`);
    assert.equal(await pruneChanges(sql, 99), true, 'there is more');
    assert.deepEqual(await left(), ['1: 10000', '2: 2', '3: 2', '4: 2', '5: 2']);
    assert.equal(await pruneChanges(sql, 99), false);
    const kept = ['3: 2', '4: 2', '5: 2'];
    assert.deepEqual(await left(), kept, 'what was not told, what is young, and what no sync has ended');
    assert.equal(await pruneChanges(sql, 99), false);
    assert.deepEqual(await left(), kept);
  }));
