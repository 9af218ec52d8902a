import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableQueues } from '#platform/local/table-queue.ts';
import { queueContract } from '#test/platform/contracts/queue-contract.ts';
import { inRollback } from '#test/support/database.ts';
import { testDatabases } from '#test/support/platform-databases.ts';
import { testClock } from '#test/support/test-clock.ts';

for (const { name, skip, open } of testDatabases) {
  queueContract(`the job table of ${name}`, { skip }, async () => {
    const sql = await open();
    const clock = testClock();
    return {
      queues: tableQueues(sql, clock, { maxAttempts: 3 }).queues,
      clock,
      async [Symbol.asyncDispose]() {
        await sql.query('delete from job');
        await sql[Symbol.asyncDispose]();
      },
    };
  });
}

test('a server that starts after a kill has every message in hand given back at once, attempts counted', async () => {
  await inRollback(async (sql) => {
    const clock = testClock();
    const { queues, recoverOwned } = tableQueues(sql, clock, { maxAttempts: 2 });
    await queues('a').send(['1', '2']);
    await queues('b').send(['3'], 60);
    const [killed] = await queues('a').receive(1, 600);
    assert.equal(await recoverOwned(), 1);
    const again = await queues('a').receive(10, 600);
    assert.deepEqual(again.map(({ body, attempt }) => [body, attempt]).sort(), [
      ['1', 2],
      ['2', 1],
    ]);
    await killed!.acknowledge();
    assert.deepEqual(await queues('a').depth(), { waiting: 0, inHand: 2, dead: 0 });
    assert.deepEqual(await queues('b').receive(10, 60), [], 'a delay goes on');
    assert.equal(await recoverOwned(), 2);
    assert.deepEqual(
      (await queues('a').receive(10, 600)).map(({ body }) => body),
      ['2'],
    );
    assert.deepEqual(
      (await queues('a').dead()).map(({ body, reason }) => [body, reason]),
      [['1', null]],
      'what kills its receiver every time is dead in the end',
    );
  });
});

test('groups take turns, however much one of them has waiting', async () => {
  await inRollback(async (sql) => {
    const { queues } = tableQueues(sql, testClock());
    const queue = queues('fair');
    const send = (group: string, from: number, count: number) =>
      queue.send(
        Array.from({ length: count }, (_, n) => `${group}${from + n}`),
        0,
        group,
      );
    const take = async (count: number) => {
      const taken: string[] = [];
      for (let n = 0; n < count; n++) {
        const [one] = await queue.receive(1, 60);
        taken.push(one!.body);
        await one!.acknowledge();
      }
      return taken;
    };
    await send('a', 1, 1000);
    await send('b', 1, 2);
    assert.deepEqual(await take(6), ['a1', 'b1', 'a2', 'b2', 'a3', 'a4']);
    await send('b', 3, 2);
    await send('c', 1, 1);
    assert.deepEqual(await take(6), ['a5', 'b3', 'c1', 'a6', 'b4', 'a7'], 'who was away gets no more turns for it');
    await send('a', 1001, 1);
    await send('b', 5, 1);
    assert.deepEqual(await take(2), ['a8', 'b5']);
  });
});

test('whoever comes when all that is left is in hand begins where the others are', async () => {
  await inRollback(async (sql) => {
    const { queues } = tableQueues(sql, testClock());
    const queue = queues('fair');
    const names = (count: number, group: string) => Array.from({ length: count }, (_, n) => `${group}${n + 1}`);
    await queue.send(names(50, 'a'), 0, 'a');
    for (let n = 0; n < 49; n++) await (await queue.receive(1, 60))[0]!.acknowledge();
    await queue.receive(1, 60);
    await queue.send(names(50, 'b'), 0, 'b');
    await queue.send(['a51'], 0, 'a');
    const next = await queue.receive(3, 60);
    assert.deepEqual(
      next.map(({ body }) => body),
      ['b1', 'b2', 'a51'],
    );
  });
});

test('a message that comes back is taken in the round that it had', async () => {
  await inRollback(async (sql) => {
    const clock = testClock();
    const { queues } = tableQueues(sql, clock);
    const queue = queues('fair');
    await queue.send(['a1', 'a2', 'a3'], 0, 'a');
    const [first] = await queue.receive(1, 60);
    await first!.release(10, 'later');
    assert.deepEqual(
      (await queue.receive(1, 60)).map(({ body }) => body),
      ['a2'],
    );
    await clock.advance(10_000);
    assert.deepEqual(
      (await queue.receive(2, 60)).map(({ body }) => body),
      ['a1', 'a3'],
    );
  });
});
