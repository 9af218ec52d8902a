import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { bunzip2 } from '#registry/inflate/bunzip2.ts';

const hull = Buffer.from(
  'QlpoOTFBWSZTWT8FiTgAABBRgAAQQAQmTw4AIAAiv9VTJ6I2mhAAA+cZQwhtKW36F2VMJspTou5IpwoSB+CxJwA=',
  'base64',
);
/** 3,000,000 zeros. */
const zeros = Buffer.from('QlpoOTFBWSZTWaZFgLIAFvpACMAAQAAACCAAMMwJqmmpAi2pIEXi7kinChIUyLAWQA==', 'base64');
const empty = Buffer.from('QlpoORdyRThQkAAAAAA=', 'base64');
const blocks = await readFile(path.join(import.meta.dirname, 'fixtures/three-blocks.bz2'));

const hullText = 'hull, mast and keel\n'.repeat(3);
const blocksText = Array.from({ length: 40_000 }, (_, i) => `keel ${i % 97} of ${Math.floor(i / 4001)}\n`).join('');

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function inflated(bytes: Uint8Array, size = 1000): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bunzip2(inPieces(bytes, size))) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const isCorrupt = (form: RegExp) => (thrown: unknown) =>
  thrown instanceof Fault && thrown.code === 'image/corrupt' && form.test(thrown.message);

test('bzip2 data is inflated, over several blocks and tables, however its bytes arrive', async () => {
  assert.equal(await inflated(hull), hullText);
  assert.equal(await inflated(hull, 1), hullText);
  assert.equal(await inflated(empty), '');
  for (const size of [997, 1_000_000]) assert.ok((await inflated(blocks, size)) === blocksText);
});

test('bzip2 streams one behind the other are one text, and what follows them is ignored', async () => {
  assert.equal(await inflated(Buffer.concat([hull, empty, hull])), hullText + hullText);
  assert.equal(await inflated(Buffer.concat([hull, Buffer.from('\0\0\0 padding')])), hullText);
});

test('a run of millions of bytes comes in pieces of a quarter of a megabyte', async () => {
  let bytes = 0;
  for await (const piece of bunzip2(inPieces(zeros, 10))) {
    assert.ok(piece.length <= 256 * 1024);
    assert.ok(piece.every((byte) => byte === 0));
    bytes += piece.length;
  }
  assert.equal(bytes, 3_000_000);
});

test('bzip2 data that is cut off anywhere is refused as cut off', async () => {
  for (let length = 0; length < hull.length; length++) {
    await assert.rejects(inflated(hull.subarray(0, length)), isCorrupt(/cut off/), `after ${length} bytes`);
  }
});

test('bzip2 data with any bit turned over is refused, and never gives another text', async () => {
  for (let bit = 0; bit < hull.length * 8; bit++) {
    const damaged = Buffer.from(hull);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    // The size of blocks may be another, the bits that fill the last byte are nobody's.
    const got = await inflated(damaged).catch((thrown: unknown) => thrown);
    assert.ok(got === hullText || isCorrupt(/damaged|cut off/)(got), `bit ${bit} gives ${String(got).slice(0, 200)}`);
  }
});

test('what is no bzip2 is refused', async () => {
  await assert.rejects(inflated(Buffer.from('<oval_definitions/>')), isCorrupt(/does not begin as such/));
});
