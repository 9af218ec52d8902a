import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { DatabaseLogin } from '#platform/database-role.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { deadLetterName, environment, queueName, wakeQueue } from '#schema/deployment.ts';
import { event } from '#schema/events.ts';
import { type FakeDataApi, startDataApi } from '#test/fakes/data-api.ts';
import { type FakeDatabase, pgliteDatabase } from '#test/fakes/data-api-database.ts';
import { type Ecr, startEcr } from '#test/fakes/ecr.ts';
import { type FakeS3, fakeS3 } from '#test/fakes/s3.ts';
import { type FakeSns, fakeSns } from '#test/fakes/sns.ts';
import { fakeSecretsManager } from '#test/fakes/secrets-manager.ts';
import { type FakeSqs, fakeSqs } from '#test/fakes/sqs.ts';
import { type FunctionName, functions } from '../../infra/functions.ts';
import { awsTestClient } from './aws.ts';
import { builtBundle } from './bundles.ts';
import { type LambdaProcess, startLambda } from './lambda-process.ts';
import { type TestClock, testClock } from './test-clock.ts';

const region = 'us-east-1';
const bucket = 'blobs';
const stagedFeeds = 'staged-feeds';

/** Whoever asks an emulator, which looks at no signature. */
const stranger = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };

/** The AWS account that images are pushed to. */
export const awsAccount = '123456789012';

/** The first password of user admin, as the secret has it. */
export const adminPassword = 'sesame-of-the-secret-0123456789';

/** An emulated AWS account in which Plimsoll is deployed: fakes on loopback, and its functions as the bundles that Lambda gets. */
export interface AwsEstate extends AsyncDisposable {
  /** The time of the queues; all else goes by the time of the world. */
  readonly clock: TestClock;
  readonly sqs: FakeSqs;
  readonly s3: FakeS3;
  readonly ecr: Ecr;
  /** The topic of notices. */
  readonly sns: FakeSns;
  readonly api: FakeDataApi;
  readonly database: FakeDatabase;
  /** Who the functions are in the database. */
  readonly login: DatabaseLogin;
  /** What the template sets for a process, and where it finds AWS. */
  readonly variables: Readonly<Record<string, string>>;
  /** A folder that upstreams' files are read from, as HOST/PATH. */
  readonly mirror: string;
  /** The function's process; started at the first call. */
  lambda(name: FunctionName): Promise<LambdaProcess>;
  send(queue: string, body: string): Promise<void>;
  /**
   * Does what Lambda's poller does once: takes a batch off the function's queue, calls the function, deletes what it does not name as
   * failed. Gives how many messages there were and how many came back.
   */
  poll(name: FunctionName): Promise<{ readonly taken: number; readonly again: number }>;
  /** Messages in a queue, visible or not. */
  depth(queue: string): Promise<number>;
  deadLetters(queue: string): Promise<number>;
}

