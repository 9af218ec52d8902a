import type { Comparator } from './comparator.ts';
import type { Bounds } from './interval.ts';

/** Longest text that is looked at; a longer one is unreadable. */
export const maxRangeLength = 20_000;

/** What a text says of versions. */
export type RangeReading = Ranges | NoVersions | Unreadable;

/** The versions that lie in any of the ranges, of which there is one at least. */
export interface Ranges {
  readonly kind: 'ranges';
  readonly ranges: readonly Bounds[];
}

/** The text can be read, and no version satisfies it (`>2 <1`). */
export interface NoVersions {
  readonly kind: 'empty';
  readonly reason: string;
}

/** A text that is not of the syntax: a result to be shown, never "not affected". */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly reason: string;
}

/**
 * A way to write ranges of versions. Pure, accepts any text, never throws.
 *
 * Bounds are versions of the comparator's scheme. One that the syntax only implies is the lowest version it can name there:
 * `^1.2` ends before `2.0.0-0`, so such a `fixed` is a bound and no mend. A bound that the scheme cannot place is given as it
 * stands wherever it need not be compared; whoever makes an interval of it hears that it is undecidable.
 */
export interface RangeSyntax {
  /** The name of the syntax, as the key in `rangeSyntaxes`. */
  readonly name: string;
  parse(text: string, comparator: Comparator): RangeReading;
}
