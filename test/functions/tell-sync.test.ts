import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedGroup } from '#feeds/feed-group.ts';
import { beginSync, endSync } from '#functions/tell-sync.ts';
import type { Queues } from '#platform/queue.ts';
import { inRollback } from '#test/support/database.ts';
import { eventsOf } from '#test/support/event-log.ts';
import { testClock } from '#test/support/test-clock.ts';

test('a run over feeds is told with what came of each group, and one with a failure as failed', () =>
  inRollback(async (sql) => {
    await sql.query(
      `insert into account (account, type, state, created_at, updated_at) values ('admin', 'admin', 'enabled', 0, 0) on conflict do nothing`,
    );
    await sql.query("delete from event_log where account = 'admin'");
    const sent: string[] = [];
    const send = async (bodies: readonly string[]) => void sent.push(...bodies);
    const world = { sql, clock: testClock(), queues: (() => ({ send })) as unknown as Queues };
    const due = ['one', 'two', 'three'].map((group) => ({ group }) as FeedGroup);
    const run = await beginSync(world, due);
    await world.clock.advance(5);
    await endSync(world, run, [
      { group: 'one', outcome: 'unchanged' },
      { group: 'two', outcome: 'changed' },
    ]);
    await world.clock.advance(5);
    await endSync(world, await beginSync(world, due.slice(0, 1)), [{ group: 'one', outcome: 'failed' }]);
    assert.deepEqual(
      (await eventsOf(sql, 'admin')).map(({ type, details }) => [type, details]),
      [
        ['system.feeds.sync.started', { groups: ['one', 'two', 'three'] }],
        ['system.feeds.sync.completed', { changed: ['two'], failed: [], groups: 2, left: 1 }],
        ['system.feeds.sync.started', { groups: ['one'] }],
        ['system.feeds.sync.failed', { changed: [], failed: ['one'], groups: 1, left: 0 }],
      ],
    );
    assert.deepEqual(sent, Array(2).fill('{"kind":"notice.raised","account":"admin"}'));
  }));
