import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import { pipeline, type PipelineWorld } from '#functions/pipeline.ts';
import { askRenewal } from '#policy/renewal-store.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';

/** An image of an account that is not there has no facts: a step is done with it at once. */
const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}`;

for (const [kind, from] of [
  ['image.analyzed', 'judging'],
  ['image.matched', 'evaluating'],
] as const)
  test(`an ${kind} that ends a page of a renewal sends the next page, also when it fails itself`, () =>
    inRollback(async (sql) => {
      await sql.query(
        `insert into account (account, type, state, created_at, updated_at) values ('renewed', 'user', 'enabled', 0, 0)`,
      );
      await sql.query(
        `insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
         select 'renewed', 'sha256:' || lpad(to_hex(n), 64, '0'), '', '', '', 'r/app', 'analyzed', 'active', 0, 0
         from generate_series(1, 4) n`,
      );
      const sent: { kind: string; digest: string; onward?: number }[] = [];
      const queues = () => ({
        send: async (bodies: readonly string[]) => void sent.push(...bodies.map((one) => JSON.parse(one))),
      });
      const world = { sql, queues, clock: testClock(1000), log: silentLog } as unknown as PipelineWorld;
      const { asking } = await askRenewal({ sql }, 'renewed', from, 1000);
      const event = { account: 'renewed', digest: digest(1), onward: asking };
      await pipeline[kind].run(world, { kind, ...event } as never).catch(() => {});
      assert.deepEqual(
        sent.map((one) => [one.kind, one.digest, one.onward === asking]),
        [
          [kind, digest(2), false],
          [kind, digest(3), false],
          [kind, digest(4), true],
        ],
      );
    }));
