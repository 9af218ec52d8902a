import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { tellLookupFailed } from '#functions/tell-lookup-failed.ts';
import type { Queues } from '#platform/queue.ts';
import { inRollback } from '#test/support/database.ts';
import { eventsOf } from '#test/support/event-log.ts';
import { testClock } from '#test/support/test-clock.ts';

test('what a registry does not give, or gives in a form that nobody reads, is told once an hour for each reason', () =>
  inRollback(async (sql) => {
    await addAccount({ sql }, { name: 'crew', type: 'user', user: 'captain', password: 'x' }, 1);
    const clock = testClock();
    const world = { sql, clock, queues: (() => ({ send: async () => {} })) as unknown as Queues };
    const fail = (code: string) =>
      tellLookupFailed(world, { account: 'crew', reference: 'r/app:1', code, reason: 'x'.repeat(100_000) });
    for (const code of ['registry/not-found', 'registry/not-found', 'registry/denied', 'image/unsupported']) {
      await fail(code);
      await clock.advance(1000);
    }
    await clock.advance(3_600_000);
    await fail('registry/not-found');
    const events = await eventsOf(sql, 'crew');
    assert.deepEqual(
      events.map(({ type, details }) => [type, details.code]),
      [
        ['system.image_analysis.registry_lookup_failed', 'registry/not-found'],
        ['system.image_analysis.registry_lookup_failed', 'registry/denied'],
        ['system.image_analysis.manifest_parse_fail', 'image/unsupported'],
        ['system.image_analysis.registry_lookup_failed', 'registry/not-found'],
      ],
    );
    assert.equal(events[0]!.details.message.length, 2000);
  }));
