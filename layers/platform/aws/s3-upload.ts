import { Readable } from 'node:stream';
import { awsErrorName, awsErrorStatus, awsFault } from './aws-fault.ts';
import type { S3Object } from './s3-object.ts';

/** Bytes of a part: with the 10,000 parts that S3 allows that makes 80 GiB. */
const partSize = 8 * 1024 * 1024;

/** Parts on their way at once. */
const partsAtOnce = 2;

/** The beginning of a stream: all of it, when it is smaller than a part. */
export type Start =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'longer';
      /** The stream from its first byte. To be taken once. */
      readonly pieces: () => AsyncGenerator<Uint8Array>;
      /** Lets go of the stream instead. */
      readonly end: () => Promise<void>;
    };

/** Reads a stream until it ends or fills a part. What it throws is passed on as it is. */
export async function startOf(content: AsyncIterable<Uint8Array>): Promise<Start> {
  const iterator = content[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  for (let size = 0; size < partSize; ) {
    const next = await iterator.next();
    if (next.done === true) return { kind: 'whole', bytes: Buffer.concat(pieces) };
    pieces.push(next.value);
    size += next.value.length;
  }
  const end = async () => {
    await iterator.return?.();
  };
  return {
    kind: 'longer',
    end,
    async *pieces() {
      let done = false;
      try {
        for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) yield piece;
        for (;;) {
          const next = await iterator.next();
          done = next.done === true;
          if (next.done === true) return;
          yield next.value;
        }
      } catch (thrown) {
        done = true;
        throw thrown;
      } finally {
        if (!done) await end();
      }
    },
  };
}

/**
 * Uploads a stream in parts, which become the object by one last request, under `If-None-Match: *` unless `replace`. When anything fails
 * the parts are given up; what the stream threw is thrown as it is, what S3 threw as a Fault, but for a refused condition.
 */
export async function uploadParts(
  object: S3Object,
  pieces: AsyncIterable<Uint8Array>,
  replace: boolean,
): Promise<void> {
  // Only long streams need it, and they are few.
  const { Upload } = await import('@aws-sdk/lib-storage');
  let failure: { readonly thrown: unknown } | null = null;
  const body = Readable.from(noting(pieces, (thrown) => (failure = { thrown })));
  const upload = new Upload({
    client: object.client,
    partSize,
    queueSize: partsAtOnce,
    params: {
      ...object.at,
      Body: body,
      // One sum over all parts, which a reader can check without knowing where they began.
      ChecksumAlgorithm: 'CRC32',
      ChecksumType: 'FULL_OBJECT',
      ...(replace ? {} : { IfNoneMatch: '*' }),
    },
  });
  try {
    await upload.done();
  } catch (thrown) {
    if (failure !== null) throw (failure as { readonly thrown: unknown }).thrown;
    const refused = [409, 412].includes(awsErrorStatus(thrown) ?? 0) || awsErrorName(thrown) === 'PreconditionFailed';
    throw refused ? thrown : awsFault(thrown, `Blob ${object.key}: writing into bucket ${object.at.Bucket}`);
  } finally {
    body.destroy();
  }
}

/** The same pieces; what the stream throws is told before it goes on through the SDK. */
async function* noting(pieces: AsyncIterable<Uint8Array>, note: (thrown: unknown) => void): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      // A Readable that is given up throws into its source at the yield: that is no failure of the source.
      const next = await iterator.next().catch((thrown: unknown) => {
        note(thrown);
        throw thrown;
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
