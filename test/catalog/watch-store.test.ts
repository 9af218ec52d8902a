import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { endRest, forgetRests, restRegistry } from '#catalog/registry-rest-store.ts';
import { hastenWatch, nextWatch, openWatches, putOffResting, settleWatch, takeWatches } from '#catalog/watch-store.ts';
import { subscriptionId } from '#notices/subscription.ts';
import { ensureSubscriptions } from '#notices/subscription-store.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { testDatabases } from '#test/support/platform-databases.ts';

const account = 'lookout';
const tags = (count: number, registry = 'quay.test') =>
  Array.from({ length: count }, (_, number) => `${registry}/crew/app:v${number}`);

async function watch(sql: Sql, keys: readonly string[]): Promise<void> {
  await addAccount({ sql }, { name: account, type: 'user', user: `${account}-user`, password: 'x' }, 1);
  const wanted = keys.map((key) => ({ key, type: 'tag_update', active: true }) as const);
  for (let at = 0; at < wanted.length; at += 1000)
    await ensureSubscriptions({ sql }, account, wanted.slice(at, at + 1000), 1);
  await openWatches({ sql }, 10);
}

for (const { name, skip, open } of testDatabases)
  test(`${name}: many who take watches at once get each of them once`, { skip }, async () => {
    await using sql = await open();
    try {
      await watch(sql, tags(300));
      const taken: string[] = [];
      const taker = async () => {
        for (;;) {
          const some = await takeWatches({ sql }, 10, 1000, 7);
          if (some.length === 0) return;
          taken.push(...some.map(({ id }) => id));
        }
      };
      // Whoever finds all others in hand ends: the rest is asked for again.
      await Promise.all(Array.from({ length: 6 }, taker));
      await taker();
      assert.equal(taken.length, 300);
      assert.equal(new Set(taken).size, 300);
    } finally {
      await sql.query('delete from app_user where account = :account::text', { account });
      await sql.query('delete from account where account = :account::text', { account });
    }
  });

test('what waits longest is taken first, and what was taken is put back by whoever has it and nobody else', () =>
  inRollback(async (sql) => {
    await watch(sql, tags(3));
    const [first] = await takeWatches({ sql }, 10, 50, 1);
    assert.ok(first);
    assert.equal((await takeWatches({ sql }, 10, 60, 20)).length, 2);
    const settled = { ...first, dueAt: 100, seen: 'x', comparedAt: 10, failure: null, failures: 0 };
    const [again] = await takeWatches({ sql }, 50, 90, 1);
    assert.equal(again?.id, first.id, 'its time ran out');
    assert.equal(await settleWatch({ sql }, first, settled), false);
    assert.equal(await settleWatch({ sql }, again, settled), true);
    assert.equal((await takeWatches({ sql }, 99, 200, 20)).length, 2);
    const [back] = await takeWatches({ sql }, 100, 200, 20);
    assert.deepEqual([back?.id, back?.seen, back?.comparedAt], [first.id, 'x', 10]);
  }));

test('a watch is hastened, but not one of a key that nothing is called by', () =>
  inRollback(async (sql) => {
    await watch(sql, ['no reference', ...tags(1)]);
    const [, good] = ['no reference', ...tags(1)].map((key) => subscriptionId(account, key, 'tag_update'));
    assert.deepEqual(
      (await takeWatches({ sql }, 10, 5000, 20)).map(({ id }) => id),
      [good],
    );
    assert.equal(await nextWatch({ sql }, []), 5000);
    for (const key of ['no reference', ...tags(1)])
      await hastenWatch({ sql }, subscriptionId(account, key, 'tag_update'), 20);
    assert.deepEqual(
      (await takeWatches({ sql }, 20, 5000, 20)).map(({ id }) => id),
      [good],
    );
  }));

test('what is due at a registry that rests waits for the end of the rest, and nothing else does', () =>
  inRollback(async (sql) => {
    await watch(sql, [...tags(3), ...tags(2, 'ecr.test')]);
    const [busy] = await takeWatches({ sql }, 10, 900, 1);
    await restRegistry({ sql }, account, 'quay.test', 10, 500);
    await putOffResting({ sql }, 10);
    const due = await sql.query<{ registry: string; due_at: number }>(
      'select registry, due_at from watch order by registry, due_at',
    );
    const left = busy?.registry === 'quay.test' ? [510, 510, 900] : [510, 510, 510];
    const others = busy?.registry === 'quay.test' ? [10, 10] : [10, 900];
    assert.deepEqual(
      due.map(({ due_at: at }) => at),
      [...others, ...left],
    );
    await putOffResting({ sql }, 510);
    assert.equal((await takeWatches({ sql }, 510, 5000, 20)).length, 4);
  }));

test('when the next is due is told without registries that tell by themselves', () =>
  inRollback(async (sql) => {
    assert.equal(await nextWatch({ sql }, []), null);
    await watch(sql, [...tags(2), ...tags(2, 'ecr.test')]);
    assert.equal(await nextWatch({ sql }, ['quay.test']), 10);
    assert.equal(await nextWatch({ sql }, ['quay.test', 'ecr.test']), null);
  }));

test('a rest is as long as was asked, or doubles, counts once for those who find it together, and ends with an answer', () =>
  inRollback(async (sql) => {
    await watch(sql, []);
    const minute = 60_000;
    const rest = (now: number, asked: number | null = null) => restRegistry({ sql }, account, 'quay.test', now, asked);
    assert.deepEqual(await rest(0), { until: minute, began: true });
    assert.deepEqual(await rest(1), { until: minute, began: false }, 'the same rest');
    assert.deepEqual(await rest(2, 5 * minute), { until: 5 * minute + 2, began: false });
    assert.deepEqual(await rest(6 * minute), { until: 8 * minute, began: false });
    assert.deepEqual(await rest(8 * minute), { until: 12 * minute, began: false });
    await endRest({ sql }, account, 'quay.test', 9 * minute);
    assert.equal((await rest(12 * minute)).began, false, 'it was still resting');
    await endRest({ sql }, account, 'quay.test', 60 * minute);
    assert.deepEqual(await rest(60 * minute), { until: 61 * minute, began: true });
    await forgetRests({ sql }, 48 * 60 * minute);
    assert.deepEqual(await rest(48 * 60 * minute), { until: (48 * 60 + 1) * minute, began: true });
    const nobody = await restRegistry({ sql }, 'no-such-account', 'quay.test', 7, null);
    assert.deepEqual(nobody, { until: 7, began: false });
  }));
