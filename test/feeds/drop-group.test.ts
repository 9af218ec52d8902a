import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropGroup } from '#feeds/drop-group.ts';
import { ensureGroups } from '#feeds/ensure-groups.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { takeGroup } from '#feeds/group-lease.ts';
import { storedGroup } from '#feeds/group-store.ts';
import { namespaceCounts } from '#feeds/namespace-count-store.ts';
import { switchedOff, switchedOffNote, switchFeed } from '#feeds/switch-store.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';

const name = { feed: 'fake', group: 'fake' };
const fake = fakeFeed('fake', [
  advisory('CVE-1', [{ namespace: 'debian:11' }, { namespace: 'debian:12' }]),
  advisory('CVE-2', [{ namespace: 'debian:12' }, { namespace: 'debian:12', name: 'right-pad' }]),
]);

const living = async (sql: Sql) =>
  (
    await sql.query<{ count: number }>(
      `select count(*) as count from affected f join advisory a using (advisory_id)
       where a.feed = 'fake' and f.valid_to = 9223372036854775807`,
    )
  )[0]!.count;

test('records are counted by release, and a group that is deleted says nothing until it is loaded anew', async () => {
  await inRollback(async (sql) => {
    using world = syncWorld(sql);
    await syncGroup(world, fake, 'fake');
    assert.deepEqual((await namespaceCounts(sql)).get('fake fake'), { 'debian:11': 1, 'debian:12': 2 });
    assert.equal(await living(sql), 4);
    await dropGroup(world, name);
    assert.equal(await living(sql), 0);
    const dropped = await storedGroup(sql, name);
    assert.deepEqual([dropped?.records, dropped?.syncedAt, dropped?.state, dropped?.mark], [0, null, 'failed', null]);
    assert.equal((await namespaceCounts(sql)).get('fake fake'), undefined);
    await dropGroup(world, name);
    await dropGroup(world, { feed: 'fake', group: 'never heard of' });
    assert.equal((await syncGroup(world, fake, 'fake')).kind, 'changed');
    assert.equal(await living(sql), 4);
  });
});

test('a group is not deleted while it is being synced', async () => {
  await inRollback(async (sql) => {
    using world = syncWorld(sql);
    await syncGroup(world, fake, 'fake');
    await using held = await takeGroup(world, name);
    assert.ok(held !== null);
    await assert.rejects(dropGroup(world, name), { code: 'state/conflict' });
    assert.equal(await living(sql), 4);
  });
});

test('what is switched off is not fetched by anybody, by itself or with its feed', async () => {
  await inRollback(async (sql) => {
    using world = syncWorld(sql);
    const options = { offline: false, maxAgeMs: 1 };
    const note = async () => (await ensureGroups(world, ['alpine:3.9'], options))[0]!.note;
    for (const group of ['alpine:3.9', null]) {
      const what = { feed: 'vulnerabilities', group };
      await switchFeed(sql, what, false, 1);
      await switchFeed(sql, what, false, 2);
      const off = await switchedOff(sql);
      assert.deepEqual([off.group(findGroup('alpine:3.9')), off.group(findGroup('osv:npm'))], [true, false]);
      assert.equal(off.groupAlone(findGroup('alpine:3.9')), group !== null);
      assert.equal(await note(), switchedOffNote);
      const { feed, group: its } = findGroup('alpine:3.9');
      const outcome = await syncGroup(world, feed, its);
      assert.deepEqual([outcome.kind, 'reason' in outcome && outcome.reason], ['failed', switchedOffNote]);
      assert.equal(await storedGroup(sql, { feed: 'alpine', group: 'alpine:3.9' }), null, 'nobody asked upstream');
      await switchFeed(sql, what, true, 3);
    }
    assert.equal((await switchedOff(sql)).group(findGroup('alpine:3.9')), false);
  });
});
