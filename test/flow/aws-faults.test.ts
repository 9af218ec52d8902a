import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { authenticator } from '#access/authenticate.ts';
import { ensureAdmin } from '#access/ensure-admin.ts';
import { defaultLimits } from '#core/limits.ts';
import { jsonLog, silentLog } from '#core/log.ts';
import { createApp } from '#functions/api/app.ts';
import type { ApiWorld } from '#functions/api/route.ts';
import { routes } from '#functions/api/routes.ts';
import { sqsQueues } from '#platform/aws/sqs-queue.ts';
import { drainQueue } from '#platform/drain-queue.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import { root } from '#test/house/sources.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { DataApiError } from '#test/fakes/data-api-error.ts';
import { pgliteDatabase } from '#test/fakes/data-api-database.ts';
import { fakeSqs } from '#test/fakes/sqs.ts';
import { openAnalyzerBench, until } from '#test/support/analyzer-bench.ts';
import { awsTestClient } from '#test/support/aws.ts';
import { dataApiWorld } from '#test/support/data-api-world.ts';
import { image, layer } from '#test/support/image-builder.ts';
import { builtTask } from '#test/support/run-task.ts';
import { testClock } from '#test/support/test-clock.ts';

// Faults whose end no other file shows; the table of docs/operator-guide.md says where each of the others is proven.

const authorization = `Basic ${Buffer.from('admin:sesame').toString('base64')}`;
const list = {
  method: 'GET',
  path: '/v1/images',
  query: new URLSearchParams(),
  headers: { authorization },
  body: Buffer.of(),
};

test('whoever asks while the database fails is told whether to come again, and is answered once it is well', async () => {
  const clock = testClock(undefined, { selfWinding: true });
  await using backend = await pgliteDatabase();
  await using world = await dataApiWorld({ clock, backend, patienceMs: 20_000 });
  await migrate(world.sql, await readMigrations(), clock);
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line), clock.now);
  // What lists images touches no blob, queue or secret.
  const apiWorld = { sql: world.sql, clock, log, limits: defaultLimits } as unknown as ApiWorld;
  await ensureAdmin(apiWorld, 'sesame');
  const app = createApp(apiWorld, routes, authenticator(apiWorld));
  const asked = async () => {
    const { status, headers, body } = await app(list);
    const pieces =
      typeof body === 'string' || body instanceof Uint8Array ? [String(body)] : await Array.fromAsync(body);
    return { status, again: headers['retry-after'] ?? null, body: pieces.join('') };
  };
  assert.equal((await asked()).status, 200);

  world.api.pause(19_000);
  assert.equal((await asked()).status, 200, 'a database that wakes up in time is waited for');

  world.api.pause(60_000);
  const sleepy = await asked();
  assert.deepEqual([sleepy.status, sleepy.again], [503, '5']);
  assert.match(sleepy.body, /is waking up, which takes up to a minute; try again/);
  assert.match(lines.at(-1) ?? '', /request failed.*waking up/);
  await clock.advance(60_000);
  assert.equal((await asked()).status, 200);

  const throttled = new DataApiError('ThrottlingException', 'Rate exceeded');
  world.api.happen({ meets: throttled, times: 3 });
  assert.equal((await asked()).status, 200);

  world.api.happen({ sql: 'select', meets: { takes: 46_000 } });
  const slow = await asked();
  assert.deepEqual([slow.status, slow.again], [500, null], 'coming again at once would not help');
  assert.match(slow.body, /the log of the server says more/);
  assert.match(lines.at(-1) ?? '', /request failed.*45 s/);
  assert.equal((await asked()).status, 200);

  world.api.happen({ meets: throttled, times: 100 });
  const busy = await asked();
  assert.deepEqual([busy.status, busy.again], [503, '5']);
  for (const { body } of [sleepy, slow, busy]) assert.doesNotMatch(body, /sesame|arn:aws|select /);
});

