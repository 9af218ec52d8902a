import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { sqsQueues } from '#platform/aws/sqs-queue.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { fakeSqs } from '#test/fakes/sqs.ts';
import { queueContract, type TestQueues } from '#test/platform/contracts/queue-contract.ts';
import { awsTestClient, foreignAws, foreignAwsNote, freshName, worldClock } from '#test/support/aws.ts';
import { isFault } from '#test/support/is-fault.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const names = ['images', 'one', 'two', 'q'] as const;

queueContract('SQS on our fake', { skip: false }, () => openFake());

// Neither moto 5.2 nor MiniStack 1.5 has StartMessageMoveTask.
const noRedrive = 'emulators have no StartMessageMoveTask';
const foreign = { skip: foreignAws === null, noRedrive, together: true };

queueContract(`SQS on a foreign emulator (${foreignAwsNote})`, foreign, async () => {
  const client = new SQSClient(awsTestClient(foreignAws!));
  return { ...(await openQueues(client, worldClock())), [Symbol.asyncDispose]: async () => client.destroy() };
});

test('whose a message is, is its message group, by which SQS serves fairly', async () => {
  await using fake = await fakeSqs(testClock());
  const client = new SQSClient(awsTestClient(fake.endpoint));
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'fair' }));
  const queue = sqsQueues({ client, clock: testClock(), urls: { fair: QueueUrl! }, dead: {}, waitTimeSeconds: 0 })(
    'fair',
  );
  await queue.send(['1'], 0, 'team');
  await queue.send(['2']);
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['MessageGroupId'] }),
  );
  assert.deepEqual(Messages.map(({ Body, Attributes }) => [Body, Attributes?.['MessageGroupId']]).sort(), [
    ['1', 'team'],
    ['2', undefined],
  ]);
  client.destroy();
});

