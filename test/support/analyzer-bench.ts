import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { addAccount } from '#access/account-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { findImage } from '#catalog/image-store.ts';
import type { Image } from '#catalog/image.ts';
import { type Digest, digestHex } from '#core/digest.ts';
import { s3Blobs } from '#platform/aws/s3-blobs.ts';
import { sqsQueues } from '#platform/aws/sqs-queue.ts';
import type { Blobs } from '#platform/blobs.ts';
import { parseEvent, sendEvents } from '#platform/bus.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import type { Queue, Queues } from '#platform/queue.ts';
import type { Sql } from '#platform/sql.ts';
import { deadLetterName, environment, queueName } from '#schema/deployment.ts';
import type { Event } from '#schema/events.ts';
import type { FakeDataApi } from '#test/fakes/data-api.ts';
import { type Ecr, startEcr } from '#test/fakes/ecr.ts';
import { type FakeS3, fakeS3 } from '#test/fakes/s3.ts';
import { type FakeSqs, fakeSqs } from '#test/fakes/sqs.ts';
import { awsTestClient } from './aws.ts';
import { dataApiWorld } from './data-api-world.ts';
import { httpServer } from './http-server.ts';
import type { BuiltImage } from './image-builder.ts';
import { type TestClock, testClock } from './test-clock.ts';

const account = '111122223333';
const region = 'eu-central-1';
const bucket = 'blobs';

/** Where layers come from, with a door: while it is shut, the second half of every layer waits. */
interface Door extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  /** Layers of this digest wait from now on. */
  shut(digest: Digest): void;
  open(): void;
  /** Those that wait break off; later ones wait no more. */
  breakOff(): void;
}

/** All that an analyzer process needs of AWS, faked on loopback; queues go by a clock that tests move. */
export interface AnalyzerBench extends AsyncDisposable {
  readonly clock: TestClock;
  readonly sqs: FakeSqs;
  readonly s3: FakeS3;
  readonly ecr: Ecr;
  readonly api: FakeDataApi;
  readonly sql: Sql;
  readonly blobs: Blobs;
  readonly queued: Queue;
  readonly door: Door;
  /** Pushes the image and puts it into the catalog. */
  admit(built: BuiltImage): Promise<void>;
  send(built: BuiltImage): Promise<void>;
  image(built: BuiltImage): Promise<Image>;
  /** The next event of those that follow an analysis, taken off its queue. */
  next(): Promise<Event>;
  /** Events that are there beyond those. */
  left(): Promise<number>;
  /** How often the bytes of a layer were asked for. */
  reads(digest: Digest): number;
  /** The analyzer as a process of its own: functions/analyzer/main.ts unless said otherwise. */
  start(options?: {
    readonly args?: readonly string[];
    readonly program?: string;
    /** Variables that it is not given. */
    readonly without?: readonly string[];
  }): AnalyzerProcess;
}

export interface AnalyzerProcess extends AsyncDisposable {
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  /** What it wrote so far. */
  said(): string;
}

