import { Fault } from '#core/fault.ts';

/** Bytes taken from the front of a stream or file. */
export interface ByteInput {
  /** Bytes taken so far. */
  readonly position: number;
  /** Exactly `length` bytes when they are at hand, else null: then ask {@link take}. Saves a promise for nearly every header. */
  takeNow(length: number): Buffer | null;
  /** Exactly `length` bytes, or fewer when the input ends. */
  take(length: number): Promise<Buffer>;
  /** Some bytes, at least one and at most `most`; empty at the end. */
  some(most: number): Promise<Buffer>;
  /** Leaves out `length` bytes when that needs no waiting, and says whether it did. */
  skipNow(length: number): boolean;
  /** Leaves out `length` bytes; false when the input ends before. */
  skip(length: number): Promise<boolean>;
  /** Takes back the last `length` bytes of what {@link some} or {@link takeNow} gave last. */
  giveBack(length: number): void;
  /** Everything that is left, as it comes. */
  rest(): AsyncGenerator<Buffer>;
  /** Reads to the end and lets go of what is below. */
  finish(): Promise<void>;
  /** Lets go of what is below without reading on. */
  close(): Promise<void>;
}

const empty: Buffer = Buffer.alloc(0);

/** A stream of chunks as byte input. Chunks are handed out as parts of themselves, without copying. */
export function chunkInput(chunks: AsyncIterable<Uint8Array>): ByteInput {
  const iterator = chunks[Symbol.asyncIterator]();
  let chunk: Buffer = empty;
  let at = 0;
  let before = 0;
  let ended = false;

  /** The next chunk with bytes in it; false at the end. */
  const advance = async (): Promise<boolean> => {
    while (!ended) {
      before += chunk.length;
      chunk = empty;
      at = 0;
      const next = await iterator.next();
      if (next.done === true) {
        ended = true;
        return false;
      }
      const bytes = next.value;
      if (bytes.length === 0) continue;
      chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      return true;
    }
    return false;
  };

  const input: ByteInput = {
    get position() {
      return before + at;
    },
    takeNow(length) {
      if (chunk.length - at < length) return null;
      const taken = chunk.subarray(at, at + length);
      at += length;
      return taken;
    },
    async take(length) {
      const now = input.takeNow(length);
      if (now !== null) return now;
      const pieces: Buffer[] = [];
      let missing = length;
      while (missing > 0) {
        const piece = await input.some(missing);
        if (piece.length === 0) break;
        pieces.push(piece);
        missing -= piece.length;
      }
      return Buffer.concat(pieces);
    },
    async some(most) {
      if (at === chunk.length && !(await advance())) return empty;
      const taken = chunk.subarray(at, Math.min(chunk.length, at + most));
      at += taken.length;
      return taken;
    },
    skipNow(length) {
      if (chunk.length - at < length) return false;
      at += length;
      return true;
    },
    async skip(length) {
      let missing = length;
      while (missing > 0) {
        if (at === chunk.length && !(await advance())) return false;
        const step = Math.min(missing, chunk.length - at);
        at += step;
        missing -= step;
      }
      return true;
    },
    giveBack(length) {
      at -= length;
    },
    async *rest() {
      for (let piece = await input.some(Infinity); piece.length > 0; piece = await input.some(Infinity)) yield piece;
    },
    async finish() {
      at = chunk.length;
      while (await advance()) at = chunk.length;
    },
    async close() {
      if (ended) return;
      ended = true;
      await iterator.return?.();
    },
  };
  return input;
}

/** The fault of a tar that ends before it should. */
export function cutOff(position: number, where: string): Fault {
  return new Fault('image/corrupt', `tar ends at byte ${position}, inside ${where}: it is cut off`);
}
