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
  /** Bucket from which Aurora imports staged feed files. */
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
  /** `arn:PARTITION:securityhub:REGION:ACCOUNT:product/ACCOUNT/default` where findings go; not set: nowhere. */
  securityHub: 'PLIMSOLL_SECURITY_HUB_PRODUCT_ARN',
  /** Where upstreams' files are read instead: a URL that holds them as URL/HOST/PATH. */
  feedsMirror: 'PLIMSOLL_FEEDS_MIRROR',
  /** Registries that are reached elsewhere, as HOST=URL separated by commas: an emulator, a pull-through cache. */
  registryEndpoints: 'PLIMSOLL_REGISTRY_ENDPOINTS',
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
  /** Seconds that a call waited for a paused database. */
  databaseWakeSeconds: 'DatabaseWakeSeconds',
} as const;
