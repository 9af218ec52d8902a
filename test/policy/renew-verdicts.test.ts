import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '#platform/sql.ts';
import { changingVerdicts } from '#policy/changing-verdicts.ts';
import { quietRenewals } from '#policy/renewal-store.ts';
import { type RenewWorld, renewVerdicts } from '#policy/renew-verdicts.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';

interface Sent {
  readonly kind: string;
  readonly account: string;
  readonly digest: string;
  readonly onward?: number;
}

interface Bench {
  readonly sql: Sql;
  readonly world: RenewWorld;
  readonly clock: ReturnType<typeof testClock>;
  /** Messages that nobody has taken yet. */
  readonly queue: Sent[];
  /** Takes what is in the queue as the step does; digests in the order in which they were taken. */
  workOff(): Promise<string[]>;
}

/** An account with so many analysed images, beside another's and some that are not judged. */
function withImages(count: number, work: (bench: Bench) => Promise<void>): Promise<void> {
  return inRollback(async (sql) => {
    for (const account of ['renewed', 'other'])
      await sql.query(
        `insert into account (account, type, state, created_at, updated_at) values (:account::text, 'user', 'enabled', 0, 0)`,
        { account },
      );
    await sql.query(
      `insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
       select a, 'sha256:' || lpad(to_hex(n), 64, '0'), '', '', '', 'r/app', case when n > :count::int then s.state else 'analyzed' end,
         case when n > :count::int then s.status else 'active' end, 0, 0
       from unnest(array['renewed', 'other']) a, generate_series(1, :count::int + 2) n
       join (values (0, 'analyzing', 'active'), (1, 'analyzed', 'deleting')) s (odd, state, status) on s.odd = n % 2`,
      { count },
    );
    const queue: Sent[] = [];
    const queues = () => ({
      send: async (bodies: readonly string[]) => void queue.push(...bodies.map((one) => JSON.parse(one))),
    });
    const clock = testClock(1_000_000);
    const world = { sql, clock, queues } as unknown as RenewWorld;
    const workOff = async () => {
      const taken: string[] = [];
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        taken.push(one.digest);
        const { account, digest: after, onward: asking } = one;
        if (asking !== undefined) await renewVerdicts(world, { account, asking, after });
      }
      return taken;
    };
    await work({ sql, world, clock, queue, workOff });
  });
}

const digests = (count: number) =>
  Array.from({ length: count }, (_, at) => `sha256:${(at + 1).toString(16).padStart(64, '0')}`);

test('after a change every analysed image of the account is evaluated anew once, a page at a time', () =>
  withImages(1234, async ({ world, queue, workOff }) => {
    let changed = 0;
    assert.equal(await changingVerdicts(world, 'renewed', 'evaluating', async () => ++changed), 1);
    assert.equal(changed, 1);
    assert.ok(queue.length <= 20, 'whoever asked waits for few');
    assert.ok(queue.every(({ account }) => account === 'renewed'));
    assert.deepEqual(await workOff(), digests(1234));
    assert.deepEqual(await quietRenewals(world, Number.MAX_SAFE_INTEGER), []);
  }));

test('the queue never holds more than a page of them', () =>
  withImages(1100, async ({ world, queue }) => {
    await changingVerdicts(world, 'renewed', 'evaluating', async () => null);
    let most = 0;
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      if (one.onward !== undefined)
        await renewVerdicts(world, { account: one.account, asking: one.onward, after: one.digest });
      most = Math.max(most, queue.length);
    }
    assert.equal(most, 500);
  }));

test('a change while images are on their way begins anew, and what was under way ends: no image is evaluated for each change', () =>
  withImages(600, async ({ world, queue, workOff }) => {
    for (let i = 0; i < 10; i++) await changingVerdicts(world, 'renewed', 'evaluating', async () => null);
    assert.equal(queue.length, 200);
    const taken = await workOff();
    assert.equal(taken.length, 200 + 580);
    assert.equal(new Set(taken).size, 600);
  }));

test('a message that comes twice does not send on two rows of images', () =>
  withImages(900, async ({ world, queue, workOff }) => {
    await changingVerdicts(world, 'renewed', 'evaluating', async () => null);
    const twice = queue.at(-1)!;
    const { account, digest: after, onward } = twice;
    queue.push(twice, twice);
    assert.equal((await workOff()).length, 902);
    await renewVerdicts(world, { account, asking: onward!, after });
    assert.deepEqual(queue, []);
  }));

test('a page that was received before it was noted goes on all the same', () =>
  withImages(700, async ({ sql, world, queue, workOff }) => {
    await changingVerdicts(world, 'renewed', 'evaluating', async () => null);
    await sql.query(`update renewal set digest = ''`);
    await workOff();
    assert.deepEqual(queue, []);
    assert.deepEqual(await quietRenewals(world, Number.MAX_SAFE_INTEGER), []);
  }));

test('what a process that died left is found: a change that could not say so, and a page that was lost', () =>
  withImages(30, async ({ world, clock, queue, workOff }) => {
    await assert.rejects(
      changingVerdicts(world, 'renewed', 'evaluating', async () => {
        throw new Error('the process ends here');
      }),
    );
    assert.deepEqual(queue, []);
    assert.deepEqual(await quietRenewals(world, clock.now() - 1), []);
    for (const renewal of await quietRenewals(world, clock.now())) await renewVerdicts(world, renewal);
    assert.deepEqual(await workOff(), digests(30));

    await changingVerdicts(world, 'renewed', 'evaluating', async () => null);
    queue.length = 0;
    for (const renewal of await quietRenewals(world, clock.now())) await renewVerdicts(world, renewal);
    assert.deepEqual(await workOff(), digests(30).slice(20));
  }));

test('an account without images is through at once', () =>
  withImages(0, async ({ world, queue }) => {
    await changingVerdicts(world, 'renewed', 'evaluating', async () => null);
    assert.deepEqual(queue, []);
    assert.deepEqual(await quietRenewals(world, Number.MAX_SAFE_INTEGER), []);
  }));

test('where packages count as others now images are judged too, also when a change of the policy comes in between', () =>
  withImages(40, async ({ world, queue, workOff }) => {
    await changingVerdicts(world, 'renewed', 'judging', async () => null);
    await changingVerdicts(world, 'renewed', 'evaluating', async () => null);
    assert.deepEqual(new Set(queue.map(({ kind }) => kind)), new Set(['image.analyzed']));
    assert.equal(new Set(await workOff()).size, 40);
    await changingVerdicts(world, 'renewed', 'evaluating', async () => null);
    assert.deepEqual(new Set(queue.map(({ kind }) => kind)), new Set(['image.matched']));
  }));
