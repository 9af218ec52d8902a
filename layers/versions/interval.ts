import type { Comparator, KeyInterval, Undecidable } from './comparator.ts';

/** The ends of a range as an advisory writes them (OSV's words). */
export interface Bounds {
  /** First affected version; null or `0` is from the beginning. */
  readonly introduced: string | null;
  /** The version that all affected ones are above, where upstream says that instead of `introduced`. */
  readonly introducedAfter?: string;
  /** First version that is not affected any more. */
  readonly fixed: string | null;
  /** Last affected version. Looked at only when there is no `fixed`. */
  readonly lastAffected: string | null;
}

/** An interval that at least one key can lie in. */
export interface Interval extends KeyInterval {
  readonly kind: 'interval';
}

/** Bounds that no version lies between: a record to be set aside, not one that affects nothing. */
export interface Empty {
  readonly kind: 'empty';
  readonly reason: string;
}

/**
 * The keys from `introduced` on, or above `introducedAfter`, and before `fixed`, or up to and including `lastAffected`. `0` as the first affected
 * version is the beginning and not the key of 0, since `0~rc`, `0.dev0` and `0-alpha` sort below that. Undecidable names
 * the bound that failed.
 */
export function interval(comparator: Comparator, bounds: Bounds): Interval | Empty | Undecidable {
  const { fixed, lastAffected } = bounds;
  const lo = beginningOf(comparator, bounds);
  if (!(lo instanceof Uint8Array)) return ofBound('introduced', lo);
  if (fixed !== null) {
    const hi = comparator.start(fixed);
    return hi instanceof Uint8Array ? between(lo, hi, bounds) : ofBound('fixed', hi);
  }
  const hi = lastAffected === null ? endless : comparator.end(lastAffected);
  return hi instanceof Uint8Array ? between(lo, hi, bounds) : ofBound('last affected', hi);
}

/** The keys that are the same as `version`: with its local builds in PEP 440, with all releases for an rpm without one. */
export function exactly(comparator: Comparator, version: string): Interval | Undecidable {
  const lo = comparator.start(version);
  if (!(lo instanceof Uint8Array)) return lo;
  const hi = comparator.end(version);
  return hi instanceof Uint8Array ? { kind: 'interval', lo, hi } : hi;
}

/** True when the key lies in the interval. */
export function contains({ lo, hi }: KeyInterval, key: Uint8Array): boolean {
  return compareBytes(lo, key) <= 0 && compareBytes(key, hi) < 0;
}

/** Orders bytes as memcmp and PostgreSQL's bytea do: a proper prefix first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const difference = a[at]! - b[at]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const beginning = new Uint8Array();
const endless = Uint8Array.of(0xff);

function beginningOf(comparator: Comparator, bounds: Bounds): Uint8Array | Undecidable {
  const { introduced, introducedAfter, lastAffected } = bounds;
  if (introducedAfter !== undefined) return comparator.end(introducedAfter);
  // From 0 to 0 is that one version.
  return introduced === null || (introduced === '0' && lastAffected !== '0') ? beginning : comparator.start(introduced);
}

function between(lo: Uint8Array, hi: Uint8Array, bounds: Bounds): Interval | Empty {
  if (compareBytes(lo, hi) < 0) return { kind: 'interval', lo, hi };
  const end = bounds.fixed === null ? `last affected ${bounds.lastAffected}` : `fixed ${bounds.fixed}`;
  const start = bounds.introducedAfter === undefined ? 'from' : 'after';
  const first = bounds.introducedAfter ?? bounds.introduced ?? 'the beginning';
  return { kind: 'empty', reason: `no version lies ${start} ${first} to ${end}` };
}

function ofBound(bound: string, failed: Undecidable): Undecidable {
  return { ...failed, reason: `${bound} '${failed.text.slice(0, 80)}': ${failed.reason}` };
}
