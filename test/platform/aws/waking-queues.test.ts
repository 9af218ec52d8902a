import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { wakingQueues } from '#platform/aws/waking-queues.ts';
import type { Queue } from '#platform/queue.ts';

function queuesOf(broken: string | null) {
  const sent: string[] = [];
  const told: string[] = [];
  const queues = wakingQueues(
    (name) =>
      ({
        name,
        async send(bodies: readonly string[]) {
          if (name === broken) throw new Fault('network/unreachable', 'SQS is away');
          sent.push(...bodies.map((body) => `${name} ${body}`));
        },
      }) as Queue,
    { info: () => {}, error: (fact) => void told.push(fact) },
  );
  return { queues, sent, told };
}

test('work for analyzers wakes dispatch once it is in its queue, other work does not', async () => {
  const { queues, sent } = queuesOf(null);
  await queues('image.queued').send(['1', '2']);
  await queues('image.queued').send([]);
  await queues('image.matched').send(['3']);
  assert.deepEqual(sent, ['image.queued 1', 'image.queued 2', 'dispatch {"task":"analyzer"}', 'image.matched 3']);
});

test('a wake that cannot be sent is told and fails nobody; work that cannot be sent does', async () => {
  const deaf = queuesOf('dispatch');
  await deaf.queues('image.queued').send(['1']);
  assert.deepEqual([deaf.sent, deaf.told], [['image.queued 1'], ['dispatch not woken']]);
  await assert.rejects(queuesOf('image.queued').queues('image.queued').send(['1']), /SQS is away/);
});
