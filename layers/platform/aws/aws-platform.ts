import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Log } from '#core/log.ts';
import { deadLetterName, queueName } from '#schema/deployment.ts';
import { systemClock } from '../local/system-clock.ts';
import { systemFetch } from '../local/system-fetch.ts';
import type { FindingHub } from '../finding-hub.ts';
import type { FindEcrLogin } from '../ecr-login.ts';
import type { ImageRegistry } from '../image-registry.ts';
import type { Platform } from '../platform.ts';
import type { Sql } from '../sql.ts';
import type { Topic } from '../topic.ts';
import { type AwsSettings, awsSettings } from './aws-settings.ts';
import { ecrChain } from './ecr-chain.ts';
import { type Count, embeddedMetrics } from './embedded-metrics.ts';
import { late, lateBlobs, lateHub, lateQueues, lateSecrets, lateSql, lateStaging } from './late-ports.ts';
import { openTopic } from './open-topic.ts';
import { type HandedMessage, putOff } from './put-off.ts';
import { wakingQueues } from './waking-queues.ts';
import { type AwsClient, traceCalls } from './xray-subsegments.ts';

export interface AwsOptions {
  readonly log: Log;
  /** For how long a statement waits while the database wakes up, in ms: 20,000 behind API Gateway, 45,000 for workers. */
  readonly patienceMs: number;
  /** When the request that is answered now has to be: no statement waits longer. Left out, for work that has time. */
  readonly until?: () => number;
  /** Knows where dead letters are: a task buries messages that it took itself, the API counts them. Others have no right on them. */
  readonly deadLetters?: boolean;
}

/** An AWS account as a platform, as the variables of schema/deployment.ts describe it. */
export interface AwsPlatform extends Platform {
  readonly settings: AwsSettings;
  readonly count: Count;
  /** The topic of notices; null when this process is given none. */
  readonly topic: Topic | null;
  /** Where findings of all tools come together; null when this process is given none. */
  readonly hub: FindingHub | null;
  /** Another topic, by its ARN. */
  openTopic(arn: string): Topic;
  /** A path below the temporary folder that nobody else uses. */
  temporaryFile(name: string): string;
  /** SQL as the user of another secret. */
  sqlAs(secretArn: string): Sql;
  /** The value of a secret that is not Plimsoll's own, by its ARN. */
  secretText(arn: string): Promise<string>;
  readonly findEcrLogin: FindEcrLogin;
  /** The ECR of this process's region, of its own account or another. */
  images(account?: string): Promise<ImageRegistry>;
  /** Gives a message that Lambda brought back for so many seconds. */
  putOff(message: HandedMessage, seconds: number): Promise<void>;
}

/**
 * The platform of this process, to be opened once: clients of AWS are loaded and made when they are first used, and ask one chain for
 * their credentials. Endpoints are those of the region, or what AWS_ENDPOINT_URL_* says, which the SDK reads itself. What is
 * missing among the settings is `state/not-found` when it is wanted.
 */
