import { Fault } from '#core/fault.ts';

/** What is being read, and how many bytes of it are missing. */
type Part = 'magic' | 'skip length' | 'skipped' | 'descriptor' | 'header' | 'block header' | 'block' | 'checksum';

/** Parts whose bytes are a number that decides what follows. */
const numbers: ReadonlySet<Part> = new Set<Part>(['magic', 'skip length', 'descriptor', 'block header']);

const frameMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/**
 * Zstd data in pieces of which none reaches over the end of a frame; skippable frames are left out. Node's decoder drops
 * what stands behind the end of a frame in the same write, and layers with a frame for each file (zstd:chunked) have
 * thousands of ends. Only lengths are looked at (RFC 8878, 3.1.1): nothing is decoded. Throws `image/corrupt` when the
 * data is cut off or something else than a frame follows.
 */
export async function* zstdFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let part: Part = 'magic';
  let left = 4;
  let value = 0;
  let shift = 0;
  let descriptor = 0;
  let last = false;
  let before = 0;

  const begin = (next: Part, length: number) => {
    part = next;
    left = length;
    value = 0;
    shift = 0;
  };
  /** Goes on to what follows a part that is complete; says what became of the frame. */
  const advance = (at: number): 'begun' | 'ended' | 'going on' => {
    switch (part) {
      case 'magic':
        if (value >>> 4 === 0x184d2a5) begin('skip length', 4);
        else if (value >>> 0 !== 0xfd2fb528) {
          throw new Fault('image/corrupt', `zstd data is damaged: no frame begins at byte ${at - 4}`);
        } else {
          begin('descriptor', 1);
          return 'begun';
        }
        return 'going on';
      case 'skip length':
        begin('skipped', value >>> 0);
        return 'going on';
      case 'skipped':
        begin('magic', 4);
        return 'going on';
      case 'descriptor':
        descriptor = value;
        begin('header', headerLength(descriptor) - 1);
        return 'going on';
      case 'block header': {
        last = (value & 1) === 1;
        const repeated = ((value >> 1) & 3) === 1;
        begin('block', repeated ? 1 : value >> 3);
        return 'going on';
      }
      case 'header':
        begin('block header', 3);
        return 'going on';
      case 'block':
        if (!last) begin('block header', 3);
        else if ((descriptor & 4) !== 0) begin('checksum', 4);
        else {
          begin('magic', 4);
          return 'ended';
        }
        return 'going on';
      case 'checksum':
        begin('magic', 4);
        return 'ended';
    }
  };

  for await (const chunk of chunks) {
    let at = 0;
    let from = part === 'magic' || part === 'skip length' || part === 'skipped' ? -1 : 0;
    while (at < chunk.length || left === 0) {
      const end = Math.min(chunk.length, at + left);
      left -= end - at;
      if (numbers.has(part)) {
        for (; at < end; at++, shift += 8) value |= chunk[at]! << shift;
      }
      at = end;
      if (left > 0) break;
      const became = advance(before + at);
      if (became === 'begun') {
        if (at < 4) yield frameMagic;
        from = at < 4 ? at : at - 4;
      } else if (became === 'ended') {
        yield chunk.subarray(from, at);
        from = -1;
      }
    }
    if (from >= 0 && from < at) yield chunk.subarray(from, at);
    before += chunk.length;
  }
  if (part !== 'magic' || left !== 4) throw new Fault('image/corrupt', 'zstd data is cut off before its end');
}

/** Bytes of the frame header that begins with this descriptor: window, dictionary id and content size. */
function headerLength(descriptor: number): number {
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const content = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  return 1 + (single ? 0 : 1) + dictionary + content;
}