export async function openAnalyzerBench(
  options: { readonly clock?: TestClock; readonly tokenSeconds?: number } = {},
): Promise<AnalyzerBench> {
  await using opened = new AsyncDisposableStack();
  const clock = options.clock ?? testClock();
  const sqs = opened.use(await fakeSqs(clock));
  const s3 = opened.use(await fakeS3());
  const { tokenSeconds } = options;
  const ecrOptions = { clock: systemClock, region, accounts: [account] };
  const shortLived = {
    ...ecrOptions,
    get statedExpiry() {
      return systemClock.now() / 1000 + tokenSeconds!;
    },
  };
  const ecr = opened.use(await startEcr(tokenSeconds === undefined ? ecrOptions : shortLived));
  const { sql, api } = opened.use(await dataApiWorld({ clock: systemClock }));
  await migrate(sql, await readMigrations(), systemClock);
  await addAccount({ sql }, { name: 'admin', type: 'admin', user: 'admin', password: '-' }, systemClock.now());
  const user = ecr.addUser(account, 'analyzer');
  const door = opened.use(await startDoor(`http://${ecr.registry(account).blobHost}`));

  const client = opened.adopt(new SQSClient(awsTestClient(sqs.endpoint)), (one) => one.destroy());
  const prefix = `${sqs.endpoint}/000000000000/plimsoll-`;
  for (const kind of ['image.queued', 'image.analyzed', 'notice.raised']) await makeQueue(client, kind);
  const queues: Queues = sqsQueues({
    client,
    clock,
    urls: (name) => prefix + queueName(name),
    dead: (name) => prefix + deadLetterName(name),
  });
  const s3Client = opened.adopt(new S3Client({ ...awsTestClient(s3.endpoint), forcePathStyle: true }), (one) =>
    one.destroy(),
  );
  await s3Client.send(new CreateBucketCommand({ Bucket: bucket }));

  const variables: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_RDS_DATA: api.endpoint,
    AWS_ENDPOINT_URL_ECR: ecr.endpoint,
    [environment.cluster]: api.clusterArn,
    [environment.databaseSecret]: api.secretArn,
    [environment.database]: api.database,
    [environment.blobs]: bucket,
    [environment.queueUrlPrefix]: prefix,
    [environment.registryEndpoints]: ecr.endpoints
      .map(({ host, url }) => `${host}=${host.includes('.s3.') ? door.url : url}`)
      .join(','),
  };
  const stack = opened.move();
  return {
    ...{ clock, sqs, s3, ecr, api, sql, door },
    blobs: s3Blobs({ client: s3Client, bucket }),
    queued: queues('image.queued'),
    async admit(built) {
      ecr.push(account, 'team/app', built);
      const now = systemClock.now();
      await admitToCatalog(
        { sql },
        {
          account: 'admin',
          digest: built.digest,
          parentDigest: built.digest,
          imageId: digestHex(built.configDigest),
          platform: built.platform!,
          pullReference: `${ecr.host(account)}/team/app@${built.digest}`,
          dockerfile: null,
          annotations: {},
          createdAt: now,
        },
        now,
      );
    },
    send: (built) => sendEvents(queues, [{ kind: 'image.queued', account: 'admin', digest: built.digest }]),
    async image(built) {
      const image = await findImage({ sql }, 'admin', built.digest);
      assert.ok(image !== null);
      return image;
    },
    async next() {
      const [delivery] = await queues('image.analyzed').receive(1, 300);
      assert.ok(delivery !== undefined, 'no event came');
      await delivery.acknowledge();
      return parseEvent(delivery.body);
    },
    async left() {
      const { waiting, inHand } = await queues('image.analyzed').depth();
      return waiting + inHand;
    },
    reads: (digest) => door.asked.filter((path) => path.includes(digest)).length,
    start({ args = [], program = join(import.meta.dirname, '../../functions/analyzer/main.ts'), without = [] } = {}) {
      const env = Object.fromEntries(Object.entries(variables).filter(([name]) => !without.includes(name)));
      return processOf(spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Looks again and again until it sees something other than null; for what happens in another process. */
export async function until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
  for (let tries = 0; tries < 1500; tries++) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`waited in vain for: ${what}`);
}

async function makeQueue(client: SQSClient, kind: string): Promise<void> {
  const dead = `plimsoll-${deadLetterName(kind)}`;
  await client.send(new CreateQueueCommand({ QueueName: dead }));
  const deadLetterTargetArn = `arn:aws:sqs:eu-central-1:000000000000:${dead}`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 10 });
  await client.send(
    new CreateQueueCommand({
      QueueName: `plimsoll-${queueName(kind)}`,
      Attributes: { VisibilityTimeout: '300', RedrivePolicy },
    }),
  );
}

async function startDoor(target: string): Promise<Door> {
  const asked: string[] = [];
  const shut = new Set<Digest>();
  const waiting: { readonly go: () => void; readonly breakOff: () => void }[] = [];
  const server = await httpServer((request, response) => {
    asked.push(request.url!);
    const { host: _, ...headers } = request.headers;
    const onward = httpRequest(target + request.url!, { headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      if (![...shut].some((digest) => request.url!.includes(digest))) return void answer.pipe(response);
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => {
        const bytes = Buffer.concat(pieces);
        response.write(bytes.subarray(0, bytes.length >> 1));
        waiting.push({
          go: () => response.end(bytes.subarray(bytes.length >> 1)),
          breakOff: () => response.destroy(),
        });
      });
    });
    onward.on('error', () => response.destroy());
    onward.end();
  });
  return {
    url: server.url,
    asked,
    shut: (digest) => void shut.add(digest),
    open() {
      shut.clear();
      for (const { go } of waiting.splice(0)) go();
    },
    breakOff() {
      shut.clear();
      for (const { breakOff } of waiting.splice(0)) breakOff();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function processOf(child: ChildProcess): AnalyzerProcess {
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (piece) => (said += String(piece)));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    ended,
    said: () => said,
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
