/** Random numbers that come again with the same seed, so that a failure can be repeated. */
export interface SeededRandom {
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  pick<T>(from: ArrayLike<T>): T;
  /** True once in `times`. */
  once(times: number): boolean;
}

/** A generator after Marsaglia's xorshift with 32 bits of state. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0 || 1;
  const below = (limit: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return {
    below,
    pick: (from) => from[below(from.length)]!,
    once: (times) => below(times) === 0,
  };
}