export function openAwsPlatform(options: AwsOptions): AwsPlatform {
  const { log, patienceMs, until } = options;
  const settings = awsSettings();
  const clock = systemClock;
  const count = embeddedMetrics((line) => process.stdout.write(line), clock.now);
  const onWake = (seconds: number) => count('databaseWakeSeconds', seconds);

  const sqs = late(async () => shared(new (await import('@aws-sdk/client-sqs')).SQSClient(own())));
  const secretsClient = late(async () => {
    const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    return shared(new SecretsManagerClient(own()));
  });
  const data = late(async () => {
    const { openDataApiClient } = await import('./data-api-client.ts');
    return shared(openDataApiClient({ ...own(), clock }));
  });
  const s3 = late(async () => shared(new (await import('@aws-sdk/client-s3')).S3Client(own())));
  const ecr = ecrChain({ own, clock, log, roles: () => settings.roles });

  /** The chain of the first client serves all: in a task it is a call that each would make for itself. */
  let credentials: SharedCredentials | undefined;
  function own() {
    return { region: settings.region, ...(credentials === undefined ? {} : { credentials }) };
  }
  function shared<C extends AwsClient & { readonly config: { readonly credentials: SharedCredentials } }>(
    client: C,
  ): C {
    credentials ??= client.config.credentials;
    return traceCalls(client);
  }

  const sqlAs = (secretArn: string) =>
    lateSql(
      late(async () => {
        const { dataApiSql } = await import('./data-api-sql.ts');
        const clusterArn = settings.required('cluster');
        const database = settings.required('database');
        const patience = { clock, patienceMs, onWake, ...(until === undefined ? {} : { until }) };
        return dataApiSql({ client: await data(), clusterArn, secretArn, database, ...patience });
      }),
    );
  const queueUrl = (name: string) => settings.required('queueUrlPrefix') + name;
  const queues = lateQueues(
    late(async () => {
      const { sqsQueues } = await import('./sqs-queue.ts');
      const dead = (name: string) => (options.deadLetters === true ? queueUrl(deadLetterName(name)) : null);
      return sqsQueues({ client: await sqs(), urls: (name) => queueUrl(queueName(name)), dead, clock });
    }),
  );
  const noticeTopic = settings.optional('noticeTopic');
  const hubProduct = settings.optional('securityHub');
  const openHub = async (product: string) => {
    const [{ SecurityHubClient }, { securityHub }] = await Promise.all([
      import('@aws-sdk/client-securityhub'),
      import('./security-hub.ts'),
    ]);
    const [, partition = 'aws', , region = settings.region, accountId = ''] = product.split(':');
    return securityHub({ client: shared(new SecurityHubClient({ ...own(), region })), accountId, region, partition });
  };
  const bucketBlobs = async (bucket: string) => {
    const [client, { s3Blobs }] = await Promise.all([s3(), import('./s3-blobs.ts')]);
    return s3Blobs({ client, bucket, clock });
  };
  const sql = lateSql(late(async () => sqlAs(settings.required('databaseSecret'))));
  const stagedFeeds = settings.optional('stagedFeeds');
  const openStaging = async (bucket: string) => {
    const [files, { s3Staging }] = await Promise.all([bucketBlobs(bucket), import('./s3-staging.ts')]);
    return s3Staging({ sql, files, bucket, region: settings.region, clock, log });
  };
  return {
    settings,
    count,
    clock,
    log,
    sql,
    blobs: lateBlobs(late(() => bucketBlobs(settings.required('blobs')))),
    staging: stagedFeeds === null ? null : lateStaging(late(() => openStaging(stagedFeeds))),
    queues: wakingQueues(queues, log),
    secrets: lateSecrets(
      late(async () => {
        const { secretsManager } = await import('./secrets-manager.ts');
        return secretsManager({ client: await secretsClient(), prefix: settings.required('secretPrefix'), clock });
      }),
    ),
    topic: noticeTopic === null ? null : openTopic(noticeTopic, own),
    openTopic: (arn) => openTopic(arn, own),
    hub: hubProduct === null ? null : lateHub(late(() => openHub(hubProduct))),
    fetch: systemFetch({ proxies: process.env }),
    temporaryFile: (name) =>
      join(tmpdir(), `${randomBytes(6).toString('hex')}-${name.replace(/[^A-Za-z0-9._-]/g, '_').slice(-100)}`),
    sqlAs,
    secretText: async (arn) => secretText(await secretsClient(), arn),
    findEcrLogin: ecr.findLogin,
    async images(account) {
      const [{ ecrImages }, { clientFor }] = await Promise.all([import('./ecr-images.ts'), ecr.clients()]);
      const client = clientFor(settings.region, settings.roles.get(account ?? '') ?? null);
      return ecrImages({ client, clock, ...(account === undefined ? {} : { account }) });
    },
    putOff: async (message, seconds) => putOff(await sqs(), message, seconds),
  };
}

/** What every client of the SDK has as its resolved credentials. */
type SharedCredentials = import('@aws-sdk/client-sqs').SQSClient['config']['credentials'];

async function secretText(
  client: import('@aws-sdk/client-secrets-manager').SecretsManagerClient,
  arn: string,
): Promise<string> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const { awsFault } = await import('./aws-fault.ts');
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString !== undefined) return SecretString;
  } catch (thrown) {
    throw awsFault(thrown, `Secret ${arn}: reading`);
  }
  throw new Fault('data/corrupt', `Secret ${arn} holds no text; restore it`);
}