describe('SQS as it misbehaves', () => {
  test('a message that is delivered to two receivers at once is in the hands of both, and gone after both are done', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    await queue.send(['1']);
    store.fake.mishaps.duplicates = 1;
    const [one] = await queue.receive(1, 30);
    const [other] = await queue.receive(1, 30);
    assert.equal(one!.id, other!.id);
    assert.deepEqual([one!.attempt, other!.attempt], [1, 2]);
    await one!.acknowledge();
    await other!.acknowledge();
    await store.clock.advance(31_000);
    assert.deepEqual(await queue.receive(10, 30), []);
    assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 0, dead: 0 });
  });

  test('a deletion that SQS forgets brings the message back, with one more attempt', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    await queue.send(['1']);
    store.fake.mishaps.forgottenDeletes = 1;
    const [first] = await queue.receive(1, 30);
    await first!.acknowledge();
    await store.clock.advance(30_000);
    const [again] = await queue.receive(1, 30);
    assert.deepEqual([again!.id, again!.attempt], [first!.id, 2]);
  });

  test('a message may come late, and after those that were sent after it', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    store.fake.mishaps.late.push(40);
    await queue.send(['1']);
    await queue.send(['2']);
    assert.deepEqual(bodies(await queue.receive(10, 300)), ['2']);
    await store.clock.advance(40_000);
    assert.deepEqual(bodies(await queue.receive(10, 300)), ['1']);
  });

  test('a receiver that lost its message changes nothing although SQS would let it', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    await queue.send(['1']);
    const [lost] = await queue.receive(1, 30);
    await store.clock.advance(30_000);
    const calls = store.fake.calls.length;
    await lost!.extend(60);
    await lost!.release(0, 'too late');
    await lost!.acknowledge();
    assert.equal(store.fake.calls.length, calls, 'SQS was not asked');
    assert.deepEqual(await queue.depth(), { waiting: 1, inHand: 0, dead: 0 });
  });

  test('a message is held for twelve hours at most, whatever is asked for', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    await queue.send(['1']);
    const [delivery] = await queue.receive(1, 6 * 3600);
    await store.clock.advance(5 * 3600 * 1000);
    await delivery!.extend(11 * 3600);
    await store.clock.advance(6 * 3600 * 1000);
    await delivery!.extend(3600);
    await store.clock.advance(3600 * 1000 - 1);
    assert.deepEqual(await queue.receive(1, 30), []);
    await delivery!.extend(3600);
    await store.clock.advance(1);
    assert.deepEqual(
      (await queue.receive(1, 30)).map(({ attempt }) => attempt),
      [2],
    );
    await delivery!.extend(3600);
  });

  test('waiting receivers are given a message as soon as it is there, and nothing once their time is over', async () => {
    await using store = await openFake({ waitTimeSeconds: 20 });
    const queue = store.queues('q');
    const waiting = queue.receive(1, 30);
    await until(() => store.fake.calls.includes('ReceiveMessage'));
    await queue.send(['1']);
    assert.deepEqual(bodies(await waiting), ['1']);
    const inVain = queue.receive(1, 30);
    await until(() => store.fake.calls.filter((call) => call === 'ReceiveMessage').length === 2);
    await movingOn(store.clock, 20_000, inVain);
    assert.deepEqual(await inVain, []);
    const comesBack = queue.receive(1, 30);
    await until(() => store.fake.calls.filter((call) => call === 'ReceiveMessage').length === 3);
    await movingOn(store.clock, 10_000, comesBack);
    assert.deepEqual(
      (await comesBack).map(({ attempt }) => attempt),
      [2],
    );
  });

  test('messages of a batch that SQS failed are sent again, the others are not', async () => {
    await using store = await openFake({ selfWinding: true });
    const queue = store.queues('q');
    const all = Array.from({ length: 25 }, (_, i) => `"${i}"`).sort();
    store.fake.mishaps.entries.push('receiver', 'receiver', 'receiver');
    await queue.send(all);
    assert.equal(store.fake.calls.filter((call) => call === 'SendMessageBatch').length, 4);
    const got = [...(await queue.receive(10, 30)), ...(await queue.receive(10, 30)), ...(await queue.receive(10, 30))];
    assert.deepEqual(bodies(got), all);
  });

  test('a batch that SQS does not take in the end is told, with what to do', async () => {
    await using store = await openFake({ selfWinding: true });
    const queue = store.queues('q');
    store.fake.mishaps.entries.push('sender');
    await assert.rejects(queue.send(['1', '2']), isFault('input/invalid', /1 of 2 messages were not taken.*send all/));
    store.fake.mishaps.entries.push(...Array.from({ length: 8 }, () => 'receiver' as const));
    await assert.rejects(queue.send(['1', '2']), isFault('network/unreachable', /send all again/));
  });

  test('messages that are too many or too large for one call are sent in several', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    const large = JSON.stringify('x'.repeat(256 * 1024 - 2));
    await queue.send(Array.from({ length: 9 }, () => large));
    assert.equal(store.fake.calls.filter((call) => call === 'SendMessageBatch').length, 3);
    assert.deepEqual(await queue.depth(), { waiting: 9, inHand: 0, dead: 0 });
  });

  test('JSON with characters that SQS does not take means the same when it arrives', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    const body = '{"a":"\uffff \ufffe \ud800 \u{1f600}\t"}'.replace('\t', '\\t');
    await queue.send([body]);
    const [delivery] = await queue.receive(1, 30);
    assert.deepEqual(JSON.parse(delivery!.body), JSON.parse(body));
    for (const bad of ['', '"\0"', '"\u0001"'])
      await assert.rejects(queue.send([bad]), isFault('input/invalid', /JSON/));
    await assert.rejects(queue.send(['1'], 901), isFault('input/invalid', /at most 900/));
  });

  test('throttling is waited out; when it does not end, a broken connection and a missing right are told apart', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    const throttled = new AwsError('RequestThrottled', 'Rate exceeded', 403, 'RequestThrottled');
    store.fake.failNext('SendMessageBatch', throttled, 2);
    await queue.send(['1']);
    store.fake.failNext('ReceiveMessage', new AwsError('ServiceUnavailable', 'Service Unavailable', 503), 3);
    await assert.rejects(queue.receive(1, 30), isFault('network/unreachable', /Queue q: receiving failed/));
    store.fake.failNext('ReceiveMessage', 'break', 3);
    await assert.rejects(queue.receive(1, 30), isFault('network/unreachable'));
    store.fake.failNext('ReceiveMessage', new AwsError('AccessDeniedException', 'no', 403));
    await assert.rejects(queue.receive(1, 30), isFault('auth/forbidden', /allow it to the role/));
    await assert.rejects(store.queues('missing').receive(1, 30), isFault('state/not-found', /Queue missing/));
    assert.throws(() => store.queues('unknown'), isFault('state/not-found', /no queue unknown/));
    assert.deepEqual(bodies(await queue.receive(1, 30)), ['1']);
  });

  test('a message that arrives damaged is not handed out, and comes again whole', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    await queue.send(['1']);
    store.fake.mishaps.damaged = 1;
    await assert.rejects(queue.receive(1, 30), isFault('internal/failed', /MD5/));
    await store.clock.advance(30_000);
    assert.deepEqual(bodies(await queue.receive(1, 30)), ['1']);
  });
});

