/**
 * Copies of some bytes, each with one to four things wrong: a bit turned, a number put to an extreme, a piece moved over
 * another, the end cut off. The same seed gives the same copies, so that a failure can be repeated.
 */
export function* damagedCopies(bytes: Uint8Array, seed: number, count: number): Generator<Buffer> {
  let state = seed | 0 || 1;
  const below = (limit: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, limit);
  };
  for (let made = 0; made < count; made++) {
    let copy = Buffer.from(bytes);
    for (let wrongs = 1 + below(4); wrongs > 0 && copy.length > 8; wrongs--) {
      const at = below(copy.length - 8);
      const kind = below(8);
      if (kind < 3) copy[at]! ^= 1 << below(8);
      else if (kind < 5) copy.set(extremes[below(extremes.length)]!, at);
      else if (kind < 7) copy.copyWithin(at, below(copy.length), below(copy.length));
      else if (wrongs === 1) copy = copy.subarray(0, below(copy.length));
    }
    yield copy;
  }
}

const extremes = [
  '00',
  'ff',
  '0000',
  'ffff',
  '00000000',
  'ffffffff',
  'ffffff7f',
  '7fffffff',
  'ffffffffffffffff',
  '0000000000000080',
].map((hex) => Buffer.from(hex, 'hex'));
