import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type environment, type ReaderRole, writeRoles } from '../schema/deployment.ts';
import type { Database } from './database.ts';

/**
 * Code that runs, as a function or a task. Each `can` gives a right, with exact actions on exact resources, together with
 * the environment variable that it is of no use without.
 */
export abstract class Workload extends Construct {
  abstract readonly role: Role;

  abstract setVariable(name: keyof typeof environment, value: string): void;

  canUseSql({ cluster, secret, databaseName }: Database): void {
    this.#allow(
      ['ExecuteStatement', 'BeginTransaction', 'CommitTransaction', 'RollbackTransaction'].map(
        (action) => `rds-data:${action}`,
      ),
      [cluster.clusterArn],
    );
    this.#allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);
    this.setVariable('cluster', cluster.clusterArn);
    this.setVariable('databaseSecret', secret.secretArn);
    this.setVariable('database', databaseName);
  }

  /** To make tables and the role that others work as, and its password; for the migrator. */
  canOwnDatabase({ ownerSecret, adminSecret }: Database): void {
    this.#allow(['secretsmanager:GetSecretValue'], [ownerSecret.secretArn, adminSecret.secretArn]);
    this.setVariable('databaseOwnerSecret', ownerSecret.secretArn);
    this.setVariable('adminSecret', adminSecret.secretArn);
  }

  canSend(queue: IQueue): void {
    this.#allow(['sqs:SendMessage'], [queue.queueArn]);
  }

  /** To take messages by itself, and bury one with its reason; a function has them brought. */
  canTake(queue: IQueue, deadLetters: IQueue): void {
    this.#allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'], [queue.queueArn]);
    this.canMeasure(queue);
    this.canSend(deadLetters);
  }

  /** To ask how many messages there are. */
  canMeasure(queue: IQueue): void {
    this.#allow(['sqs:GetQueueAttributes'], [queue.queueArn]);
  }

  /** Without the right to list, S3 answers 403 for what is not there. */
  canReadBlobs(bucket: IBucket): void {
    this.#allow(['s3:GetObject'], [bucket.arnForObjects('*')]);
    this.#allow(['s3:ListBucket'], [bucket.bucketArn]);
    this.setVariable('blobs', bucket.bucketName);
  }

  canWriteBlobs(bucket: IBucket): void {
    this.#allow(['s3:PutObject', 's3:AbortMultipartUpload'], [bucket.arnForObjects('*')]);
    this.setVariable('blobs', bucket.bucketName);
  }

  canDeleteBlobs(bucket: IBucket): void {
    this.#allow(['s3:DeleteObject'], [bucket.arnForObjects('*')]);
  }

  /** To put files where the database imports them, in parts, and take them away again; it reads none. */
  canStage(bucket: IBucket): void {
    this.#allow(['s3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'], [bucket.arnForObjects('*')]);
    this.setVariable('stagedFeeds', bucket.bucketName);
  }

  /** Secrets that the program made: credentials of registries and channels. */
  canReadSecrets(): void {
    this.#allow(['secretsmanager:GetSecretValue'], [this.#ownSecrets()]);
    this.setVariable('secretPrefix', this.#secretPrefix());
  }

  canKeepSecrets(): void {
    this.canReadSecrets();
    this.#allow(
      ['CreateSecret', 'PutSecretValue', 'DeleteSecret', 'RestoreSecret'].map((action) => `secretsmanager:${action}`),
      [this.#ownSecrets()],
    );
    this.#allow(['secretsmanager:ListSecrets'], ['*']);
  }

  /** Of accounts that are removed; none can be read. */
  canRemoveSecrets(): void {
    this.#allow(['secretsmanager:DeleteSecret'], [this.#ownSecrets()]);
    this.setVariable('secretPrefix', this.#secretPrefix());
  }

  /** A token of ECR opens what the holder may read: manifests and layers of these repositories. */
  canPullImages(repositories: readonly string[], roles: readonly ReaderRole[]): void {
    this.#allow(['ecr:GetAuthorizationToken'], ['*']);
    this.#allow(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'], repositories);
    this.#canAssume(roles);
  }

  /** To list the tags of repositories that it may pull from, by the registry's own API. */
  canListTags(repositories: readonly string[]): void {
    this.#allow(['ecr:ListImages'], repositories);
  }

  /** To see what these repositories of the deployment's own registry have; of other accounts' registries what their roles may see. */
  canListImages(repositories: readonly string[], roles: readonly ReaderRole[]): void {
    this.#canAssume(roles);
    this.#allow(['ecr:DescribeImages'], repositories);
    // Who is asked for no name in particular is asked for all; names that are written out need no list.
    if (repositories.some((one) => /[*?]/.test(one)))
      this.#allow(['ecr:DescribeRepositories'], [this.ownRepositories()]);
  }

  /** All repositories of the deployment's own registry, as an ARN. */
  ownRepositories(): string {
    const { partition, region, account } = Stack.of(this);
    return `arn:${partition}:ecr:${region}:${account}:repository/*`;
  }

  canPublish(topic: ITopic): void {
    this.#allow(['sns:Publish'], [topic.topicArn]);
    this.setVariable('noticeTopic', topic.topicArn);
  }

  /** To these topics, where channels of administrators lead there. Other channels need no right. */
  canSendNotices(topicArns: readonly string[]): void {
    this.#allow(['sns:Publish'], topicArns);
  }

  /** Into Security Hub, as findings of the account's own. */
  canImportFindings(): void {
    const { partition, region, account } = Stack.of(this);
    const product = `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`;
    this.#allow(['securityhub:BatchImportFindings'], [product]);
    this.setVariable('securityHub', product);
  }

  /** Traces have no resource of their own. */
  protected canTrace(): void {
    this.#allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']);
  }

  #canAssume(roles: readonly ReaderRole[]): void {
    if (roles.length === 0) return;
    this.#allow(
      ['sts:AssumeRole'],
      roles.map(({ arn }) => arn),
    );
    this.setVariable('assumeRoles', writeRoles(roles));
  }

  #allow(actions: readonly string[], resources: readonly string[]): void {
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }

  #secretPrefix(): string {
    return `${Stack.of(this).stackName}/`;
  }

  #ownSecrets(): string {
    const { partition, region, account } = Stack.of(this);
    return `arn:${partition}:secretsmanager:${region}:${account}:secret:${this.#secretPrefix()}*`;
  }
}
