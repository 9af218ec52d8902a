/** Draws by lot that are the same in every run. */
export interface Lots {
  /** At least 0 and below 1. */
  readonly share: () => number;
  /** A whole number below `below`. */
  readonly below: (below: number) => number;
  /** A place in a list of this length; the second is drawn half as often as the first, the third a third as often (Zipf's law). */
  readonly popular: (length: number) => number;
}

/** Lots of a seed: mulberry32, whose period of 2^32 is enough for the names of a million images. */
export function lots(seed: number): Lots {
  let state = seed >>> 0;
  const share = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  // The integral of 1/x in the place of its sum: no tables, and the same shape.
  return {
    share,
    below: (below) => Math.floor(share() * below),
    popular: (length) => Math.min(length - 1, Math.floor((length + 1) ** share()) - 1),
  };
}