test('a message whose hold is lost while it is worked on is done by another; the first one takes nothing from it', async () => {
  const clock = testClock();
  await using sqs = await fakeSqs(clock);
  const client = new SQSClient({ ...awsTestClient(sqs.endpoint), maxAttempts: 1 });
  const urls: Record<string, string> = {};
  for (const name of ['image.queued', 'image.analyzed'])
    urls[name] = (await client.send(new CreateQueueCommand({ QueueName: name.replace('.', '-') }))).QueueUrl!;
  const queues = sqsQueues({ client, clock, urls, dead: {} });
  const queue = queues('image.queued');
  const queued = { kind: 'image.queued', account: 'admin', digest: `sha256:${'a'.repeat(64)}` } as const;
  await queue.send([JSON.stringify(queued)]);

  const going = setInterval(() => void clock.advance(1000), 2);
  const lanes: string[] = [];
  let letFirstEnd = () => {};
  const firstMayEnd = new Promise<void>((resolve) => {
    letFirstEnd = resolve;
  });
  const worker = (name: string, work: () => Promise<void>, dryMs: number) => {
    const run = async () => {
      lanes.push(`${name} begins`);
      await work();
      lanes.push(`${name} ends`);
      return [{ kind: 'image.analyzed', account: 'admin', digest: queued.digest }] as const;
    };
    const failed = async (_event: unknown, reason: string) => void lanes.push(`${name} failed: ${reason}`);
    const settings = { atOnce: 1, visibilitySeconds: 300, heartbeatSeconds: 60, attempts: 3, longestMs: 36_000_000 };
    const draining = { ...settings, idleMs: 100, dryMs, onStop: 'give-back' } as const;
    const never = new AbortController().signal;
    return drainQueue({ queues, clock, log: silentLog }, queue, () => ({ run, failed }), draining, never);
  };
  try {
    // No heartbeat of the first arrives, so that SQS shows the message to others after five minutes.
    sqs.failNext('ChangeMessageVisibility', new AwsError('InternalFailure', 'We had an internal error.', 500), 6);
    const first = worker('first', () => firstMayEnd, 60_000);
    while (lanes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = worker('second', async () => letFirstEnd(), 900_000);
    assert.deepEqual([await first, await second], ['dry', 'dry']);
  } finally {
    clearInterval(going);
  }
  assert.deepEqual([...lanes].sort(), ['first begins', 'first ends', 'second begins', 'second ends']);
  assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 0, dead: 0 });
  assert.ok((await queues('image.analyzed').depth()).waiting >= 1, 'what follows was sent');
  client.destroy();
});

test('an analyzer that ECR throttles waits, then gives its message back, and the image is analyzed once', async () => {
  await using bench = await openAnalyzerBench();
  const base = layer([{ path: 'lib/apk/db/installed', content: 'P:musl\nV:1.1.20-r3\nA:x86_64\nL:MIT\n\n' }]);
  const top = layer([{ path: 'srv/data', content: `of ${process.pid}` }]);
  const built = image({ layers: [base, top] });
  await bench.admit(built);
  bench.ecr.failNext('GetAuthorizationToken', 2);
  // More than one delivery waits out.
  bench.ecr.throttleNext(5);
  await bench.send(built);
  await using analyzer = bench.start({ program: await builtTask('analyzer'), args: ['--at-once', '1'] });
  await until('the message to go back', () => (analyzer.said().includes('step failed') ? true : null));
  assert.equal((await bench.image(built)).state, 'analyzing', 'nobody is told that it failed');
  await until('the pauses to be over', async () => {
    await bench.clock.advance(1000);
    return (await bench.left()) > 0 ? true : null;
  });
  assert.deepEqual(await bench.next(), { kind: 'image.analyzed', account: 'admin', digest: built.digest });
  assert.deepEqual([await bench.left(), bench.ecr.throttled], [0, 0]);
  const stored = await bench.image(built);
  assert.deepEqual([stored.state, stored.failure], ['matching', null]);
  const keys: string[] = [];
  for (const prefix of ['layer-reports/', 'image-reports/'])
    for await (const key of bench.blobs.list(prefix)) keys.push(key);
  assert.equal(keys.length, 3, keys.join());
  assert.deepEqual(await bench.queued.depth(), { waiting: 0, inHand: 0, dead: 0 });
  const tokens = bench.ecr.calls.filter((call) => call.startsWith('GetAuthorizationToken'));
  assert.equal(tokens.length, 3, 'two were throttled, and one token serves all tries');
});

test('every proof that the table of faults names is a test', () => {
  const guide = readFileSync(join(root, 'docs/operator-guide.md'), 'utf8');
  const [table = ''] = /## Faults[\s\S]*?(?=\n## )/.exec(guide) ?? [];
  const rows = [...table.matchAll(/^\| (?!fault|---).*$/gm)].map(([row]) => row);
  assert.ok(rows.length >= 14);
  for (const row of rows) {
    const proofs = [...row.matchAll(/"([^"]+)" in `([^`]+)`/g)];
    assert.ok(proofs.length > 0, row);
    for (const [, title = '', file = ''] of proofs)
      assert.ok(readFileSync(join(root, 'test', file), 'utf8').includes(`test('${title}`), `${title} in ${file}`);
  }
});
