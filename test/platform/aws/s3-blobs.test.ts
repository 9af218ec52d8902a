import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { s3Blobs } from '#platform/aws/s3-blobs.ts';
import { type Blobs, readBlob } from '#platform/blobs.ts';
import type { Clock } from '#platform/clock.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { fakeS3 } from '#test/fakes/s3.ts';
import { blobsContract } from '#test/platform/contracts/blobs-contract.ts';
import { awsTestClient, foreignAws, foreignAwsNote, freshName } from '#test/support/aws.ts';
import { isFault } from '#test/support/is-fault.ts';
import { testClock } from '#test/support/test-clock.ts';

const mebibyte = 1024 * 1024;

blobsContract('S3 on our fake', () => open());

const foreign = foreignAws;
if (foreign === null) test(`S3 on a foreign emulator (${foreignAwsNote})`, { skip: true }, () => {});
else {
  const openForeign = async () => {
    const client = new S3Client({ ...awsTestClient(foreign), forcePathStyle: true });
    const bucket = freshName();
    await client.send(
      new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }),
    );
    return {
      blobs: s3Blobs({ client, bucket, prefix: 'blobs/' }),
      [Symbol.asyncDispose]: async () => client.destroy(),
    };
  };
  blobsContract(`S3 on a foreign emulator (${foreignAwsNote})`, openForeign);
  test(`long streams of S3 on a foreign emulator (${foreignAwsNote})`, async () => {
    await using store = await openForeign();
    await provesLongStreams(store.blobs);
  });
}

describe('S3 and long streams', () => {
  test('a long stream is written in parts and read back, the first writer wins, and a replacement replaces', async () => {
    await using store = await open();
    await provesLongStreams(store.blobs);
    assert.equal(store.fake.state.uploads.size, 0);
  });

  test('a blob that is there is not written again, and its stream is let go of', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    await blobs.put('k', Buffer.from('first'));
    let ended = false;
    async function* long() {
      try {
        for (let i = 0; i < 40; i++) yield Buffer.alloc(mebibyte, i);
      } finally {
        ended = true;
      }
    }
    assert.equal(await blobs.put('k', long()), 'existed');
    assert.ok(ended);
    assert.deepEqual(fake.calls.slice(1), ['PutObject', 'HeadObject']);
  });

  test('no more of a stream is taken than a few parts ahead of what S3 has', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    let taken = 0;
    let most = 0;
    async function* long() {
      for (let i = 0; i < 60; i++) {
        taken++;
        const stored = [...fake.state.uploads.values()].reduce((sum, { parts }) => sum + parts.size, 0);
        most = Math.max(most, taken - stored * 8);
        yield Buffer.alloc(mebibyte, i);
      }
    }
    await blobs.put('k', long());
    assert.ok(most <= 32, `${most} MiB were ahead`);
  });

  test('a stream that fails after some parts leaves neither a blob nor parts, and its own error is thrown', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    async function* failing() {
      for (let i = 0; i < 20; i++) yield Buffer.alloc(mebibyte, i);
      throw new Error('cut off');
    }
    await assert.rejects(blobs.put('k', failing()), /^Error: cut off$/);
    assert.ok(fake.calls.includes('AbortMultipartUpload'));
    assert.equal(fake.state.uploads.size, 0);
    assert.equal(await blobs.has('k'), false);
    fake.failNext('AbortMultipartUpload', new AwsError('InternalError', 'We had an internal error.', 500), 3);
    await assert.rejects(blobs.put('k', failing()), /^Error: cut off$/, 'also when giving up the parts fails');
    assert.equal(await blobs.has('k'), false);
  });

  test('parts that S3 does not take are sent again; when that does not help, nothing is left', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    fake.failNext('UploadPart', new AwsError('SlowDown', 'Please reduce your request rate.', 503), 1);
    fake.failNext('CompleteMultipartUpload', 'error in 200');
    assert.equal(await blobs.put('k', mebibytes(20)), 'stored');
    assert.equal((await readBlob(blobs, 'k'))!.length, 20 * mebibyte);
    fake.failNext('UploadPart', new AwsError('InternalError', 'We had an internal error.', 500), 100);
    await assert.rejects(
      blobs.replace('k', mebibytes(30)),
      isFault('network/unreachable', /Blob k: writing into bucket/),
    );
    assert.equal(fake.state.uploads.size, 0);
    assert.equal((await readBlob(blobs, 'k'))!.length, 20 * mebibyte, 'the old one is whole');
  });

  test('a conflict at the last request is settled by looking whether the blob is there', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    const conflict = new AwsError('ConditionalRequestConflict', 'A conflicting operation occurred.', 409);
    fake.failNext('CompleteMultipartUpload', conflict, 1);
    await assert.rejects(blobs.put('k', mebibytes(9)), isFault('network/unreachable', /write it again/));
    assert.equal(fake.state.uploads.size, 0);
    async function* overtaken() {
      yield* mebibytes(9);
      await blobs.put('k', Buffer.from('other'));
    }
    fake.failNext('CompleteMultipartUpload', conflict, 1);
    assert.equal(await blobs.put('k', overtaken()), 'existed');
    assert.equal((await readBlob(blobs, 'k'))!.toString(), 'other');
  });

  test('a writer that is overtaken while it writes in parts finds that the blob existed', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    async function* overtaken() {
      yield* mebibytes(12);
      await blobs.put('k', Buffer.from('other'));
    }
    assert.equal(await blobs.put('k', overtaken()), 'existed');
    assert.equal((await readBlob(blobs, 'k'))!.toString(), 'other');
    assert.equal(fake.state.uploads.size, 0);
  });
});

