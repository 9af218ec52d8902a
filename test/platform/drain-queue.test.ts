import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Fault } from '#core/fault.ts';
import { silentLog } from '#core/log.ts';
import { sqsQueues } from '#platform/aws/sqs-queue.ts';
import { type DrainSettings, drainQueue } from '#platform/drain-queue.ts';
import type { EventWork } from '#platform/handle-delivery.ts';
import type { Queues } from '#platform/queue.ts';
import type { Event } from '#schema/events.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { type FakeSqs, fakeSqs } from '#test/fakes/sqs.ts';
import { awsTestClient } from '#test/support/aws.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const queued: Event = { kind: 'image.queued', account: 'admin', digest };
const analyzed: Event = { kind: 'image.analyzed', account: 'admin', digest };

const settings: DrainSettings = {
  atOnce: 1,
  visibilitySeconds: 300,
  heartbeatSeconds: 60,
  attempts: 3,
  deliveries: 5,
  longestMs: 3_600_000,
  idleMs: 100,
  dryMs: 60_000,
  onStop: 'give-back',
};

interface World extends AsyncDisposable {
  readonly clock: TestClock;
  readonly sqs: FakeSqs;
  readonly queues: Queues;
  readonly log: typeof silentLog;
}

/** Two queues of SQS that bury after ten deliveries, on a clock that is moved, or goes 500 times as fast as others. */
async function openWorld(options: { readonly going?: boolean } = {}): Promise<World> {
  const clock = testClock();
  const going = options.going === true ? setInterval(() => void clock.advance(1000), 2) : undefined;
  const sqs = await fakeSqs(clock);
  const client = new SQSClient({ ...awsTestClient(sqs.endpoint), maxAttempts: 1 });
  const urls: Record<string, string> = {};
  const dead: Record<string, string> = {};
  for (const name of ['image.queued', 'image.analyzed']) {
    const QueueName = name.replace('.', '-');
    dead[name] = (await client.send(new CreateQueueCommand({ QueueName: `${QueueName}-dead` }))).QueueUrl!;
    const deadLetterTargetArn = `arn:aws:sqs:eu-central-1:000000000000:${QueueName}-dead`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 10 });
    const made = await client.send(new CreateQueueCommand({ QueueName, Attributes: { RedrivePolicy } }));
    urls[name] = made.QueueUrl!;
  }
  return {
    ...{ clock, sqs, log: silentLog },
    queues: sqsQueues({ client, clock, urls, dead }),
    async [Symbol.asyncDispose]() {
      clearInterval(going);
      client.destroy();
      await sqs[Symbol.asyncDispose]();
    },
  };
}

/** Drains with this work until the queue is dry; what was failed, with its reasons. */
async function drainDry(world: World, run: EventWork['run'], changed: Partial<DrainSettings> = {}) {
  const failed: string[] = [];
  const work: EventWork = { run, failed: async (_event, reason) => void failed.push(reason) };
  const find = (kind: string) => (kind === 'image.queued' ? work : null);
  const all = { ...settings, ...changed };
  const end = await drainQueue(world, world.queues('image.queued'), find, all, new AbortController().signal);
  return { end, failed, depth: await world.queues('image.queued').depth() };
}

const empty = { waiting: 0, inHand: 0, dead: 0 };

test('a message is handled, what follows is sent, then it is gone; a dry queue ends the drain', async () => {
  await using world = await openWorld({ going: true });
  await world.queues('image.queued').send([JSON.stringify(queued)]);
  const seen: Event[] = [];
  const result = await drainDry(world, async (event) => {
    seen.push(event);
    return [analyzed];
  });
  assert.deepEqual(result, { end: 'dry', failed: [], depth: empty });
  assert.deepEqual(seen, [queued]);
  assert.equal((await world.queues('image.analyzed').depth()).waiting, 1);
});

test('a fault that may pass is tried again after growing pauses, and taken as final in the end', async () => {
  await using world = await openWorld({ going: true });
  await world.queues('image.queued').send([JSON.stringify(queued)]);
  const times: number[] = [];
  const result = await drainDry(world, async () => {
    times.push(world.clock.now());
    throw new Fault('registry/failed', 'not now');
  });
  assert.deepEqual(result, { end: 'dry', failed: ['not now (registry/failed)'], depth: empty });
  assert.equal(times.length, 3);
  assert.ok(times[1]! - times[0]! >= 2000 && times[2]! - times[1]! >= 4000);
});

test('a fault that will not pass ends the matter at once, with its reason', async () => {
  await using world = await openWorld({ going: true });
  await world.queues('image.queued').send([JSON.stringify(queued)]);
  const result = await drainDry(world, async () => {
    throw new Fault('image/corrupt', 'the layer is damaged');
  });
  assert.deepEqual(result, { end: 'dry', failed: ['the layer is damaged (image/corrupt)'], depth: empty });
});

test('a message whose processes die each time is failed unseen before the queue would bury it without a word', async () => {
  await using world = await openWorld({ going: true });
  const queue = world.queues('image.queued');
  await queue.send([JSON.stringify(queued)]);
  for (let i = 0; i < 5; i++) {
    await queue.receive(1, 30);
    await world.clock.advance(31_000);
  }
  const result = await drainDry(world, async () => assert.fail('it was run'));
  assert.deepEqual(result.depth, empty);
  assert.match(result.failed.join(), /begun 5 times/);
});

test('what is no event, or one of another queue, ends among the dead letters and is never run', async () => {
  await using world = await openWorld({ going: true });
  await world.queues('image.queued').send(['{}', JSON.stringify(analyzed)]);
  const result = await drainDry(world, async () => assert.fail('it was run'));
  assert.deepEqual(result, { end: 'dry', failed: [], depth: { waiting: 0, inHand: 0, dead: 2 } });
  const reasons = (await world.queues('image.queued').dead()).map(({ reason }) => reason);
  assert.match(reasons.join('\n'), /is not an event/);
  assert.match(reasons.join('\n'), /image\.analyzed does not belong here/);
});