/** With the endpoint of a foreign emulator SQS, S3, SNS, Secrets Manager and ECR are the emulator's: the fakes of these stand by, unused. `variables` are set beside those of the template. */
export async function openAwsEstate(
  options: { readonly foreign?: string; readonly variables?: Readonly<Record<string, string>> } = {},
): Promise<AwsEstate> {
  await using opened = new AsyncDisposableStack();
  const at = ({ endpoint }: { readonly endpoint: string }) => options.foreign ?? endpoint;
  const clock = testClock(Date.now());
  const database = opened.use(await pgliteDatabase());
  const logins: Record<string, DatabaseLogin> = {};
  const s3 = opened.use(await fakeS3());
  const imports = { endpoint: at(s3), region, reads: [stagedFeeds] };
  const api = opened.use(await startDataApi({ clock: systemClock, backend: database, logins, imports }));
  const sqs = opened.use(await fakeSqs(clock));
  const topic = `arn:aws:sns:${region}:${awsAccount}:notices`;
  const sns = opened.use(await fakeSns(topic));
  const secrets = opened.use(await fakeSecretsManager(systemClock));
  const ecr = opened.use(await startEcr({ clock: systemClock, region, accounts: [awsAccount] }));
  const user = options.foreign === undefined ? ecr.addUser(awsAccount, 'plimsoll') : stranger;
  const mirror = await mkdtemp(join(tmpdir(), 'plimsoll-mirror-'));
  opened.defer(() => rm(mirror, { recursive: true }));

  const client = opened.adopt(new SQSClient({ ...awsTestClient(at(sqs)), region }), (one) => one.destroy());
  const prefix = `${at(sqs)}/000000000000/plimsoll-`;
  for (const kind of [...event.options.map(({ shape }) => shape.kind.value), wakeQueue]) await makeQueue(client, kind);
  const bucketClient = new S3Client({ ...awsTestClient(at(s3)), region, forcePathStyle: true });
  for (const Bucket of [bucket, stagedFeeds]) await bucketClient.send(new CreateBucketCommand({ Bucket }));
  bucketClient.destroy();
  const login = { name: 'plimsoll_app', password: 'harbour0123456789abcdefghijklmnopqrstuvw' };
  const [app, admin] = await makeSecrets(at(secrets), [
    { username: login.name, password: login.password },
    { username: 'admin', password: adminPassword },
  ]);
  logins[app!] = login;

  const variables: Record<string, string> = {
    HOME: mirror,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
    AWS_ENDPOINT_URL_SQS: at(sqs),
    AWS_ENDPOINT_URL_S3: at(s3),
    AWS_ENDPOINT_URL_RDS_DATA: api.endpoint,
    AWS_ENDPOINT_URL_ECR: at(ecr),
    AWS_ENDPOINT_URL_SNS: at(sns),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: at(secrets),
    [environment.cluster]: api.clusterArn,
    [environment.databaseSecret]: app!,
    [environment.databaseOwnerSecret]: api.secretArn,
    [environment.adminSecret]: admin!,
    [environment.database]: api.database,
    [environment.blobs]: bucket,
    [environment.stagedFeeds]: stagedFeeds,
    [environment.queueUrlPrefix]: prefix,
    [environment.secretPrefix]: 'Stack/',
    [environment.noticeTopic]: topic,
    [environment.account]: 'admin',
    [environment.awsAccount]: awsAccount,
    [environment.feedsMirror]: mirror,
    [environment.registryEndpoints]: ecr.endpoints
      .map(({ host, url }) => `${host}=${options.foreign ?? url}`)
      .join(','),
    ...options.variables,
  };
  const running = new Map<FunctionName, Promise<LambdaProcess>>();
  opened.defer(async () => {
    for (const process of running.values()) await (await process)[Symbol.asyncDispose]();
  });
  const lambda = (name: FunctionName) => {
    const process = running.get(name) ?? builtBundle(name).then(({ file }) => startLambda(file, variables));
    running.set(name, process);
    return process;
  };
  const count = async (name: string) => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: prefix + name, AttributeNames: ['All'] }),
    );
    return (
      Number(Attributes['ApproximateNumberOfMessages']) + Number(Attributes['ApproximateNumberOfMessagesNotVisible'])
    );
  };
  const stack = opened.move();
  return {
    ...{ clock, sqs, s3, ecr, sns, api, database, login, variables, mirror, lambda },
    async send(queue, body) {
      await client.send(new SendMessageCommand({ QueueUrl: prefix + queueName(queue), MessageBody: body }));
    },
    async poll(name) {
      const line = functions[name];
      if (!('takes' in line)) throw new Error(`${name} takes no messages`);
      const QueueUrl = prefix + queueName(line.takes.queue);
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: Math.min(10, line.takes.batch),
          MessageSystemAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) return { taken: 0, again: 0 };
      const Records = Messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
        ...{ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes: Attributes },
        ...{ messageAttributes: {}, eventSource: 'aws:sqs', awsRegion: region },
        eventSourceARN: `arn:aws:sqs:${region}:${awsAccount}:plimsoll-${queueName(line.takes.queue)}`,
      }));
      const { batchItemFailures } = await (await lambda(name)).call<{
        batchItemFailures: readonly { readonly itemIdentifier: string }[];
      }>({ Records }, { milliseconds: line.timeout * 1000 });
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { MessageId, ReceiptHandle } of Messages)
        if (!failed.has(MessageId!)) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return { taken: Messages.length, again: failed.size };
    },
    depth: (queue) => count(queueName(queue)),
    deadLetters: (queue) => count(deadLetterName(queue)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** As infra makes them: six times what a function takes, dead after ten deliveries. */
async function makeQueue(client: SQSClient, kind: string): Promise<void> {
  const dead = `plimsoll-${deadLetterName(kind)}`;
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: dead }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const deadLetterTargetArn = (await client.send(asked)).Attributes!['QueueArn'];
  const taker = Object.values(functions).find((line) => 'takes' in line && line.takes.queue === kind);
  await client.send(
    new CreateQueueCommand({
      QueueName: `plimsoll-${queueName(kind)}`,
      Attributes: {
        VisibilityTimeout: String(taker === undefined ? 300 : 6 * taker.timeout),
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 10 }),
      },
    }),
  );
}

async function makeSecrets(endpoint: string, values: readonly Record<string, string>[]): Promise<string[]> {
  const client = new SecretsManagerClient({ ...awsTestClient(endpoint), region });
  const arns: string[] = [];
  for (const value of values) {
    const made = await client.send(
      new CreateSecretCommand({ Name: `Stack${value['username']}`, SecretString: JSON.stringify(value) }),
    );
    arns.push(made.ARN!);
  }
  client.destroy();
  return arns;
}

/** Alpine 3.20 in a mirror: what was fixed in a package, by version. */
export async function writeAlpine(
  mirror: string,
  secfixes: Readonly<Record<string, readonly string[]>>,
  name = 'musl',
): Promise<void> {
  const folder = join(mirror, 'secdb.alpinelinux.org/v3.20');
  await mkdir(folder, { recursive: true });
  const write = (reponame: string, packages: readonly unknown[]) =>
    writeFile(
      join(folder, `${reponame}.json`),
      JSON.stringify({ distroversion: 'v3.20', reponame, packages: [...packages] }),
    );
  await write('main', [{ pkg: { name, secfixes } }]);
  await write('community', []);
}
