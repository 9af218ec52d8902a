import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { ECSClient } from '@aws-sdk/client-ecs';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { silentLog } from '#core/log.ts';
import { answerWakes, type WakeEvent } from '#functions/dispatch/answer-wakes.ts';
import { ecsTasks, type TaskPlace } from '#platform/aws/run-tasks.ts';
import { sqsQueues } from '#platform/aws/sqs-queue.ts';
import { analyzersToStart, type WakeWorld } from '#platform/aws/wake-tasks.ts';
import type { Queue } from '#platform/queue.ts';
import { environment, type Wake } from '#schema/deployment.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { type FakeEcs, fakeEcs } from '#test/fakes/ecs.ts';
import { type FakeSqs, fakeSqs } from '#test/fakes/sqs.ts';
import { awsTestClient } from '#test/support/aws.ts';
import { isFault } from '#test/support/is-fault.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const cluster = 'arn:aws:ecs:eu-central-1:000000000000:cluster/plimsoll';
const definition = (family: string) => `arn:aws:ecs:eu-central-1:000000000000:task-definition/${family}:7`;
const minute = 60_000;

interface Bench extends AsyncDisposable {
  readonly clock: TestClock;
  readonly sqs: FakeSqs;
  readonly ecs: FakeEcs;
  readonly queue: Queue;
  readonly world: WakeWorld;
  /** Puts so many images into the queue. */
  push(images: number): Promise<void>;
  wake(...wakes: readonly (Wake | string)[]): Promise<readonly string[]>;
}