test('a message is held by heartbeats as long as its work lasts, also when one of them fails', async () => {
  await using world = await openWorld();
  const queue = world.queues('image.queued');
  await queue.send([JSON.stringify(queued)]);
  const begun = Promise.withResolvers<void>();
  const done = Promise.withResolvers<readonly Event[]>();
  const stop = new AbortController();
  const run: EventWork['run'] = () => {
    begun.resolve();
    return done.promise;
  };
  const work: EventWork = { run, failed: async () => {} };
  const draining = drainQueue(world, queue, () => work, settings, stop.signal);
  await begun.promise;
  world.sqs.failNext('ChangeMessageVisibility', new AwsError('ServiceUnavailable', 'not now', 503));
  for (let minute = 1; minute <= 20; minute++) {
    await world.clock.advance(60_000);
    await calls(world, 'ChangeMessageVisibility', minute);
    assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 1, dead: 0 });
  }
  done.resolve([]);
  await calls(world, 'DeleteMessage', 1);
  stop.abort();
  await world.clock.advance(20_000);
  assert.equal(await draining, 'stopped');
  assert.deepEqual(await queue.depth(), empty);
});

test('told to stop, it gives back what is in hand without waiting for work that does not listen, and takes no more', async () => {
  await using world = await openWorld();
  const queue = world.queues('image.queued');
  await queue.send([JSON.stringify(queued), JSON.stringify(queued)]);
  const begun = Promise.withResolvers<AbortSignal>();
  const stop = new AbortController();
  const run: EventWork['run'] = (_event, signal) => {
    begun.resolve(signal);
    return new Promise(() => {});
  };
  const work: EventWork = { run, failed: async () => assert.fail('it was failed') };
  const draining = drainQueue(world, queue, () => work, settings, stop.signal);
  const signal = await begun.promise;
  stop.abort();
  assert.equal(await draining, 'stopped');
  assert.ok(signal.aborted);
  assert.deepEqual(await queue.depth(), { waiting: 2, inHand: 0, dead: 0 });
});

test('told to finish, it ends after the work in hand is done', async () => {
  await using world = await openWorld();
  const queue = world.queues('image.queued');
  await queue.send([JSON.stringify(queued)]);
  const stop = new AbortController();
  const run: EventWork['run'] = async (_event, signal) => {
    stop.abort();
    assert.equal(signal.aborted, false);
    return [analyzed];
  };
  const work: EventWork = { run, failed: async () => assert.fail('it was failed') };
  assert.equal(await drainQueue(world, queue, () => work, { ...settings, onStop: 'finish' }, stop.signal), 'stopped');
  assert.deepEqual(await queue.depth(), empty);
  assert.equal((await world.queues('image.analyzed').depth()).waiting, 1);
});

test('a message that a waiting receive brings after the signal goes back at once', async () => {
  await using world = await openWorld();
  const queue = world.queues('image.queued');
  const stop = new AbortController();
  const work: EventWork = { run: async () => assert.fail('it was run'), failed: async () => {} };
  const draining = drainQueue(world, queue, () => work, settings, stop.signal);
  await calls(world, 'ReceiveMessage', 1);
  stop.abort();
  await queue.send([JSON.stringify(queued)]);
  assert.equal(await draining, 'stopped');
  assert.deepEqual(await queue.depth(), { waiting: 1, inHand: 0, dead: 0 });
});

test('work that takes longer than the longest is ended and failed', async () => {
  await using world = await openWorld({ going: true });
  await world.queues('image.queued').send([JSON.stringify(queued)]);
  const result = await drainDry(world, () => new Promise(() => {}), { longestMs: 600_000 });
  assert.deepEqual(result.depth, empty);
  assert.match(result.failed.join(), /took longer than 10 minutes/);
});

test('a queue that cannot be asked is asked again, and given up when that lasts', async () => {
  await using world = await openWorld({ going: true });
  await world.queues('image.queued').send([JSON.stringify(queued)]);
  world.sqs.failNext('ReceiveMessage', new AwsError('ServiceUnavailable', 'not now', 503), 2);
  assert.equal((await drainDry(world, async () => [])).end, 'dry');
  world.sqs.failNext('ReceiveMessage', new AwsError('AccessDenied', 'no', 403), 1000);
  assert.equal((await drainDry(world, async () => [])).end, 'unreachable');
});

test('a queue is dry only when nobody works on it any more: who is free meanwhile takes what comes', async () => {
  await using world = await openWorld({ going: true });
  const queue = world.queues('image.queued');
  await queue.send([JSON.stringify(queued)]);
  let runs = 0;
  const second = Promise.withResolvers<void>();
  const result = await drainDry(
    world,
    async () => {
      if (++runs === 1) {
        const receives = world.sqs.calls.filter((call) => call === 'ReceiveMessage').length;
        await calls(world, 'ReceiveMessage', receives + 10);
        await queue.send([JSON.stringify(queued)]);
        await second.promise;
      } else second.resolve();
      return [];
    },
    { atOnce: 2 },
  );
  assert.deepEqual(result, { end: 'dry', failed: [], depth: empty });
  assert.equal(runs, 2);
});

/** Waits until an operation of SQS was called so often, and answered. */
async function calls({ sqs }: World, operation: string, times: number): Promise<void> {
  while (sqs.calls.filter((call) => call === operation).length < times) await new Promise((next) => setImmediate(next));
  for (let i = 0; i < 20; i++) await new Promise((next) => setImmediate(next));
}
