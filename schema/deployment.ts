import { Fault } from '#core/fault.ts';

/**
 * What the deployment tells the program: names of the environment variables that infra sets and the AWS platform reads.
 * Both sides import them, so a variable cannot be set under one name and read under another.
 */
export const environment = {
  /** ARN of the Aurora cluster, and of the secret of the role that SQL runs as. */
  cluster: 'PLIMSOLL_CLUSTER_ARN',
  databaseSecret: 'PLIMSOLL_DATABASE_SECRET_ARN',
  database: 'PLIMSOLL_DATABASE',
  /** Migrator only: the secret of the database's owner. */
  databaseOwnerSecret: 'PLIMSOLL_DATABASE_OWNER_SECRET_ARN',
  /** Migrator only: the secret whose value is the first password of user admin. */
  adminSecret: 'PLIMSOLL_ADMIN_SECRET_ARN',
  blobs: 'PLIMSOLL_BLOBS_BUCKET',
  /** Feeds only: the bucket that the database imports from; not set: what is loaded goes through the Data API. */
  stagedFeeds: 'PLIMSOLL_STAGED_FEEDS_BUCKET',
  /** With {@link queueName} after it, the URL of a queue. */
  queueUrlPrefix: 'PLIMSOLL_QUEUE_URL_PREFIX',
  /** Stands before the name of every secret that the program keeps itself. */
  secretPrefix: 'PLIMSOLL_SECRET_PREFIX',
  /** SNS topic of notices. */
  noticeTopic: 'PLIMSOLL_NOTICE_TOPIC_ARN',
  /** Plimsoll's account to which images of ECR events and of the reconciliation belong. */
  account: 'PLIMSOLL_ACCOUNT',
  /** The AWS account of the deployment, and those that send it their ECR events, separated by commas. */
  awsAccount: 'PLIMSOLL_AWS_ACCOUNT_ID',
  sourceAccounts: 'PLIMSOLL_SOURCE_ACCOUNTS',
  /** Roles by which registries of other accounts are read, as {@link writeRoles} writes them. */
  assumeRoles: 'PLIMSOLL_ASSUME_ROLES',
  /** Watches only: how often registries are asked about watched tags and repositories. */
  watchMinutes: 'PLIMSOLL_WATCH_MINUTES',
  /** Reconciliation only: ARNs of the repositories that it may see, with * and ?, separated by commas; not set: all. */
  repositories: 'PLIMSOLL_REPOSITORIES',
  /** `arn:PARTITION:securityhub:REGION:ACCOUNT:product/ACCOUNT/default` where findings go; not set: nowhere. */
  securityHub: 'PLIMSOLL_SECURITY_HUB_PRODUCT_ARN',
  /** Set: channels may lead to private addresses and to this machine. */
  allowPrivateChannels: 'PLIMSOLL_ALLOW_PRIVATE_CHANNELS',
  /** Hours after which a notice that nobody takes is given up; not set: 24. */
  noticeHours: 'PLIMSOLL_NOTICE_HOURS',
  /** Reconciliation only: for how many days events are kept. */
  eventDays: 'PLIMSOLL_EVENT_DAYS',
  /** Where upstreams' files are read instead: a URL that holds them as URL/HOST/PATH. */
  feedsMirror: 'PLIMSOLL_FEEDS_MIRROR',
  /** Feeds with terms of their own that are accepted, by name, separated by commas. */
  acceptedFeeds: 'PLIMSOLL_ACCEPTED_FEEDS',
  /** Limits that are not as they come: a JSON object by name. */
  limits: 'PLIMSOLL_LIMITS',
  /** Which images of an index are analyzed, as `serve --platform` takes them; not set: as it comes. */
  platforms: 'PLIMSOLL_PLATFORMS',
  /** Analyzer tasks only: what is looked for in images, as JSON (analysis-choices.ts); not set: as it comes. */
  analysis: 'PLIMSOLL_ANALYSIS',
  /** Registries that are reached elsewhere, as HOST=URL separated by commas: an emulator, a pull-through cache. */
  registryEndpoints: 'PLIMSOLL_REGISTRY_ENDPOINTS',
  /** Archive rules only: `true`: what they would do is said in the log and not done. */
  archiveDryRun: 'PLIMSOLL_ARCHIVE_DRY_RUN',
  /** Dispatch only: where and what it runs. Lists are separated by commas. */
  taskCluster: 'PLIMSOLL_TASK_CLUSTER_ARN',
  analyzerTask: 'PLIMSOLL_ANALYZER_TASK_ARN',
  feedsTask: 'PLIMSOLL_FEEDS_TASK_ARN',
  taskSubnets: 'PLIMSOLL_TASK_SUBNETS',
  taskSecurityGroups: 'PLIMSOLL_TASK_SECURITY_GROUPS',
  /** ENABLED or DISABLED. */
  taskPublicIp: 'PLIMSOLL_TASK_PUBLIC_IP',
  /** Analyzer tasks at once. */
  taskLimit: 'PLIMSOLL_TASK_LIMIT',
  /** `spot`: FARGATE_SPOT first, FARGATE when there is none; `on-demand`: FARGATE only. */
  taskCapacity: 'PLIMSOLL_TASK_CAPACITY',
} as const;

