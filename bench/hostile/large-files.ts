import { tarHeader } from '#test/support/tar-builder.ts';
import { lots } from '../matching/lots.ts';

const blockBytes = 1024 * 1024;

/** A file of so many bytes, the same block again and again, without holding more than one of them. */
export function* repeatedFile(path: string, size: number, block: Uint8Array): Generator<Uint8Array> {
  yield tarHeader({ name: path, size: base256(size) });
  const large = Buffer.alloc(Math.max(block.length, Math.floor(blockBytes / block.length) * block.length), block);
  let left = size;
  for (; left >= large.length; left -= large.length) yield large;
  yield large.subarray(0, left);
  yield Buffer.alloc((512 - (size % 512)) % 512);
}

/** A size as GNU tar writes those over 8 GiB, which is understood for any. */
export function base256(size: number): Buffer {
  const field = Buffer.alloc(12);
  field.writeBigUInt64BE(BigInt(size), 4);
  field[0] = 0x80;
  return field;
}

/** Zeros with so much noise that gzip makes a hundred and fifty to one of them: less than the limit layerRatio looks for. */
export function nearlyZeros(): Buffer {
  const block = Buffer.alloc(blockBytes);
  const { below } = lots(9);
  for (let at = 0; at < block.length; at += 65536) {
    for (let byte = 0; byte < 300; byte++) block[at + byte] = below(256);
  }
  return block;
}