describe('S3 as it misbehaves', () => {
  test('a read goes on where the connection broke off, as often as it brings something', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
    await blobs.put('k', content);
    fake.mishaps.breakAfter.push(100_000, 0, 1, 50_000, 70_000, 5_000, 0);
    assert.ok((await readBlob(blobs, 'k'))!.equals(content));
    assert.equal(fake.calls.filter((call) => call === 'GetObject').length, 8);
    fake.mishaps.breakAfter.push(200_000, 0, 0, 0, 0, 0);
    await assert.rejects(readBlob(blobs, 'k'), isFault('network/unreachable', /Blob k: reading from bucket/));
  });

  test('a connection that stalls is given up and the read goes on', async () => {
    const clock = testClock();
    await using store = await open(clock);
    const { blobs, fake } = store;
    const content = Buffer.alloc(200_000, 'abcdefg');
    await blobs.put('k', content);
    fake.mishaps.stallAfter.push(60_000);
    const pieces: Uint8Array[] = [];
    let size = 0;
    let over = false;
    const reading = (async () => {
      for await (const piece of (await blobs.read('k'))!) {
        pieces.push(piece);
        size += piece.length;
      }
      over = true;
    })();
    for (let i = 0; i < 100_000 && size < 60_000; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(size, 60_000);
    for (let i = 0; i < 100_000 && !over; i++) await clock.advance(30_000);
    assert.ok(over);
    await reading;
    assert.ok(Buffer.concat(pieces).equals(content));
  });

  test('a blob that is replaced or removed while it is read is never mixed', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    const readMeanwhile = async (change: () => Promise<void>) => {
      await blobs.replace('k', Buffer.alloc(300_000, 1));
      fake.mishaps.breakAfter.push(100_000);
      const content = (await blobs.read('k'))!;
      await change();
      for await (const piece of content) assert.ok(piece.every((byte) => byte === 1));
    };
    await assert.rejects(
      readMeanwhile(() => blobs.replace('k', Buffer.alloc(300_000, 2))),
      isFault('network/unreachable', /replaced while it was read/),
    );
    await assert.rejects(
      readMeanwhile(() => blobs.delete('k')),
      isFault('state/not-found', /removed while it was read/),
    );
  });

  test('a connection that breaks before anybody reads is replaced when somebody does', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    await blobs.put('k', Buffer.alloc(300_000, 1));
    fake.mishaps.breakAfter.push(100_000);
    const content = (await blobs.read('k'))!;
    await new Promise((done) => setTimeout(done, 50));
    let size = 0;
    for await (const piece of content) size += piece.length;
    assert.equal(size, 300_000);
  });

  test('bytes that are not those that were stored are told, after a broken connection too', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    await blobs.put('small', Buffer.from('content'));
    await blobs.put('long', mebibytes(17));
    for (const key of ['small', 'long']) {
      fake.mishaps.damaged = 1;
      await assert.rejects(readBlob(blobs, key), isFault('data/corrupt', new RegExp(`Blob ${key} .*checksum`)), key);
    }
    fake.mishaps.breakAfter.push(1000);
    fake.mishaps.damaged = 1;
    await assert.rejects(readBlob(blobs, 'long'), isFault('data/corrupt', /Blob long .*checksum/));
    assert.equal((await readBlob(blobs, 'long'))!.length, 17 * mebibyte);
  });

  test('a reader that stops early leaves no connection open', async () => {
    await using store = await open();
    const { blobs } = store;
    await blobs.put('long', mebibytes(9));
    for (let i = 0; i < 60; i++) {
      for await (const piece of (await blobs.read('long'))!) {
        assert.ok(piece.length > 0);
        break;
      }
    }
    assert.equal(await blobs.has('long'), true, 'the SDK has 50 connections');
  });

  test('a conflict with another writer is waited out, and told when it does not end', async () => {
    await using store = await open(testClock(undefined, { selfWinding: true }));
    const { blobs, fake } = store;
    const conflict = new AwsError('ConditionalRequestConflict', 'A conflicting operation occurred.', 409);
    fake.failNext('PutObject', conflict, 3);
    assert.equal(await blobs.put('k', Buffer.from('x')), 'stored');
    fake.failNext('PutObject', conflict, 1);
    assert.equal(await blobs.put('k', Buffer.from('y')), 'existed');
    fake.failNext('PutObject', conflict, 5);
    await assert.rejects(blobs.put('l', Buffer.from('x')), isFault('network/unreachable', /Conflict/));
  });

  test('a write whose answer was lost is repeated by the SDK and finds itself there', async () => {
    await using store = await open();
    const { blobs, fake } = store;
    fake.failNext('PutObject', 'break after');
    assert.equal(await blobs.put('k', Buffer.from('x')), 'existed');
    assert.equal((await readBlob(blobs, 'k'))!.toString(), 'x');
  });

  test('throttling is waited out; when it does not end, it is told apart from a missing right or bucket', async () => {
    await using store = await open();
    const { blobs, fake, client } = store;
    const slowDown = new AwsError('SlowDown', 'Please reduce your request rate.', 503);
    const unavailable = new AwsError('ServiceUnavailable', 'Please try again.', 503);
    fake.failNext('PutObject', slowDown, 1);
    await blobs.put('k', Buffer.from('x'));
    fake.failNext('PutObject', slowDown, 3);
    await assert.rejects(blobs.put('l', Buffer.from('x')), isFault('network/unreachable', /reduce your request rate/));
    for (const [operation, call] of [
      ['PutObject', () => blobs.put('l', Buffer.from('x'))],
      ['GetObject', () => blobs.read('k')],
      ['HeadObject', () => blobs.has('k')],
      ['DeleteObject', () => blobs.delete('k')],
      ['ListObjectsV2', () => Array.fromAsync(blobs.list(''))],
    ] as const) {
      fake.failNext(operation, unavailable, 3);
      await assert.rejects(call, isFault('network/unreachable', /(Blob|Bucket) .*may be tried again/), operation);
      fake.failNext(operation, new AwsError('AccessDenied', 'Access Denied', 403));
      await assert.rejects(call, isFault('auth/forbidden', /allow it to the role/), operation);
    }
    const elsewhere = s3Blobs({ client, bucket: 'nowhere' });
    await assert.rejects(elsewhere.read('k'), isFault('state/not-found', /NoSuchBucket/));
    await assert.rejects(elsewhere.put('k', Buffer.from('x')), isFault('state/not-found', /NoSuchBucket/));
  });

  test('keys are listed over any number of pages, without what others keep in the bucket', async () => {
    await using store = await open(undefined, 7);
    const { blobs, client } = store;
    const all = Array.from({ length: 30 }, (_, i) => `k/${String(i).padStart(2, '0')}`);
    for (const key of all) await blobs.put(key, Buffer.from(key));
    for (const Key of ['other', 'blobs', 'blobs/k/', 'blobs/K&<"']) {
      await client.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x' }));
    }
    assert.deepEqual(await Array.fromAsync(blobs.list('')), all);
    assert.deepEqual(await Array.fromAsync(blobs.list('k/1')), all.slice(10, 20));
  });

  test('our fake reads chunked bodies with their trailer as S3 does', async () => {
    await using store = await open();
    const { blobs, client } = store;
    const text = 'streamed by the SDK '.repeat(10_000);
    const body = Readable.from([Buffer.from(text.slice(0, 70_000)), Buffer.from(text.slice(70_000))]);
    await client.send(
      new PutObjectCommand({ Bucket: 'bucket', Key: 'blobs/k', Body: body, ContentLength: text.length }),
    );
    assert.equal((await readBlob(blobs, 'k'))!.toString(), text);
  });
});