/** The queue that wakes dispatch: its messages are {@link Wake}. Whoever sends `image.queued` sends one of these after it. */
export const wakeQueue = 'dispatch';

/** Which task has work: analyzers for a backlog, or one feed group (`in-use` for all that are) that outlasts a function. */
export type Wake = { readonly task: 'analyzer' } | { readonly task: 'feeds'; readonly group: string };

/** What a schedule hands to the function of feeds. */
export interface FeedsDue {
  /** A group of `plimsoll feeds list`, or `in-use`: all that were ever needed. */
  readonly group: string;
}

/** The last part of a queue's name on SQS, whose names hold no dots: `image.pushed` is `image-pushed`. */
export function queueName(queue: string): string {
  return queue.replaceAll('.', '-');
}

/** The last part of the name of a queue's dead letters. */
export function deadLetterName(queue: string): string {
  return `${queueName(queue)}-dead`;
}

/** A role of another account that its owner lets us take on. */
export interface ReaderRole {
  readonly arn: string;
  /** What the owner's trust policy asks for; no secret. Null when it asks for none. */
  readonly externalId: string | null;
}

/** Whether IAM could have given such a role, and STS take such an external id. */
export function isRole({ arn, externalId }: ReaderRole): boolean {
  return roleArn.test(arn) && (externalId === null || /^[\w+=,.@:/-]{2,1224}$/.test(externalId));
}

/** `ARN` or `ARN|EXTERNAL-ID`, separated by spaces: neither can hold these two characters. */
export function writeRoles(roles: readonly ReaderRole[]): string {
  return roles.map(({ arn, externalId }) => (externalId === null ? arn : `${arn}|${externalId}`)).join(' ');
}

/** What {@link writeRoles} wrote, by account. Throws `input/invalid` for what it cannot have written. */
export function readRoles(text: string): ReadonlyMap<string, ReaderRole> {
  return new Map(
    text
      .split(' ')
      .filter(Boolean)
      .map((one) => {
        const [arn = '', externalId = null, ...more] = one.split('|');
        if (more.length > 0 || !isRole({ arn, externalId }))
          throw new Fault(
            'input/invalid',
            `${environment.assumeRoles} has ${one}, which is no role; deploy the stack again`,
          );
        return [roleArn.exec(arn)![1]!, { arn, externalId }];
      }),
  );
}

const roleArn = /^arn:aws[\w-]*:iam::(\d{12}):role\/[\w+=,.@/-]+$/;

/** Metrics that the program counts (CloudWatch embedded metric format) and alarms watch, all without dimensions. */
export const metrics = {
  namespace: 'Plimsoll',
  /** Analyses that ended as failed. */
  imagesFailed: 'ImagesFailed',
  imagesAnalyzed: 'ImagesAnalyzed',
  /** Pushes and requests that are in the catalog. */
  imagesAdmitted: 'ImagesAdmitted',
  /** How long one message took, whatever became of it. */
  stepSeconds: 'StepSeconds',
  /** After each feed run: hours since upstream last confirmed the oldest group in use; 0 when none is. */
  feedAgeHours: 'FeedAgeHours',
  /** Registries and repositories that a reconciliation could not read. */
  reconcileFailures: 'ReconcileFailures',
  /** Seconds that a call waited for a paused database. */
  databaseWakeSeconds: 'DatabaseWakeSeconds',
} as const;
