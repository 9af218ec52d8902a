import type { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../clock.ts';

/** Where a blob is, and what is needed to get there. */
export interface S3Object {
  readonly client: S3Client;
  readonly clock: Clock;
  readonly key: string;
  readonly at: { readonly Bucket: string; readonly Key: string };
}
