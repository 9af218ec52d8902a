import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subscribeTag } from '#notices/subscribe-tag.ts';
import { changeSubscription, listSubscriptions } from '#notices/subscription-store.ts';
import { subscriptionId } from '#notices/subscription.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';

const tag = 'quay.test/crew/app:v1';

async function states(sql: Sql): Promise<Record<string, boolean>> {
  const all = await listSubscriptions({ sql }, 'crew', { key: null, type: null, after: '', limit: 100 });
  return Object.fromEntries(all.map(({ key, type, active }) => [`${type} ${key}`, active]));
}

async function withCrew(work: (world: { sql: Sql; clock: ReturnType<typeof testClock> }) => Promise<void>) {
  await inRollback(async (sql) => {
    await sql.query(
      "insert into account (account, type, state, created_at, updated_at) values ('crew', 'user', 'enabled', 0, 0)",
    );
    await work({ sql, clock: testClock() });
  });
}

test('a tag that is added has four subscriptions, of which the end of its analysis is told', () =>
  withCrew(async (world) => {
    await subscribeTag(world, 'crew', tag, false);
    assert.deepEqual(await states(world.sql), {
      [`policy_eval ${tag}`]: false,
      [`vuln_update ${tag}`]: false,
      [`tag_update ${tag}`]: false,
      [`analysis_update ${tag}`]: true,
    });
  }));

test('a tag that is added again with autosubscribe is watched again, and nothing is switched off', () =>
  withCrew(async (world) => {
    await subscribeTag(world, 'crew', tag, true);
    for (const [type, active] of [
      ['policy_eval', true],
      ['tag_update', false],
    ] as const)
      await changeSubscription(world, 'crew', subscriptionId('crew', tag, type), { active }, 1);
    await subscribeTag(world, 'crew', tag, false);
    assert.equal((await states(world.sql))[`tag_update ${tag}`], false);
    await subscribeTag(world, 'crew', tag, true);
    assert.deepEqual(await states(world.sql), {
      [`policy_eval ${tag}`]: true,
      [`vuln_update ${tag}`]: false,
      [`tag_update ${tag}`]: true,
      [`analysis_update ${tag}`]: true,
    });
  }));
