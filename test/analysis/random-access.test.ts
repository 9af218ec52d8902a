import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryAccess, piecesAccess } from '#analysis/layers/random-access.ts';
import { isFault } from '#test/support/is-fault.ts';

const whole = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

/** The bytes in pieces of these lengths, the rest in one. */
function inPieces(lengths: readonly number[]): readonly Uint8Array[] {
  let at = 0;
  const pieces = lengths.map((length) => whole.subarray(at, (at += length)));
  return [...pieces, whole.subarray(at)];
}

test('bytes in pieces are read as if they were in one', () => {
  const [one, many] = [memoryAccess(whole), piecesAccess(inPieces([1, 99, 400, 1, 256]))];
  assert.equal(many.size, one.size);
  const odd = [-1, Number.NaN, Number.POSITIVE_INFINITY, 0.5];
  const places = [...odd, 0, 1, 2, 99, 100, 101, 499, 500, 501, 757, 999, 1000, 1001];
  for (const offset of places)
    for (const length of [...odd, 0, 1, 2, 100, 400, 401, 999, 1000, 2000]) {
      const [wanted, read] = [one.read(offset, length), many.read(offset, length)];
      assert.ok(Buffer.from(wanted).equals(read), `${length} bytes from ${offset}`);
    }
  assert.ok(whole.equals(many.all()));
  assert.ok(whole.subarray(90, 510).equals(many.read(90, 420)), 'also after all of them were asked for');
});

test('what lies within a piece is not copied, and all are joined once only', () => {
  const pieces = inPieces([500]);
  const bytes = piecesAccess(pieces);
  assert.equal(bytes.read(500, 500).buffer, pieces[1]!.buffer);
  assert.equal(bytes.read(500, 500).byteOffset, pieces[1]!.byteOffset);
  assert.equal(bytes.all(), bytes.all());
});

test('pieces are not joined over the limit, and none are an empty file', () => {
  assert.throws(() => piecesAccess(inPieces([10])).all(999), isFault('input/too-large', /1000 bytes/));
  assert.equal(piecesAccess([]).all().byteLength, 0);
  assert.equal(piecesAccess([]).read(0, 10).byteLength, 0);
});
