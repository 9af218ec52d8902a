import type { EventKind } from '../schema/events.ts';
import type { wakeQueue } from '../schema/deployment.ts';

/** What a function or task may do beyond its own log; each word is one method of Workload with exact actions. */
export type Need =
  | 'sql'
  | 'read-blobs'
  | 'write-blobs'
  | 'delete-blobs'
  | 'stage-feeds'
  | 'read-secrets'
  | 'keep-secrets'
  | 'remove-secrets'
  | 'pull-images'
  | 'list-tags'
  | 'list-images'
  | 'publish-notices'
  | 'send-notices'
  | 'import-findings';

export type QueueKind = EventKind | typeof wakeQueue;

/** A line of the table below: code, size, and everything it is allowed. */
export interface FunctionLine {
  /** The file that exports `handler`, from the root of the project. */
  readonly entry: string;
  /** MiB; a vCPU comes with every 1,769. */
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
  /** MiB of /tmp, 512 when left out. */
  readonly scratch?: number;
  /** The queue whose messages it takes; the answer names those that failed. */
  readonly takes?: { readonly queue: QueueKind; readonly batch: number; readonly atOnce: number };
  readonly sends: readonly QueueKind[];
  readonly needs: readonly Need[];
  /** Folders that lie beside the bundle under the same path. */
  readonly files?: readonly string[];
}

