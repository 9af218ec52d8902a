import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '#core/digest.ts';
import { expectWatches } from '#functions/idle-watches.ts';
import { watchDue } from '#functions/watch-due.ts';
import { watchSoon } from '#functions/watch-soon.ts';
import { subscriptionId } from '#notices/subscription.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Sql } from '#platform/sql.ts';
import { built, type WatchBench, withWatches } from '#test/support/watch-bench.ts';

const one = built[0]!.digest as Digest;
const minute = 60_000;

/** How often the database was asked. */
interface Asked {
  statements: number;
}

/** The step over blobs of its own, as the timer and as somebody calls it. */
async function withStep(
  work: (
    bench: WatchBench,
    step: (timer: boolean) => ReturnType<typeof watchDue>,
    asked: Asked,
    blobs: Blobs,
  ) => Promise<void>,
): Promise<void> {
  await withWatches(async (bench) => {
    const blobs = { ...bench.blobs };
    const asked = { statements: 0 };
    const sql: Sql = {
      query: (statement, parameters) => {
        asked.statements++;
        return bench.sql.query(statement, parameters);
      },
      transaction: (inner) => bench.sql.transaction(inner),
    };
    const world = { ...bench.world, sql, blobs };
    await work(bench, (timer) => watchDue(world, { kind: 'watch.due', timer }), asked, blobs);
  });
}

test('the clock alone lets the database sleep while nothing is watched, or nothing is due', () =>
  withStep(async (bench, step, asked, blobs) => {
    await step(true);
    const idle = asked.statements;
    for (let hours = 0; hours < 48; hours++) {
      await bench.clock.advance(60 * minute);
      await step(true);
    }
    assert.equal(asked.statements, idle);
    bench.tags.set('v1', one);
    await bench.watch(`${bench.repository}:v1`);
    await expectWatches({ blobs });
    await step(true);
    assert.equal(bench.sent().length, 1, 'who subscribed is looked at');
    const looked = asked.statements;
    await bench.clock.advance(5 * minute);
    await step(true);
    assert.equal(asked.statements, looked, 'not due yet');
    await bench.clock.advance(5 * minute);
    await step(true);
    assert.equal(bench.registry.count(/^HEAD /), 2);
  }));

test('somebody who subscribes while a run goes on is not forgotten', () =>
  withStep(async (bench, step, _asked, blobs) => {
    await step(false);
    const { replace } = blobs;
    // After the run looked for watches, and before it noted that there are none.
    blobs.replace = async (...given) => {
      await bench.watch(`${bench.repository}:v1`);
      await expectWatches({ blobs });
      await replace(...given);
    };
    bench.tags.set('v1', one);
    await step(false);
    blobs.replace = replace;
    assert.equal(bench.sent().length, 0);
    await step(true);
    assert.equal(bench.sent().length, 1);
  }));

test('a watch that somebody switches on is next, and the step is asked for', () =>
  withStep(async (bench, step) => {
    const key = `${bench.repository}:v1`;
    const id = subscriptionId('team', key, 'tag_update');
    bench.tags.set('v1', one);
    await bench.watch(key);
    await step(false);
    bench.sent();
    await bench.clock.advance(minute);
    await step(false);
    assert.equal(bench.registry.count(/^HEAD /), 1);
    await watchSoon(bench.world, { id, type: 'tag_update', active: true });
    assert.deepEqual(bench.sent(), [{ kind: 'watch.due' }]);
    await step(false);
    assert.equal(bench.registry.count(/^HEAD /), 2);
    assert.equal(bench.sent().length, 1, 'and held against the catalog');
    for (const [type, active] of [
      ['policy_eval', true],
      ['tag_update', false],
    ] as const)
      await watchSoon(bench.world, { id, type, active });
    assert.deepEqual(bench.sent(), []);
  }));