async function openBench(changed: Partial<TaskPlace> = {}, limit = 10): Promise<Bench> {
  await using opened = new AsyncDisposableStack();
  const clock = testClock(undefined, { selfWinding: true });
  const sqs = opened.use(await fakeSqs(clock));
  const ecs = opened.use(await fakeEcs(clock, cluster, ['Analyzer', 'Feeds']));
  const client = opened.adopt(new SQSClient(awsTestClient(sqs.endpoint)), (one) => one.destroy());
  const ecsClient = opened.adopt(new ECSClient({ ...awsTestClient(ecs.endpoint), maxAttempts: 1 }), (one) =>
    one.destroy(),
  );
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'plimsoll-image-queued' }));
  const place: TaskPlace = {
    ...{ cluster, subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'], publicIp: true, capacity: 'spot' },
    ...changed,
  };
  const log = silentLog;
  const queues = sqsQueues({
    client,
    clock,
    urls: { 'image.queued': QueueUrl! },
    dead: () => null,
    waitTimeSeconds: 0,
  });
  const kinds = { analyzer: definition('Analyzer'), feeds: definition('Feeds') };
  const tasks = ecsTasks({ client: ecsClient, clock, log, place });
  const world: WakeWorld = { queues, clock, log, tasks, kinds, taskLimit: limit };
  const queue = queues('image.queued');
  const stack = opened.move();
  return {
    ...{ clock, sqs, ecs, queue, world },
    push: (images) => queue.send(Array.from({ length: images }, (_, i) => JSON.stringify({ i }))),
    async wake(...wakes) {
      const bodies = wakes.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
      const { batchItemFailures } = await answerWakes(world, eventOf(bodies));
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function eventOf(bodies: readonly string[]): WakeEvent {
  const attributes = { ApproximateReceiveCount: '1' };
  return { Records: bodies.map((body, i) => ({ messageId: `m${i}`, receiptHandle: 'r', body, attributes })) };
}

const analyzer: Wake = { task: 'analyzer' };

function providers({ ecs }: Bench): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { capacityProviderName: name } of ecs.running()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

test('a task is started for every four images that wait or are in hand, less those that run, up to the limit', () => {
  const cases: readonly (readonly [waiting: number, inHand: number, running: number, limit: number, want: number])[] = [
    [0, 0, 0, 10, 0],
    [1, 0, 0, 10, 1],
    [4, 0, 0, 10, 1],
    [5, 0, 0, 10, 2],
    [5, 0, 2, 10, 0],
    // All are in hand: nobody is missing.
    [0, 8, 1, 10, 0],
    [1, 8, 2, 10, 1],
    [1000, 0, 0, 10, 10],
    [1000, 0, 9, 10, 1],
    // The limit was lowered.
    [1000, 0, 12, 10, 0],
  ];
  for (const [waiting, inHand, running, limit, want] of cases)
    assert.equal(analyzersToStart({ waiting, inHand }, running, limit), want, `${[waiting, inHand, running, limit]}`);
});

test('wakes that come together are one: Spot tasks are started as the deployment says, once', async () => {
  await using bench = await openBench();
  await bench.push(9);
  assert.deepEqual(await bench.wake(...Array.from({ length: 100 }, () => analyzer)), []);
  assert.deepEqual(providers(bench), { FARGATE_SPOT: 3 });
  const [{ request }] = bench.ecs.tasks as [FakeEcs['tasks'][number]];
  const { clientToken: _, ...rest } = request;
  assert.deepEqual(rest, {
    cluster,
    taskDefinition: definition('Analyzer'),
    count: 1,
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
    },
    startedBy: 'plimsoll/analyzer',
    propagateTags: 'TASK_DEFINITION',
  });
  await bench.wake(analyzer);
  assert.equal(bench.ecs.running().length, 3);
});

test('two that dispatch at the same time, or again before ECS lists what was started, start nothing twice', async () => {
  await using bench = await openBench();
  await bench.push(17);
  bench.ecs.late = true;
  await Promise.all([bench.wake(analyzer), bench.wake(analyzer)]);
  await bench.wake(analyzer);
  assert.equal(bench.ecs.running().length, 5);
  bench.ecs.late = false;
  await bench.push(4);
  await bench.wake(analyzer);
  assert.equal(bench.ecs.running().length, 6);
});

test('tasks that ended are replaced when there is work again, also by as many as before', async () => {
  await using bench = await openBench();
  await bench.push(3);
  await bench.wake(analyzer);
  for (const task of bench.ecs.running())
    bench.ecs.stop(task, 'EssentialContainerExited', 'Essential container exited');
  await bench.clock.advance(minute);
  await bench.wake(analyzer);
  assert.equal(bench.ecs.tasks.length, 2);
  assert.equal(bench.ecs.running().length, 1);
});

test('a large backlog starts the limit of tasks in calls of ten', async () => {
  await using bench = await openBench({}, 25);
  await bench.push(200);
  await bench.wake(analyzer);
  assert.equal(bench.ecs.running().length, 25);
  assert.equal(bench.ecs.calls.filter((call) => call === 'RunTask').length, 2 + 5);
});

test('what Spot has no place for is started on demand', async () => {
  await using bench = await openBench();
  bench.ecs.room.set('FARGATE_SPOT', 1);
  await bench.push(12);
  assert.deepEqual(await bench.wake(analyzer), []);
  assert.deepEqual(providers(bench), { FARGATE_SPOT: 1, FARGATE: 2 });
});

test('Spot that takes a task and then has no place for it is left alone for a quarter of an hour', async () => {
  await using bench = await openBench();
  await bench.push(1);
  await bench.wake(analyzer);
  bench.ecs.stop(bench.ecs.tasks[0]!, 'TaskFailedToStart', 'Capacity is unavailable at this time.');
  await bench.clock.advance(minute);
  await bench.wake(analyzer);
  assert.deepEqual(providers(bench), { FARGATE: 1 });
  bench.ecs.stop(bench.ecs.tasks[1]!, 'EssentialContainerExited', 'Essential container exited');
  await bench.clock.advance(15 * minute);
  await bench.wake(analyzer);
  assert.deepEqual(providers(bench), { FARGATE_SPOT: 1 });
});

test('without the right to look at stopped tasks Spot is tried all the same', async () => {
  await using bench = await openBench();
  await bench.push(1);
  await bench.wake(analyzer);
  bench.ecs.stop(bench.ecs.tasks[0]!, 'TaskFailedToStart', 'Capacity is unavailable at this time.');
  await bench.clock.advance(minute);
  bench.ecs.failNext(
    'DescribeTasks',
    new AwsError('AccessDeniedException', 'not authorized to perform: ecs:DescribeTasks'),
  );
  assert.deepEqual(await bench.wake(analyzer), []);
  assert.deepEqual(providers(bench), { FARGATE_SPOT: 1 });
});

test('a deployment that is set to on-demand asks for no Spot', async () => {
  await using bench = await openBench({ capacity: 'on-demand', publicIp: false });
  await bench.push(1);
  await bench.wake(analyzer);
  assert.deepEqual(providers(bench), { FARGATE: 1 });
});

test('no capacity at all brings the wake back while nothing runs, and is a log line while something does', async () => {
  await using bench = await openBench();
  bench.ecs.room.set('FARGATE_SPOT', 0).set('FARGATE', 0);
  await bench.push(5);
  assert.deepEqual(await bench.wake(analyzer, analyzer), ['m0', 'm1']);
  await bench.clock.advance(minute);
  bench.ecs.room.set('FARGATE', 1);
  assert.deepEqual(await bench.wake(analyzer), []);
  await bench.clock.advance(minute);
  assert.deepEqual(await bench.wake(analyzer), []);
  assert.equal(bench.ecs.running().length, 1);
  // The quota of vCPUs is told by an error of the call.
  await bench.clock.advance(minute);
  bench.ecs.failNext(
    'RunTask',
    new AwsError('ClientException', "You've reached the limit on the number of vCPUs you can run concurrently"),
    2,
  );
  assert.deepEqual(await bench.wake(analyzer), []);
});

test('ECS that throttles or is down brings the wakes back', async () => {
  await using bench = await openBench();
  await bench.push(1);
  bench.ecs.failNext('RunTask', new AwsError('ThrottlingException', 'Rate exceeded'));
  assert.deepEqual(await bench.wake(analyzer), ['m0']);
  bench.ecs.failNext('ListTasks', 'break');
  assert.deepEqual(await bench.wake(analyzer), ['m0']);
  assert.deepEqual(await bench.wake(analyzer), []);
  assert.equal(bench.ecs.running().length, 1);
});

test('an image that SQS counts a few seconds late is waited for; an empty queue starts nothing', async () => {
  await using bench = await openBench();
  await bench.wake(analyzer);
  assert.equal(bench.ecs.running().length, 0);
  const before = bench.clock.now();
  const { depth } = bench.queue;
  let asked = 0;
  const late: Queue = {
    ...bench.queue,
    depth: async () => (++asked < 3 ? { waiting: 0, inHand: 0, dead: 0 } : await depth()),
  };
  await bench.push(1);
  await answerWakes({ ...bench.world, queues: () => late }, analyzer);
  assert.equal(bench.ecs.running().length, 1);
  assert.ok(bench.clock.now() - before <= 10_000);
});

test('a feed group that is due is synced by one task, however often it is said', async () => {
  await using bench = await openBench();
  const rocky: Wake = { task: 'feeds', group: 'osv:Rocky Linux' };
  assert.deepEqual(await bench.wake(rocky, rocky, { task: 'feeds', group: 'debian' }), []);
  await bench.clock.advance(minute);
  await bench.wake(rocky);
  assert.deepEqual(
    bench.ecs.tasks.map(({ request }) => request['overrides']),
    [
      { containerOverrides: [{ name: 'feeds', command: ['feeds.mjs', 'osv:Rocky Linux'] }] },
      { containerOverrides: [{ name: 'feeds', command: ['feeds.mjs', 'debian'] }] },
    ],
  );
  assert.deepEqual(
    bench.sqs.calls.filter((call) => call === 'GetQueueAttributes'),
    [],
  );
});

test('what is no wake comes back until it is buried, and the others are answered', async () => {
  await using bench = await openBench();
  await bench.push(1);
  const group = "debian'; drop table";
  const bad = ['', '[]', 'null', '{"task":"shell"}', JSON.stringify({ task: 'feeds', group })];
  assert.deepEqual(await bench.wake(...bad, analyzer), ['m0', 'm1', 'm2', 'm3', 'm4']);
  assert.equal(bench.ecs.running().length, 1);
  await assert.rejects(answerWakes(bench.world, { task: 'shell' } as never), isFault('input/invalid'));
});

test('the function itself, in a process with the variables of the deployment, starts a task', async () => {
  await using bench = await openBench();
  await bench.push(1);
  const program = `
    const { handler } = await import('#functions/dispatch/on-wake.ts');
    const context = { awsRequestId: 'r', invokedFunctionArn: 'a', getRemainingTimeInMillis: () => 60000 };
    const answer = await handler(JSON.parse(process.argv[1]), context);
    process.stderr.write(JSON.stringify(answer));`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', program, JSON.stringify(eventOf([JSON.stringify(analyzer)]))],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIATEST',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL_SQS: bench.sqs.endpoint,
        AWS_ENDPOINT_URL_ECS: bench.ecs.endpoint,
        [environment.queueUrlPrefix]: `${bench.sqs.endpoint}/000000000000/plimsoll-`,
        [environment.taskCluster]: cluster,
        [environment.analyzerTask]: definition('Analyzer'),
        [environment.feedsTask]: definition('Feeds'),
        [environment.taskSubnets]: 'subnet-1,subnet-2',
        [environment.taskSecurityGroups]: 'sg-1',
        [environment.taskPublicIp]: 'DISABLED',
        [environment.taskLimit]: '3',
        [environment.taskCapacity]: 'on-demand',
      },
    },
  );
  let said = '';
  child.stderr.on('data', (piece) => (said += String(piece)));
  await once(child, 'exit');
  assert.equal(said, '{"batchItemFailures":[]}');
  assert.deepEqual(providers(bench), { FARGATE: 1 });
});
