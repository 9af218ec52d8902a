import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import { wakeNotices } from '#functions/wake-notices.ts';
import { addChannel } from '#notices/account-channels.ts';
import { listDeliveries } from '#notices/delivery-store.ts';
import { noticeEvents } from '#notices/notice-store.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';

const day = 86_400_000;

test('every account that has something to tell is woken, one that waits for its time is not, and what was told long ago is forgotten', () =>
  inRollback(async (sql) => {
    const clock = testClock();
    const woken: string[] = [];
    const queue = {
      send: async (bodies: readonly string[]) => void woken.push(...bodies.map((one) => JSON.parse(one).account)),
    };
    const secrets = { put: async () => {}, delete: async () => {}, get: async () => null, list: async () => [] };
    const world = { sql, clock, log: silentLog, secrets, queues: (() => queue) as never };
    const names = ['ahoy', 'brig', 'crew', 'dock'];
    for (const name of names)
      await sql.query(
        `insert into account (account, type, state, created_at, updated_at) values (:name::text, 'user', 'enabled', 0, 0)`,
        { name },
      );
    for (const name of ['brig', 'crew', 'dock']) {
      await addChannel(world, name, false, 'hook', 'webhook', { settings: { url: 'https://hook.test' } });
      await raiseEvents(sql, 'feeds', [
        { id: '1', account: name, type: 'system.feeds.sync.failed', resource: 'feeds', details: {}, at: clock.now() },
      ]);
    }
    const wake = async () => {
      woken.length = 0;
      await wakeNotices(world, () => false);
      return woken.filter((one) => names.includes(one));
    };
    assert.deepEqual(await wake(), ['brig', 'crew', 'dock']);
    for (const name of ['brig', 'crew', 'dock']) await noticeEvents(world, name, clock.now());
    const in5Days = clock.now() + 5 * day;
    await sql.query("update delivery set next_at = :at::bigint where account = 'crew'", { at: in5Days });
    await sql.query("update delivery set state = 'delivered' where account = 'dock'");
    assert.deepEqual(await wake(), ['brig']);
    await clock.advance(6 * day);
    assert.deepEqual(await wake(), ['brig', 'crew']);
    await sql.query("update delivery set state = 'dead', updated_at = :now::bigint where account = 'brig'", {
      now: clock.now(),
    });
    await clock.advance(2 * day);
    await wake();
    const left = async (account: string) =>
      (await listDeliveries(world, account, { state: null, channelId: null, before: null, limit: 9 })).length;
    assert.deepEqual([await left('brig'), await left('crew'), await left('dock')], [1, 1, 0]);
    await clock.advance(30 * day);
    await wake();
    assert.deepEqual([await left('brig'), await left('crew')], [0, 1]);
  }));
