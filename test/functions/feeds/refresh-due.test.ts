import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refreshDue } from '#functions/feeds/refresh-due.ts';
import type { PipelineWorld } from '#functions/pipeline.ts';
import { isFault } from '#test/support/is-fault.ts';
import { testClock } from '#test/support/test-clock.ts';
import { testSql } from '#test/support/database.ts';

async function worldOf() {
  const sql = await testSql();
  const counted: [string, number][] = [];
  const lines: string[] = [];
  const log = { info: () => {}, error: (fact: string) => void lines.push(fact) };
  const world = {
    ...{ sql, log, clock: testClock(), fetch: async () => new Response(null, { status: 404 }) },
    queues: () => assert.fail('nothing changed'),
    temporaryFile: () => assert.fail('nothing is fetched'),
    count: (name: string, value: number) => void counted.push([name, value]),
  } as unknown as Parameters<typeof refreshDue>[0] & PipelineWorld;
  return { world, counted, lines };
}

test('a schedule for a group that no feed has is refused by its name', async () => {
  const { world } = await worldOf();
  await assert.rejects(refreshDue(world, 'boats'), isFault('input/invalid', /'boats' is no feed group/));
});

test('a run that has no time left says which groups wait, and still tells the age of the feeds', async () => {
  const { world, counted, lines } = await worldOf();
  await refreshDue(world, 'alpine:3.20', () => true);
  assert.deepEqual(lines, ['feeds left for the next run']);
  assert.equal(counted[0]?.[0], 'feedAgeHours');
});
