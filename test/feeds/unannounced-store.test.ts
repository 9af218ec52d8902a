import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { setAnnounced, type Unannounced, unannounced } from '#feeds/unannounced-store.ts';
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
