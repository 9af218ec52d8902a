import type { Comparator, Undecidable } from './comparator.ts';
import { type Bounds, compareBytes, type Empty, interval } from './interval.ts';

/** Every version. */
export const everything: Bounds = { introduced: null, fixed: null, lastAffected: null };

/** `>= version` */
export function from(version: string): Bounds {
  return { ...everything, introduced: version };
}

/** `> version` */
export function after(version: string): Bounds {
  return { ...everything, introducedAfter: version };
}

/** `< version` */
export function before(version: string): Bounds {
  return { ...everything, fixed: version };
}

/** `<= version` */
export function through(version: string): Bounds {
  return { ...everything, lastAffected: version };
}

/** `= version` */
export function only(version: string): Bounds {
  return { ...everything, introduced: version, lastAffected: version };
}

/** `>= first`, `< end` */
export function span(first: string, end: string): Bounds {
  return { ...everything, introduced: first, fixed: end };
}

/**
 * What an operator demands, where it means the plain order of versions: `<` `<=` `>` `>=`, `!=` and `<>` (two ranges), and
 * equality for anything else.
 */
export function comparison(operator: string, version: string): readonly Bounds[] {
  switch (operator) {
    case '<':
      return [before(version)];
    case '<=':
      return [through(version)];
    case '>':
      return [after(version)];
    case '>=':
      return [from(version)];
    case '!=':
    case '<>':
      return [before(version), after(version)];
    default:
      return [only(version)];
  }
}

/** True for bounds that one version and its spellings satisfy: `= version`. */
export function isOnly({ introduced, introducedAfter, fixed, lastAffected }: Bounds): boolean {
  return introduced !== null && introduced === lastAffected && fixed === null && introducedAfter === undefined;
}

/** The versions that satisfy both: the higher beginning and the lower end. Undecidable when two ends of a kind cannot be compared. */
export function common(a: Bounds, b: Bounds, comparator: Comparator): Bounds | Empty | Undecidable {
  const low = higherStart(a, b, comparator);
  if ('kind' in low) return low;
  const high = lowerEnd(a, b, comparator);
  if ('kind' in high) return high;
  const both = { ...low, fixed: high.fixed, lastAffected: high.lastAffected };
  const found = interval(comparator, both);
  return found.kind === 'empty' ? found : both;
}

/** What lies below the bounds and what lies above them: none, one or two ranges. */
export function outside(bounds: Bounds): readonly Bounds[] {
  const { introduced, introducedAfter, fixed, lastAffected } = bounds;
  const below = isOpenBelow(bounds)
    ? []
    : [introducedAfter === undefined ? before(introduced ?? '0') : through(introducedAfter)];
  if (fixed !== null) return [...below, from(fixed)];
  return lastAffected === null ? below : [...below, after(lastAffected)];
}

/** From 0 on is from the beginning, but from 0 to 0 is that version. */
function isOpenBelow({ introduced, introducedAfter, lastAffected }: Bounds): boolean {
  return introducedAfter === undefined && (introduced === null || (introduced === '0' && lastAffected !== '0'));
}

function higherStart(a: Bounds, b: Bounds, comparator: Comparator): Bounds | Undecidable {
  if (isOpenBelow(b)) return a;
  if (isOpenBelow(a)) return b;
  const one = interval(comparator, { ...a, fixed: null, lastAffected: null });
  if (one.kind === 'undecidable') return one;
  const two = interval(comparator, { ...b, fixed: null, lastAffected: null });
  if (two.kind === 'undecidable') return two;
  return one.kind === 'empty' || (two.kind === 'interval' && compareBytes(one.lo, two.lo) >= 0) ? a : b;
}

function lowerEnd(a: Bounds, b: Bounds, comparator: Comparator): Bounds | Undecidable {
  if (b.fixed === null && b.lastAffected === null) return a;
  if (a.fixed === null && a.lastAffected === null) return b;
  const one = interval(comparator, { ...everything, fixed: a.fixed, lastAffected: a.lastAffected });
  if (one.kind === 'undecidable') return one;
  const two = interval(comparator, { ...everything, fixed: b.fixed, lastAffected: b.lastAffected });
  if (two.kind === 'undecidable') return two;
  return one.kind === 'empty' || (two.kind === 'interval' && compareBytes(one.hi, two.hi) <= 0) ? a : b;
}
