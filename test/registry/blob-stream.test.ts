import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { blobStream } from '#registry/client/blob-stream.ts';
import { testClock } from '#test/support/test-clock.ts';

const clock = testClock(undefined, { selfWinding: true });
const blob = Buffer.from('0123456789'.repeat(100));

/** An answer of pieces that breaks afterwards, or ends well. */
function answer(pieces: readonly Uint8Array[], options: { broken?: boolean; status?: number; range?: string } = {}) {
  const left = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece !== undefined) controller.enqueue(piece);
      else if (options.broken === true) controller.error(new Fault('network/unreachable', 'broke off'));
      else controller.close();
    },
  });
  const headers: Record<string, string> = options.range === undefined ? {} : { 'Content-Range': options.range };
  return new Response(body, { status: options.status ?? 200, headers });
}

async function read(answers: readonly Response[], size: number | null): Promise<{ bytes: Buffer; asked: number[] }> {
  const asked: number[] = [];
  const pieces: Uint8Array[] = [];
  const open = async (from: number) => {
    asked.push(from);
    return answers[asked.length - 1]!;
  };
  for await (const piece of blobStream(clock, open, size, 'layer x')) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), asked };
}

function fault(code: string, form: RegExp) {
  return (thrown: unknown) => (thrown as Fault).code === code && form.test((thrown as Fault).message);
}

test('a blob goes on where it broke off, from a range or from a whole answer', async () => {
  const cut = () => answer([blob.subarray(0, 300)], { broken: true });
  const range = answer([blob.subarray(300)], { status: 206, range: 'bytes 300-999/1000' });
  assert.deepEqual(await read([cut(), range], 1000), { bytes: blob, asked: [0, 300] });
  const whole = answer([blob.subarray(0, 100), blob.subarray(100, 500), blob.subarray(500)]);
  assert.deepEqual(await read([cut(), whole], 1000), { bytes: blob, asked: [0, 300] });
});

test('an answer that ends well but early is as good as broken off', async () => {
  const early = answer([blob.subarray(0, 999)]);
  const rest = answer([blob.subarray(999)], { status: 206, range: 'bytes 999-999/*' });
  assert.deepEqual((await read([early, rest], 1000)).bytes, blob);
});

test('a connection that breaks after the last byte is no loss', async () => {
  assert.deepEqual((await read([answer([blob], { broken: true })], 1000)).asked, [0]);
});

test('without a size a blob ends where its answer ends', async () => {
  assert.deepEqual((await read([answer([blob])], null)).bytes, blob);
});

test('more bytes than stated are corrupt, at once', async () => {
  await assert.rejects(read([answer([blob, blob])], 1000), fault('image/corrupt', /longer than the 1000 bytes stated/));
});

test('another range than the one asked for is refused', async () => {
  for (const range of ['bytes 299-999/1000', 'bytes 0-999/1000', 'items 300-999/1000', '']) {
    const answers = [answer([blob.subarray(0, 300)], { broken: true }), answer([blob], { status: 206, range })];
    await assert.rejects(read(answers, 1000), fault('registry/failed', /another range/), range);
  }
});

test('five breaks in a row without progress are the end', async () => {
  const answers = Array.from({ length: 9 }, (_, i) =>
    answer([blob.subarray(i, i + 1)], { broken: true, status: 206, range: `bytes ${i}-999/1000` }),
  );
  await assert.rejects(read(answers, 1000), fault('network/unreachable', /broke off at byte 5 of 1000/));
});

test('what is not a broken connection is thrown as it is', async () => {
  const offline = async (): Promise<Response> => {
    throw new Fault('network/offline', 'no network');
  };
  const stream = blobStream(clock, offline, 10, 'layer x');
  await assert.rejects(stream.next(), fault('network/offline', /no network/));
});