describe('dead letters of SQS', () => {
  test('looking at dead letters takes none of them away and adds no attempts', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    const all = Array.from({ length: 23 }, (_, i) => `"${String(i).padStart(2, '0')}"`);
    for (const body of all) {
      await queue.send([body]);
      await store.clock.advance(10);
    }
    for (const _ of [1, 2, 3, 4]) for (const __ of [1, 2, 3]) await queue.receive(10, 0);
    assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 0, dead: 23 });
    for (const _ of [1, 2]) {
      const letters = await queue.dead();
      assert.deepEqual(
        letters.map(({ body, attempts, reason }) => [body, attempts, reason]),
        all.map((body) => [body, 3, null]),
      );
    }
    assert.equal(await queue.redrive(), 23);
    assert.deepEqual(await queue.depth(), { waiting: 23, inHand: 0, dead: 0 });
  });

  test('a message that was buried with its reason keeps its id and is buried once although SQS forgets its deletion', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    await queue.send(['1']);
    for (const _ of [1, 2]) for (const delivery of await queue.receive(1, 30)) await delivery.release(0, 'not yet');
    store.fake.mishaps.forgottenDeletes = 1;
    const [last] = await queue.receive(1, 30);
    await last!.release(60, 'the registry says \u0001 no');
    await store.clock.advance(30_000);
    assert.deepEqual(await queue.receive(1, 30), []);
    assert.equal((await queue.depth()).dead, 2);
    assert.deepEqual(await queue.dead(), [
      { id: last!.id, body: '1', attempts: 3, reason: 'the registry says \ufffd no' },
    ]);
  });

  test('a process that may not send to the dead letters lets SQS bury, without the reason', async () => {
    await using store = await openFake();
    const queue = store.queues('q');
    await queue.send(['1']);
    for (const _ of [1, 2]) for (const delivery of await queue.receive(1, 30)) await delivery.release(0, 'not yet');
    store.fake.failNext('SendMessage', new AwsError('AccessDenied', 'no', 403));
    for (const delivery of await queue.receive(1, 30)) await delivery.release(0, 'never');
    assert.deepEqual(await queue.depth(), { waiting: 1, inHand: 0, dead: 0 }, 'SQS moves it at the next receive');
    assert.deepEqual(await queue.receive(1, 30), []);
    assert.deepEqual(
      (await queue.dead()).map(({ body, attempts, reason }) => [body, attempts, reason]),
      [['1', 3, null]],
    );
  });

  test('a queue without dead letters in the settings delivers on, and says what is missing', async () => {
    await using store = await openFake({ dead: false });
    const queue = store.queues('q');
    await queue.send(['1']);
    for (const attempt of [1, 2, 3]) {
      const [delivery] = await queue.receive(1, 30);
      assert.equal(delivery!.attempt, attempt);
      await delivery!.release(0, 'no');
    }
    assert.deepEqual(await queue.depth(), { waiting: 1, inHand: 0, dead: 0 });
    await assert.rejects(queue.dead(), isFault('state/not-found', /no dead letter queue/));
    await assert.rejects(queue.redrive(), isFault('state/not-found', /no dead letter queue/));
  });

  test('putting back is waited for, and not begun twice', async () => {
    await using store = await openFake({ selfWinding: true });
    const queue = store.queues('q');
    await queue.send(['1', '2']);
    for (const _ of [1, 2, 3, 4]) await queue.receive(10, 0);
    store.fake.mishaps.slowMoves = 4;
    assert.equal(await queue.redrive(), 2);
    store.fake.mishaps.slowMoves = 1;
    await assert.rejects(queue.redrive(), isFault('state/conflict', /already/));
  });
});

interface FakeQueues extends TestQueues {
  readonly fake: Awaited<ReturnType<typeof fakeSqs>>;
}

async function openFake(
  options: { readonly waitTimeSeconds?: number; readonly selfWinding?: boolean; readonly dead?: boolean } = {},
): Promise<FakeQueues> {
  const clock = testClock(undefined, { selfWinding: options.selfWinding === true });
  const fake = await fakeSqs(clock);
  const client = new SQSClient(awsTestClient(fake.endpoint));
  return {
    ...(await openQueues(client, clock, options)),
    fake,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fake[Symbol.asyncDispose]();
    },
  };
}

async function openQueues(
  client: SQSClient,
  clock: TestClock,
  options: { readonly waitTimeSeconds?: number; readonly dead?: boolean } = {},
) {
  const prefix = freshName();
  const make = async (name: string, attributes: Record<string, string>) =>
    (await client.send(new CreateQueueCommand({ QueueName: `${prefix}-${name}`, Attributes: attributes }))).QueueUrl!;
  const urls: Record<string, string> = {};
  const dead: Record<string, string> = {};
  for (const name of names) {
    dead[name] = await make(`${name}-dead`, { MessageRetentionPeriod: '1209600' });
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: dead[name], AttributeNames: ['QueueArn'] }),
    );
    const policy = { deadLetterTargetArn: Attributes?.['QueueArn'], maxReceiveCount: 3 };
    urls[name] = await make(name, { RedrivePolicy: JSON.stringify(policy) });
  }
  urls['missing'] = urls['q']!.replace(/[^/]*$/, 'nowhere');
  return {
    clock,
    queues: sqsQueues({
      client,
      clock,
      urls,
      dead: options.dead === false ? {} : dead,
      waitTimeSeconds: options.waitTimeSeconds ?? 0,
    }),
  };
}

function bodies(deliveries: readonly { readonly body: string }[]): readonly string[] {
  return deliveries.map(({ body }) => body).sort();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves the clock on once the one who waits by it sleeps. */
async function movingOn(clock: TestClock, milliseconds: number, waiting: Promise<unknown>): Promise<void> {
  let over = false;
  void waiting.finally(() => (over = true));
  await clock.advance(milliseconds);
  for (let i = 0; i < 1000 && !over; i++) await clock.advance(1);
}
