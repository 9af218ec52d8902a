import type { FileHandle } from 'node:fs/promises';
import type { ByteInput } from './byte-input.ts';

/** Headers of archives are far apart; a few of them together fit this. */
const windowBytes = 16 * 1024;

/** A file as byte input: what is skipped is not read. The file stays open, closing it is the caller's. */
export async function fileInput(file: FileHandle): Promise<ByteInput> {
  const { size } = await file.stat();
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  let position = 0;

  /** Bytes at hand from the position on. */
  const available = () =>
    position >= start && position < start + window.length ? start + window.length - position : 0;
  const load = async () => {
    const piece = Buffer.allocUnsafe(windowBytes);
    const { bytesRead } = await file.read(piece, 0, windowBytes, position);
    window = piece.subarray(0, bytesRead);
    start = position;
  };

  const input: ByteInput = {
    get position() {
      return position;
    },
    takeNow(length) {
      if (available() < length) return null;
      const taken = window.subarray(position - start, position - start + length);
      position += length;
      return taken;
    },
    async take(length) {
      const pieces: Buffer[] = [];
      let missing = length;
      while (missing > 0) {
        const piece = await input.some(missing);
        if (piece.length === 0) break;
        pieces.push(piece);
        missing -= piece.length;
      }
      return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    },
    async some(most) {
      if (available() === 0) await load();
      const taken = window.subarray(position - start, Math.min(window.length, position - start + most));
      position += taken.length;
      return taken;
    },
    skipNow(length) {
      if (position + length > size) return false;
      position += length;
      return true;
    },
    async skip(length) {
      if (input.skipNow(length)) return true;
      position = size;
      return false;
    },
    giveBack(length) {
      position -= length;
    },
    async *rest() {
      for (let piece = await input.some(Infinity); piece.length > 0; piece = await input.some(Infinity)) yield piece;
    },
    // Nobody takes the digest of an archive: there is nothing to be read for.
    finish: async () => {},
    close: async () => {},
  };
  return input;
}
