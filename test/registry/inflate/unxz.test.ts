import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { unxz } from '#registry/inflate/unxz.ts';
import { xz } from '../../support/xz-builder.ts';

/** Made by xz 5.6 with CRC-64, as everybody makes them. */
const hull = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4CcPAEFdADQdSc6bin6S23d0z3B399YmUu6vdkXsf3zKFwjhnNtdEQXnyZZKlyy0has3hsHMeC4IJTTkdU4HUi2YFS97JZwAAAAAANMdCJiCKMnZAAFdkE4AAADqx4jZscRn+wIAAAAABFla',
  'base64',
);
const hullText = 'hull, mast and keel\n'.repeat(500);
/** The same by xz -9 with a dictionary of 128 MiB. */
const large = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhAR4AAACbB1Fm4CcPAEFdADQdSc6bin6S23d0z3B399YmUu6vdkXsf3zKFwjhnNtdEQXnyZZKlyy0has3hsHMeC4IJTTkdU4HUi2YFS97JZwAAAAAANMdCJiCKMnZAAFdkE4AAADqx4jZscRn+wIAAAAABFla',
  'base64',
);

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
    yield new Uint8Array();
  }
}

async function inflated(bytes: Uint8Array, size = 1000): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of unxz(inPieces(bytes, size))) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const isCorrupt = (form: RegExp) => (thrown: unknown) =>
  thrown instanceof Fault && thrown.code === 'image/corrupt' && form.test(thrown.message);

test('xz data is inflated, however its bytes arrive', async () => {
  for (const size of [1, 7, 100_000]) assert.ok((await inflated(hull, size)) === hullText, `pieces of ${size}`);
  const stored = Buffer.alloc(300_000, 'keel');
  assert.ok((await inflated(xz(stored))) === stored.toString());
});

test('xz streams one behind the other are one text', async () => {
  assert.ok((await inflated(Buffer.concat([hull, hull]))) === hullText + hullText);
});

test('xz data that is cut off anywhere is refused', async () => {
  for (const length of [0, 1, 11, 12, 40, hull.length - 20, hull.length - 12, hull.length - 1]) {
    await assert.rejects(inflated(hull.subarray(0, length)), isCorrupt(/cut off/), `${length} bytes`);
  }
});

test('xz data that is damaged is refused, and says how', async () => {
  await assert.rejects(inflated(Buffer.from('this is not what it should be')), isCorrupt(/does not begin as such/));
  const stored = xz(Buffer.from('keel and mast'));
  stored[30]! ^= 1;
  await assert.rejects(inflated(stored), isCorrupt(/checksums do not fit/));
  await assert.rejects(inflated(Buffer.concat([hull, Buffer.from('what is this doing')])), isCorrupt(/begin as such/));
  await assert.rejects(inflated(large), isCorrupt(/larger than 64 MiB/));
});

test('xz data that is left early does not hold up the next, and a failure below is told as it is', async () => {
  for await (const _ of unxz(inPieces(Buffer.concat(Array(50).fill(xz(Buffer.alloc(100_000)))), 5000))) break;
  await assert.rejects(async () => {
    const broken = async function* () {
      yield hull.subarray(0, 50);
      throw new Error('the line is dead');
    };
    for await (const _ of unxz(broken())) assert.ok(_);
  }, /the line is dead/);
  assert.ok((await inflated(hull)) === hullText);
});