async function provesLongStreams(blobs: Blobs): Promise<void> {
  assert.equal(await blobs.put('long', mebibytes(21)), 'stored');
  const expected = Buffer.concat(await Array.fromAsync(mebibytes(21)));
  assert.ok((await readBlob(blobs, 'long'))!.equals(expected));
  assert.equal(await blobs.put('long', mebibytes(10)), 'existed');
  assert.ok((await readBlob(blobs, 'long'))!.equals(expected));
  await blobs.replace('long', mebibytes(10));
  assert.equal((await readBlob(blobs, 'long'))!.length, 10 * mebibyte);
}

/** Pieces of an odd length that make so many mebibytes. */
async function* mebibytes(count: number): AsyncGenerator<Buffer> {
  const all = count * mebibyte;
  for (let at = 0, i = 0; at < all; at += 777_777, i++) yield Buffer.alloc(Math.min(777_777, all - at), `piece ${i} `);
}

async function open(clock?: Clock, pageSize?: number) {
  const fake = await fakeS3(pageSize === undefined ? {} : { pageSize });
  const client = new S3Client({ ...awsTestClient(fake.endpoint), forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  return {
    blobs: s3Blobs({ client, bucket: 'bucket', prefix: 'blobs/', ...(clock === undefined ? {} : { clock }) }),
    client,
    fake,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fake[Symbol.asyncDispose]();
    },
  };
}
