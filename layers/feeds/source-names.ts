import type { AffectedRange } from './advisory.ts';

/**
 * A range of an upstream that names an rpm by its source package, or by a binary one without saying which: said of the binary
 * package of this name and of all that are built from the source of this name.
 */
export function binaryAndSource(range: AffectedRange): readonly AffectedRange[] {
  return [range, { ...range, name: `${range.name}.src` }];
}
