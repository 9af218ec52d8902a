import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { Fault } from '#core/fault.ts';
import type { Clock } from '../clock.ts';
import { awsErrorName, awsErrorStatus, awsFault } from './aws-fault.ts';
import type { S3Object } from './s3-object.ts';

/** Times in a row that a connection may break off before its first byte. */
const mostBreaks = 4;

/** Milliseconds before the second of them; doubled with each. */
const firstPause = 100;

/** Milliseconds without a byte after which a connection is given up. */
const longestStall = 30_000;

/**
 * The bytes of an object, null when there is none. A connection that breaks off or stalls is replaced by one for the rest of the same
 * version. Iterating throws `data/corrupt` when the whole does not have the sum that S3 keeps of it, `state/not-found` when it was removed
 * meanwhile, `network/unreachable` when it was replaced meanwhile or S3 cannot be reached any more.
 */
export async function readObject(object: S3Object): Promise<AsyncIterable<Uint8Array> | null> {
  try {
    // Asked for at once: whether it is there and its first bytes are one request.
    return piecesOf(object, await ask(object, null));
  } catch (thrown) {
    if (awsErrorName(thrown) === 'NoSuchKey') return null;
    throw awsFault(thrown, reading(object));
  }
}

function reading(object: S3Object): string {
  return `Blob ${object.key}: reading from bucket ${object.at.Bucket}`;
}

async function ask(object: S3Object, rest: { readonly from: number; readonly etag: string } | null) {
  const range = rest === null ? {} : { Range: `bytes=${rest.from}-`, IfMatch: rest.etag };
  const answer = await object.client.send(new GetObjectCommand({ ...object.at, ChecksumMode: 'ENABLED', ...range }));
  // A connection may break before anybody iterates: the error is kept for whoever does, and must not end the process until then.
  (answer.Body as Readable).on('error', () => {});
  return answer;
}

async function* piecesOf(object: S3Object, first: GetObjectCommandOutput): AsyncGenerator<Uint8Array> {
  const size = first.ContentLength ?? 0;
  let at = 0;
  let sum = 0;
  let breaks = 0;
  for (let answer = first; ; answer = await askForRest(object, at, first.ETag ?? '')) {
    const body = answer.Body as Readable;
    let broken: unknown = new Error('Connection lost: the answer is shorter than announced');
    try {
      for await (const piece of unlessStalled(body, object.clock)) {
        at += piece.length;
        breaks = 0;
        sum = crc32(piece, sum);
        yield piece;
      }
    } catch (thrown) {
      // The SDK checks the sum of what came in one answer by itself, at its end.
      if (thrown instanceof Error && /^Checksum mismatch/.test(thrown.message)) throw corrupt(object, at, thrown);
      broken = thrown;
    } finally {
      body.destroy();
    }
    if (at >= size) break;
    if (++breaks > mostBreaks) throw awsFault(broken, reading(object));
    if (breaks > 1) await object.clock.sleep(firstPause * 2 ** (breaks - 2));
  }
  const kept = first.ChecksumType === 'COMPOSITE' ? undefined : first.ChecksumCRC32;
  const other = kept !== undefined && !kept.includes('-') && Buffer.from(kept, 'base64').readUInt32BE() !== sum;
  if (at !== size || other) throw corrupt(object, at, null);
}

async function askForRest(object: S3Object, from: number, etag: string): Promise<GetObjectCommandOutput> {
  let answer: GetObjectCommandOutput;
  try {
    answer = await ask(object, { from, etag });
  } catch (thrown) {
    const status = awsErrorStatus(thrown);
    if (status === 404) throw new Fault('state/not-found', `Blob ${object.key} was removed while it was read`);
    if (status === 412 || status === 416)
      throw new Fault('network/unreachable', `Blob ${object.key} was replaced while it was read; read it again`);
    throw awsFault(thrown, reading(object));
  }
  if (answer.ContentRange?.startsWith(`bytes ${from}-`)) return answer;
  (answer.Body as Readable).destroy();
  throw new Fault(
    'network/unreachable',
    `${reading(object)} broke off at byte ${from}, and the rest was not given (${answer.ContentRange ?? 'no range'}); read it again`,
  );
}

/** The pieces of a body, which is destroyed when none comes for too long. The time that the reader takes does not count. */
async function* unlessStalled(body: Readable, clock: Clock): AsyncGenerator<Buffer> {
  const pieces = body[Symbol.asyncIterator]();
  for (;;) {
    const arrived = new AbortController();
    void clock.sleep(longestStall, arrived.signal).then(() => {
      if (!arrived.signal.aborted) body.destroy(new Error('Connection lost: no byte for 30 seconds'));
    });
    const next = await pieces.next().finally(() => arrived.abort());
    if (next.done === true) return;
    yield next.value as Buffer;
  }
}

function corrupt(object: S3Object, bytes: number, cause: unknown): Fault {
  return new Fault(
    'data/corrupt',
    `Blob ${object.key} of bucket ${object.at.Bucket} does not have the checksum that it was stored with (${bytes} bytes read); read it again, and if that does not help remove it so that it is made anew`,
    cause === null ? {} : { cause },
  );
}
