import { crc32, createInflateRaw } from 'node:zlib';
import type { ByteInput } from '../tar/byte-input.ts';
import { cutShort, damaged, decode, decodedPiece } from './decode.ts';

/**
 * Gzip inflated (RFC 1952), any number of members; what follows the last and is no member is read and ignored. Headers and
 * trailers are read here, since zlib's own gunzip loses its last output when something that is not gzip follows in the
 * same write. Throws `image/corrupt` when the data is damaged or cut off.
 */
export async function* gunzip(input: ByteInput): AsyncGenerator<Uint8Array> {
  for (let member = 1; ; member++) {
    const magic = await input.take(2);
    if (magic.length < 2 || magic[0] !== 0x1f || magic[1] !== 0x8b) {
      await input.finish();
      return;
    }
    await gzipHeader(input);
    let crc = 0;
    let size = 0;
    for await (const piece of inflateMember(input)) {
      crc = crc32(piece, crc);
      size = (size + piece.length) % 2 ** 32;
      yield piece;
    }
    const trailer = await exactly(input, 8);
    if (trailer.readUInt32LE(0) !== crc) throw damaged('gzip', `checksum of member ${member} does not fit`);
    if (trailer.readUInt32LE(4) !== size) throw damaged('gzip', `length of member ${member} does not fit`);
  }
}

/** What follows the magic: method, flags, time, and the optional fields that the flags announce (RFC 1952, 2.3). */
async function gzipHeader(input: ByteInput): Promise<void> {
  const fixed = await exactly(input, 8);
  const flags = fixed[1]!;
  if (fixed[0] !== 8 || (flags & 0xe0) !== 0) throw damaged('gzip', 'a header has an unknown method or flags');
  if ((flags & 4) !== 0) {
    const extra = await exactly(input, 2);
    await exactly(input, extra.readUInt16LE(0));
  }
  if ((flags & 8) !== 0) await throughNul(input);
  if ((flags & 16) !== 0) await throughNul(input);
  if ((flags & 2) !== 0) await exactly(input, 2);
}

async function throughNul(input: ByteInput): Promise<void> {
  for (;;) {
    const piece = await input.some(4096);
    if (piece.length === 0) throw cutShort('gzip');
    const end = piece.indexOf(0);
    if (end < 0) continue;
    input.giveBack(piece.length - end - 1);
    return;
  }
}

async function exactly(input: ByteInput, length: number): Promise<Buffer> {
  const bytes = input.takeNow(length) ?? (await input.take(length));
  if (bytes.length < length) throw cutShort('gzip');
  return bytes;
}

/** One deflate stream; leaves the input right behind it. */
async function* inflateMember(input: ByteInput): AsyncGenerator<Uint8Array> {
  const decoder = createInflateRaw({ chunkSize: decodedPiece });
  let fed = 0;
  yield* decode('gzip', decoder, async () => {
    // What was not used stands behind the end of the stream.
    if (decoder.bytesWritten < fed) return null;
    const piece = await input.some(decodedPiece);
    fed += piece.length;
    return piece;
  });
  input.giveBack(fed - decoder.bytesWritten);
}
