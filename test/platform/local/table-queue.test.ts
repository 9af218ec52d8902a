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