/** Every Lambda function. A new step is a line here and a file there. */
export const functions = {
  /** API Gateway proxy events. */
  api: {
    entry: 'functions/api/main.ts',
    memory: 1024,
    timeout: 29,
    sends: [
      'image.pushed',
      'image.removed',
      'image.queued',
      'image.analyzed',
      'image.matched',
      'notice.raised',
      'watch.due',
      'dispatch',
    ],
    needs: [
      'sql',
      'read-blobs',
      'write-blobs',
      'delete-blobs',
      'keep-secrets',
      'pull-images',
      'list-tags',
      'send-notices',
    ],
  },
  'catalog-image-pushed': {
    entry: 'functions/catalog/on-image-pushed.ts',
    memory: 512,
    timeout: 120,
    takes: { queue: 'image.pushed', batch: 5, atOnce: 10 },
    sends: ['image.queued', 'image.analyzed', 'image.matched', 'notice.raised', 'dispatch'],
    needs: ['sql', 'read-blobs', 'read-secrets', 'pull-images'],
  },
  /** Deletions: a list of them comes when a lifecycle policy of ECR has run. */
  'catalog-image-removed': {
    entry: 'functions/catalog/on-image-removed.ts',
    memory: 512,
    timeout: 60,
    takes: { queue: 'image.removed', batch: 10, atOnce: 2 },
    sends: [],
    needs: ['sql'],
  },
  /** EventBridge events of ECR: push and delete. It passes them on and lets the database sleep. */
  'catalog-ecr-event': {
    entry: 'functions/catalog/on-ecr-event.ts',
    memory: 512,
    timeout: 60,
    sends: ['image.pushed', 'image.removed'],
    needs: [],
  },
  /** Daily: what ECR has and the catalog has not, and images that no message speaks of any more. */
  'catalog-reconcile': {
    entry: 'functions/catalog/on-reconcile.ts',
    memory: 512,
    timeout: 900,
    sends: [
      'image.pushed',
      'image.removed',
      'image.queued',
      'image.analyzed',
      'image.matched',
      'notice.raised',
      'watch.due',
      'dispatch',
    ],
    needs: ['sql', 'list-images', 'remove-secrets', 'read-blobs', 'delete-blobs', 'write-blobs', 'import-findings'],
  },
  /** Twice a day: rules put analyses away; what was archived by half is ended. */
  'catalog-archive-rules': {
    entry: 'functions/catalog/on-archive-rules.ts',
    memory: 2048,
    timeout: 900,
    sends: ['notice.raised'],
    needs: ['sql', 'read-blobs', 'write-blobs', 'delete-blobs'],
  },
  /** Watched tags and repositories: asks registries what is new. By the clock, and at once where somebody switched one on. */
  'catalog-watch-due': {
    entry: 'functions/catalog/on-watch-due.ts',
    memory: 512,
    timeout: 900,
    takes: { queue: 'watch.due', batch: 1, atOnce: 2 },
    sends: ['image.pushed', 'image.removed', 'notice.raised', 'watch.due'],
    needs: ['sql', 'read-blobs', 'write-blobs', 'delete-blobs', 'read-secrets', 'pull-images', 'list-tags'],
  },
  /** Judges; fetches the feed groups that an image is the first to need, or has dispatch start a task for those that take minutes. */
  'policy-engine-image-analyzed': {
    entry: 'functions/policy-engine/on-image-analyzed.ts',
    memory: 2048,
    timeout: 900,
    scratch: 4096,
    takes: { queue: 'image.analyzed', batch: 1, atOnce: 5 },
    sends: ['image.analyzed', 'image.matched', 'notice.raised', 'dispatch'],
    needs: ['sql', 'read-blobs', 'stage-feeds'],
  },
  'policy-engine-image-matched': {
    entry: 'functions/policy-engine/on-image-matched.ts',
    memory: 1024,
    timeout: 120,
    takes: { queue: 'image.matched', batch: 5, atOnce: 5 },
    sends: ['image.analyzed', 'image.matched', 'notice.raised'],
    needs: ['sql', 'read-blobs', 'write-blobs', 'import-findings', 'delete-blobs'],
  },
  /** Makes deliveries of what happened in an account, and sends what is due. */
  'notifier-notice-raised': {
    entry: 'functions/notifier/on-notice-raised.ts',
    memory: 512,
    timeout: 300,
    takes: { queue: 'notice.raised', batch: 1, atOnce: 5 },
    sends: ['notice.raised'],
    needs: ['sql', 'read-secrets', 'send-notices'],
  },
  /** Scheduler: FeedsDue of schema/deployment.ts. */
  'feeds-schedule': {
    entry: 'functions/feeds/on-schedule.ts',
    memory: 2048,
    timeout: 900,
    scratch: 4096,
    sends: ['image.matched', 'notice.raised'],
    needs: ['sql', 'read-blobs', 'stage-feeds', 'read-secrets', 'publish-notices'],
  },
  /** Messages of the wake queue: starts Fargate tasks. It never asks the database, which would keep it awake. */
  dispatch: {
    entry: 'functions/dispatch/on-wake.ts',
    memory: 256,
    timeout: 60,
    takes: { queue: 'dispatch', batch: 100, atOnce: 2 },
    sends: [],
    needs: [],
  },
  /** CloudFormation's own custom resource events, answered by PUT to their ResponseURL: no framework stands between. */
  migrator: {
    entry: 'functions/migrator/main.ts',
    memory: 512,
    timeout: 900,
    sends: [],
    needs: ['sql', 'write-blobs'],
    files: ['schema/sql'],
  },
} as const satisfies Readonly<Record<string, FunctionLine>>;

export type FunctionName = keyof typeof functions;

/** A Fargate task of the container image, whose working directory holds each bundle as `<name>.mjs` and whose entry point is node. */
export interface TaskLine {
  readonly entry: string;
  readonly takes?: QueueKind;
  readonly sends: readonly QueueKind[];
  readonly needs: readonly Need[];
}

/** Every task. Size and number are settings. */
export const tasks = {
  /** Drains `image.queued` and ends when it is dry. */
  analyzer: {
    entry: 'functions/analyzer/main.ts',
    takes: 'image.queued',
    sends: ['image.analyzed', 'notice.raised'],
    needs: ['sql', 'read-blobs', 'write-blobs', 'delete-blobs', 'read-secrets', 'pull-images'],
  },
  /** One feed group, for those that take minutes; the group is the first argument. */
  feeds: {
    entry: 'functions/feeds/main.ts',
    sends: ['image.matched', 'notice.raised'],
    needs: ['sql', 'read-blobs', 'stage-feeds', 'read-secrets', 'publish-notices'],
  },
} as const satisfies Readonly<Record<string, TaskLine>>;

export type TaskName = keyof typeof tasks;
