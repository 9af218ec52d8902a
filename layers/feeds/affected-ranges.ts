import { isOnly } from '#versions/bounds.ts';
import type { Bounds } from '#versions/interval.ts';
import type { AffectedRange } from './advisory.ts';

/**
 * The ranges of one package, as a range syntax read them (`rangeSyntaxes`), in the words of an advisory. Single versions
 * (`= 1.2.3`, `dev-main`) become one list, so that one that the scheme cannot place is still found by its text.
 *
 * `said` is the same for all of them. Its state is `fixed` only where each end is a mend: an end that the syntax implies
 * (`^1.2` ends before `2.0.0-0`, Composer's `<1.4` before `1.4-dev`) is none.
 */
export function affectedRanges(
  ranges: readonly Bounds[],
  said: Omit<AffectedRange, keyof Bounds | 'versions'>,
): readonly AffectedRange[] {
  const stretches = ranges.filter((bounds) => !isOnly(bounds)).map((bounds) => ({ ...said, ...bounds }));
  const versions = ranges.filter(isOnly).flatMap(({ introduced }) => introduced ?? []);
  if (versions.length === 0) return stretches;
  return [...stretches, { ...said, introduced: null, fixed: null, lastAffected: null, versions }];
}
