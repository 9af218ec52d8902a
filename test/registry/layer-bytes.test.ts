import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Fault } from '#core/fault.ts';
import { inflate, openLayerBytes } from '#registry/layer-bytes.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

async function* of(...pieces: Uint8Array[]) {
  yield* pieces;
}

function split(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

async function inflated(...pieces: Uint8Array[]): Promise<Buffer> {
  const out: Uint8Array[] = [];
  for await (const piece of inflate(of(...pieces))) out.push(piece);
  return Buffer.concat(out);
}

function fault(code: string, form: RegExp) {
  return (thrown: unknown) => (thrown as Fault).code === code && form.test((thrown as Fault).message);
}

/** Bytes that do not compress to nothing. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let value = 1;
  for (let i = 0; i < length; i++) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = value >>> 26;
  }
  return bytes;
}

const big = noise(900_000);
const small = Buffer.from('a small tar, let us say');
const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]);

test('gzip, zstd and plain bytes are told apart by their first bytes and come out the same', async () => {
  for (const bytes of [big, small]) {
    for (const stored of [gzipSync(bytes), zstdCompressSync(bytes), bytes]) {
      assert.deepEqual(await inflated(stored), bytes);
      assert.deepEqual(await inflated(...split(stored, 1000)), bytes);
    }
    if (bytes === small) {
      for (const stored of [gzipSync(bytes), zstdCompressSync(bytes), bytes]) {
        assert.deepEqual(await inflated(...split(stored, 1)), bytes);
      }
    }
  }
  assert.deepEqual(await inflated(), Buffer.alloc(0));
  assert.deepEqual(await inflated(Buffer.alloc(0), Buffer.from([1])), Buffer.from([1]));
});

test('gzip of several members is one stream, as bgzip and eStargz write it', async () => {
  const members = Buffer.concat([gzipSync(small), gzipSync(''), gzipSync(big), gzipSync(small)]);
  for (const size of [members.length, 100_000, 333]) {
    assert.deepEqual(await inflated(...split(members, size)), Buffer.concat([small, big, small]));
  }
});

test('a gzip header may carry name, comment, extra field and checksum', async () => {
  const plain = gzipSync(small);
  const fields = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3]),
    Buffer.from([3, 0, 1, 2, 3]),
    Buffer.from('layer.tar\0'),
    Buffer.from('a comment\0'),
    Buffer.from([0, 0]),
    plain.subarray(10),
  ]);
  for (const size of [fields.length, 1]) assert.deepEqual(await inflated(...split(fields, size)), small);
});

test('what follows the last gzip member is read and ignored', async () => {
  for (const rest of [Buffer.alloc(1000), Buffer.from('garbage'), Buffer.from([0x1f])]) {
    const bytes = Buffer.concat([gzipSync(big), rest]);
    for (const size of [bytes.length, 1000]) assert.deepEqual(await inflated(...split(bytes, size)), big);
  }
  let read = 0;
  const source = async function* () {
    for (const piece of [gzipSync(small), Buffer.from('garbage'), Buffer.from('and more')]) {
      read++;
      yield piece;
    }
  };
  for await (const piece of inflate(source())) void piece;
  assert.equal(read, 3);
});

test('zstd of several frames is one stream, and skippable frames are left out, as zstd:chunked has them', async () => {
  const frames = Buffer.concat([
    skippable,
    zstdCompressSync(small),
    zstdCompressSync(big),
    skippable,
    zstdCompressSync(small),
  ]);
  for (const size of [frames.length, 100_000, 333]) {
    assert.deepEqual(await inflated(...split(frames, size)), Buffer.concat([small, big, small]));
  }
  const many = Buffer.concat(Array.from({ length: 300 }, () => zstdCompressSync(small)));
  assert.equal((await inflated(many)).length, 300 * small.length);
});

test('cut-off data is corrupt, wherever it is cut', async () => {
  for (const stored of [gzipSync(small), zstdCompressSync(small)]) {
    for (let length = 6; length < stored.length; length++) {
      await assert.rejects(inflated(stored.subarray(0, length)), fault('image/corrupt', /cut off/), `${length}`);
    }
    await assert.rejects(inflated(stored, stored.subarray(0, stored.length - 1)), fault('image/corrupt', /cut off/));
  }
});

test('damaged data is corrupt', async () => {
  const gzip = gzipSync(big);
  const zstd = zstdCompressSync(big);
  const flip = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = copy[at]! ^ 0xff;
    return copy;
  };
  await assert.rejects(inflated(flip(gzip, gzip.length - 8)), fault('image/corrupt', /checksum of member 1/));
  await assert.rejects(inflated(flip(gzip, gzip.length - 1)), fault('image/corrupt', /length of member 1/));
  await assert.rejects(inflated(flip(gzip, 2)), fault('image/corrupt', /unknown method/));
  for (const at of [200, 5000, 100_000]) {
    await assert.rejects(inflated(flip(gzip, at)), fault('image/corrupt', /gzip data is/));
  }
  await assert.rejects(
    inflated(Buffer.concat([zstd, Buffer.from('garbage')])),
    fault('image/corrupt', /no frame begins/),
  );
  // Without a checksum zstd sees damage only where it breaks the form: a block of the reserved type, then a length.
  const reserved = Buffer.from(zstd);
  reserved[9] = reserved[9]! | 6;
  await assert.rejects(inflated(reserved), fault('image/corrupt', /zstd data is/));
  await assert.rejects(inflated(flip(zstd, 10)), fault('image/corrupt', /zstd data is/));
});

test('formats that engines do not write are named, others go through for the tar reader to refuse', async () => {
  await assert.rejects(inflated(Buffer.from('fd377a585a000004', 'hex')), fault('image/unsupported', /xz/));
  await assert.rejects(inflated(Buffer.from('BZh91AY&SY')), fault('image/unsupported', /bzip2/));
  for (const bytes of [deflateSync(small), brotliCompressSync(small)]) assert.deepEqual(await inflated(bytes), bytes);
});

test('a zstd window of more than 128 MiB is refused before memory is taken', async () => {
  // Magic, descriptor without content size, window of 1 GiB, one empty last block.
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (30 - 10) << 3, 1, 0, 0]);
  await assert.rejects(inflated(frame), fault('image/unsupported', /128 MiB/));
});

test('a reader that stops lets the source go, and what the source throws comes through', async () => {
  for (const stored of [gzipSync(big), zstdCompressSync(big), big]) {
    let closed = false;
    const source = async function* () {
      try {
        yield* split(stored, 5000);
      } finally {
        closed = true;
      }
    };
    for await (const piece of inflate(source())) {
      void piece;
      break;
    }
    assert.equal(closed, true);
    const failing = async function* () {
      yield stored.subarray(0, 4000);
      throw new Error('the wire broke');
    };
    await assert.rejects(async () => {
      for await (const piece of inflate(failing())) void piece;
    }, /the wire broke/);
  }
});

test('a layer in a file is its bytes from offset to end, and a file that ends before is corrupt', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'archive');
  const bytes = noise(1_300_000);
  await writeFile(path, bytes);
  const read = async (offset: number, length: number) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of openLayerBytes({ kind: 'file', path, offset, length })) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  assert.deepEqual(await read(1000, 1_200_000), bytes.subarray(1000, 1_201_000));
  assert.equal((await read(5, 0)).length, 0);
  await truncate(path, 700_000);
  await assert.rejects(read(1000, 1_200_000), fault('image/corrupt', /ends at byte 700000/));
});

test('a layer that streams in is what its source gives', async () => {
  const pieces: Uint8Array[] = [];
  for await (const piece of openLayerBytes({ kind: 'stream', open: async () => of(small, big) })) pieces.push(piece);
  assert.deepEqual(Buffer.concat(pieces), Buffer.concat([small, big]));
});
