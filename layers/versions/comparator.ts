/** Longest version text that is looked at; a longer one is undecidable before any parsing (keys stay under 1,300 bytes). */
export const maxVersionLength = 256;

/** A version that the scheme can place. `key` sorts bytewise as the scheme orders; no key is a proper prefix of another; the first byte is never 0xff. */
export interface ParsedVersion {
  readonly kind: 'version';
  readonly text: string;
  readonly key: Uint8Array;
}

/** A text that the scheme cannot place: a result to be shown, never "not affected". */
export interface Undecidable {
  readonly kind: 'undecidable';
  readonly text: string;
  readonly reason: string;
}

/** A version scheme. Pure; every method accepts any text and never throws. */
export interface Comparator {
  /** The name of the scheme, as the key in `comparators`. */
  readonly scheme: string;
  /** Raised whenever a key changes, so that stored keys are known to be old. */
  readonly rules: number;
  parse(text: string): ParsedVersion | Undecidable;
  /** Negative, 0 or positive as `a` is below, the same as, or above `b`; Undecidable when either cannot be parsed. */
  compare(a: string, b: string): number | Undecidable;
  /** The order-preserving key, or Undecidable. */
  key(text: string): Uint8Array | Undecidable;
  /** Where "from `text` on" begins, and so where "before `text`" ends: the key; for an rpm without a release, below all its releases. */
  start(text: string): Uint8Array | Undecidable;
  /** Where "up to and including `text`" ends (exclusive): key + 00; PEP 440 includes local builds, an rpm without a release all its releases. */
  end(text: string): Uint8Array | Undecidable;
}

/** A half-open interval of keys: `lo <= key < hi`. Empty `lo` is "from the beginning", a single 0xff in `hi` is "no upper bound". */
export interface KeyInterval {
  readonly lo: Uint8Array;
  readonly hi: Uint8Array;
}
