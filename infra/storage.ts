import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

const guarded = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
} as const satisfies BucketProps;

/** Archives are read when somebody wants one back, at once, and kept for long: those of under 128 KiB stay where they are. */
const archives = {
  id: 'archives',
  prefix: 'archive/',
  transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(0) }],
};

const unfinishedUploads = { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) };

/** Buckets: private, encrypted, over TLS only, kept when the stack goes. */
export class Storage extends Construct {
  /** Layer reports, image reports, verdicts and archives. */
  readonly blobs: IBucket;
  /** Feed files on their way into the database. */
  readonly stagedFeeds: IBucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const serverAccessLogsBucket = new Bucket(this, 'AccessLogs', {
      ...guarded,
      lifecycleRules: [{ id: 'old-logs', expiration: Duration.days(90) }],
    }) as IBucket;
    this.blobs = new Bucket(this, 'Blobs', {
      ...guarded,
      serverAccessLogsBucket,
      serverAccessLogsPrefix: 'blobs/',
      lifecycleRules: [unfinishedUploads, archives],
    }) as IBucket;
    this.stagedFeeds = new Bucket(this, 'StagedFeeds', {
      ...guarded,
      serverAccessLogsBucket,
      serverAccessLogsPrefix: 'staged-feeds/',
      lifecycleRules: [unfinishedUploads, { id: 'imported', expiration: Duration.days(2) }],
    }) as IBucket;
  }
}
