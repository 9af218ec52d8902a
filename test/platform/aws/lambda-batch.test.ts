import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LambdaRecord, settleBatch } from '#platform/aws/lambda-batch.ts';
import { lambdaDelivery } from '#platform/aws/lambda-delivery.ts';

function record(id: string, count = '1'): LambdaRecord {
  const attributes = { ApproximateReceiveCount: count };
  return { messageId: id, receiptHandle: `handle ${id}`, body: id, attributes };
}

const plenty = { atOnce: 2, reserveMs: 1000, left: () => 60_000 };

test('only messages that are not done come back, those whose work threw too', async () => {
  const records = ['done', 'again', 'throws', 'last'].map((id) => record(id));
  const { batchItemFailures } = await settleBatch(records, plenty, async ({ body }) => {
    if (body === 'throws') throw new Error('a defect');
    return body === 'again' ? 'again' : 'done';
  });
  assert.deepEqual(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort(), ['again', 'throws']);
});

test('no more messages are worked on at once than was said', async () => {
  let busy = 0;
  let most = 0;
  await settleBatch(
    ['1', '2', '3', '4', '5'].map((id) => record(id)),
    plenty,
    async () => {
      most = Math.max(most, ++busy);
      await new Promise((done) => setImmediate(done));
      busy--;
      return 'done';
    },
  );
  assert.equal(most, 2);
});

test('messages for which no time is left come back unseen', async () => {
  let left = 5000;
  const seen: string[] = [];
  const options = { atOnce: 1, reserveMs: 1000, left: () => left };
  const answer = await settleBatch([record('slow'), record('late')], options, async ({ body }) => {
    seen.push(body);
    left = 500;
    return 'done';
  });
  assert.deepEqual([seen, answer.batchItemFailures], [['slow'], [{ itemIdentifier: 'late' }]]);
});

test('a record is a delivery: its count is the attempt, given back it is put off, acknowledged it is done', async () => {
  const putOff: number[] = [];
  const delivery = lambdaDelivery(record('one', '3'), async (seconds) => void putOff.push(seconds));
  await delivery.release(2.5, 'later');
  await delivery.release(1e9, 'much later');
  assert.deepEqual([delivery.attempt, putOff, delivery.isDone()], [3, [3, 43_200], false]);
  await delivery.acknowledge();
  assert.ok(delivery.isDone());
});
