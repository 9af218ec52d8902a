import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Fault } from '#core/fault.ts';
import { checkBlobKey, checkBlobPrefix } from '../blob-key.ts';
import type { Blobs } from '../blobs.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../local/system-clock.ts';
import { awsErrorName, awsErrorStatus, awsFault } from './aws-fault.ts';
import type { S3Object } from './s3-object.ts';
import { readObject } from './s3-read.ts';
import { startOf, uploadParts } from './s3-upload.ts';

export interface S3BlobsOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Before every key, '' when left out: `blobs/`. */
  readonly prefix?: string;
  /** The clock of the machine when left out. */
  readonly clock?: Clock;
}

/** Milliseconds before a conditional write is repeated that met another one. */
const conflictPauses = [50, 200, 800, 3_200] as const;

/**
 * Blobs as objects of an S3 bucket. What is smaller than a part of 8 MiB is written by one request, a longer stream in parts, of
 * which at most four are in memory; S3 shows either whole or not at all. `put` writes under `If-None-Match: *`; a retry by the SDK of a write
 * whose answer was lost says `existed` of its own blob. Reading goes on where a connection broke off and checks the sum of the whole.
 *
 * The role needs `s3:ListBucket` too: without it S3 says 403 of what is missing. A process that is killed in the middle leaves
 * parts behind that a lifecycle rule of the bucket has to remove.
 */
export function s3Blobs({ client, bucket, prefix = '', clock = systemClock }: S3BlobsOptions): Blobs {
  const objectOf = (key: string): S3Object => {
    checkBlobKey(key);
    return { client, clock, key, at: { Bucket: bucket, Key: prefix + key } };
  };
  return {
    put: async (key, content) => write(objectOf(key), content, false),
    async replace(key, content) {
      await write(objectOf(key), content, true);
    },
    read: async (key) => readObject(objectOf(key)),
    has: async (key) => has(objectOf(key)),
    async delete(key) {
      const object = objectOf(key);
      await attempt(object, 'removing', () => client.send(new DeleteObjectCommand(object.at)));
    },
    async *list(begin) {
      checkBlobPrefix(begin);
      for (let page: string | undefined, first = true; first || page !== undefined; first = false) {
        const request = {
          Bucket: bucket,
          Prefix: prefix + begin,
          ...(page === undefined ? {} : { ContinuationToken: page }),
        };
        const answer = await client.send(new ListObjectsV2Command(request)).catch((thrown) => {
          throw awsFault(thrown, `Bucket ${bucket}: listing '${begin}'`);
        });
        for (const { Key = '' } of answer.Contents ?? []) {
          // "Folders" that a person made in the console are no blobs: `a/`.
          if (isBlobKey(Key.slice(prefix.length))) yield Key.slice(prefix.length);
        }
        page = answer.NextContinuationToken;
      }
    },
  };
}

/** Runs a call to S3; what it throws is a Fault that names the blob. */
async function attempt<T>(object: S3Object, what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw awsFault(thrown, `Blob ${object.key}: ${what} in bucket ${object.at.Bucket}`);
  }
}

async function has(object: S3Object): Promise<boolean> {
  try {
    await object.client.send(new HeadObjectCommand(object.at));
    return true;
  } catch (thrown) {
    if (awsErrorStatus(thrown) === 404) return false;
    throw awsFault(thrown, `Blob ${object.key}: looking for it in bucket ${object.at.Bucket}`);
  }
}

async function write(
  object: S3Object,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  replace: boolean,
): Promise<'stored' | 'existed'> {
  if (content instanceof Uint8Array) return writeWhole(object, content, replace);
  const start = await startOf(content);
  if (start.kind === 'whole') return writeWhole(object, start.bytes, replace);
  if (!replace && (await hasOrEnd(object, start.end))) return 'existed';
  try {
    await uploadParts(object, start.pieces(), replace);
    return 'stored';
  } catch (thrown) {
    const outcome = outcomeOf(thrown, replace);
    if (outcome === 'existed') return 'existed';
    // The stream cannot be read again; S3 asks for all parts again.
    if (outcome === 'conflict' && (await has(object))) return 'existed';
    if (outcome === 'conflict') {
      throw new Fault(
        'network/unreachable',
        `Blob ${object.key} was being removed from bucket ${object.at.Bucket} while it was written; write it again`,
        { cause: thrown },
      );
    }
    throw thrown;
  }
}

/** As {@link has}; the stream is let go of when it will not be read on. */
async function hasOrEnd(object: S3Object, end: () => Promise<void>): Promise<boolean> {
  try {
    const there = await has(object);
    if (there) await end();
    return there;
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

async function writeWhole(object: S3Object, bytes: Uint8Array, replace: boolean): Promise<'stored' | 'existed'> {
  const condition = replace ? {} : { IfNoneMatch: '*' };
  for (const pause of [...conflictPauses, null]) {
    try {
      await object.client.send(new PutObjectCommand({ ...object.at, ...condition, Body: bytes }));
      return 'stored';
    } catch (thrown) {
      const outcome = outcomeOf(thrown, replace);
      if (outcome === 'existed') return 'existed';
      if (outcome === 'failed' || pause === null)
        throw awsFault(thrown, `Blob ${object.key}: writing into bucket ${object.at.Bucket}`);
      await object.clock.sleep(pause);
    }
  }
  throw new Error('unreachable');
}

/** What a refused write means: 412 that somebody was first, 409 that somebody writes or removes right now. */
function outcomeOf(thrown: unknown, replace: boolean): 'existed' | 'conflict' | 'failed' {
  const name = awsErrorName(thrown);
  if (!replace && (name === 'PreconditionFailed' || awsErrorStatus(thrown) === 412)) return 'existed';
  return name === 'ConditionalRequestConflict' || name === 'OperationAborted' ? 'conflict' : 'failed';
}

function isBlobKey(key: string): boolean {
  try {
    checkBlobKey(key);
    return true;
  } catch {
    return false;
  }
}
