import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { silentLog } from '#core/log.ts';
import { pruneEvents, removeEventsOf } from '#functions/prune-events.ts';
import type { Blobs } from '#platform/blobs.ts';
import { fitEvent, readWholeDetails } from '#platform/event-details.ts';
import { eventId, raiseEvents } from '#platform/raise-events.ts';
import type { Sql } from '#platform/sql.ts';
import type { LogEvent } from '#schema/event-log.ts';
import { memoryBlobs } from '#test/policy/memory-blobs.ts';
import { inRollback } from '#test/support/database.ts';
import { eventsOf } from '#test/support/event-log.ts';
import { testClock } from '#test/support/test-clock.ts';

const day = 86_400_000;
const type = 'user.checks.tag.vulnerabilities.update';

interface Bench {
  readonly world: { readonly sql: Sql; readonly blobs: Blobs; readonly clock: ReturnType<typeof testClock> };
  /** An event so many days ago, with so many items in its details. */
  raise(resource: string, daysAgo: number, items?: number, account?: string): Promise<LogEvent>;
}

async function withLog(work: (bench: Bench) => Promise<void>): Promise<void> {
  await inRollback(async (sql) => {
    await sql.query('delete from event_log');
    const world = { sql, blobs: memoryBlobs(), clock: testClock() };
    for (const name of ['crew', 'other'])
      await addAccount(world, { name, type: 'user', user: `${name}-user`, password: 'x' }, 1);
    const raise: Bench['raise'] = async (resource, daysAgo, items = 0, account = 'crew') => {
      const added = Array.from({ length: items }, (_, n) => ({ CVE_ID: `CVE-2031-${n}`, Severity: 'High' }));
      const details = { diff_vulnerability_result: { added, updated: [], removed: [] } };
      const event = { id: 'one', account, type, resource, details, at: world.clock.now() - daysAgo * day } as const;
      const fit = await fitEvent(world.blobs, event, 'diff_vulnerability_result');
      await raiseEvents(sql, 'policy_engine', [fit]);
      return fit;
    };
    await work({ world, raise });
  });
}

test('events that are old are forgotten with everything that they told, others stay', () =>
  withLog(async ({ world, raise }) => {
    const old = await raise('old', 91, 5000);
    const young = await raise('young', 89, 5000);
    await raise('older', 1000);
    assert.notEqual(await readWholeDetails(world.blobs, eventId(old)), null);
    const log = { ...world, log: silentLog };
    await pruneEvents(log, 90, () => true);
    assert.equal((await eventsOf(world.sql, 'crew')).length, 3, 'there was no time');
    await pruneEvents(log, 90, () => false);
    assert.deepEqual(
      (await eventsOf(world.sql, 'crew')).map(({ resource }) => resource),
      ['young'],
    );
    assert.equal(await readWholeDetails(world.blobs, eventId(old)), null);
    assert.notEqual(await readWholeDetails(world.blobs, eventId(young)), null);
  }));

test('the events of an account go with it, however many there are, and those of others stay', () =>
  withLog(async ({ world, raise }) => {
    const large = await raise('large', 1, 5000);
    await raise('theirs', 1, 0, 'other');
    await world.sql.query(
      `insert into event_log (event_id, account, type, level, message, details, resource_type, resource_id, service, created_at)
       select 'many ' || n, 'crew', 't', 'info', '', '{}', '', '', '', 1 from generate_series(1, 5001) n`,
    );
    assert.equal(await removeEventsOf(world, 'crew', () => true), false);
    let asked = 0;
    assert.equal(
      await removeEventsOf(world, 'crew', () => ++asked > 1),
      false,
      'there are more than one statement takes',
    );
    assert.equal(await removeEventsOf(world, 'crew', () => false), true);
    assert.deepEqual(await eventsOf(world.sql, 'crew'), []);
    assert.equal((await eventsOf(world.sql, 'other')).length, 1);
    assert.equal(await readWholeDetails(world.blobs, eventId(large)), null);
  }));
