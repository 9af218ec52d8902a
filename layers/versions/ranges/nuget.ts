import { from } from '../bounds.ts';
import { readBracketSet, splitBracketSets } from '../bracket-sets.ts';
import { defineRangeSyntax } from '../define-range-syntax.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * NuGet's version ranges (VersionRange): `[1.0,2.0)`, `(,1.5]`, `[1.2]`, and a bare `1.0` for that and everything above, as a
 * floating `1.*` is. Several sets with commas between them, which NuGet does not know, are read as advisories mean them.
 */
export const nuget: RangeSyntax = defineRangeSyntax({
  name: 'nuget',
  alternatives: splitBracketSets,
  demands(set) {
    if (!/^[[(]/.test(set)) {
      const floor = floorOf(set);
      return [floor === '' ? { refused: `'${set.slice(0, 80)}' is no version` } : [from(floor)]];
    }
    if (/^.\s*,\s*.$/.test(set)) return [{ refused: 'a set without ends' }];
    const bounds = readBracketSet(set);
    if ('refused' in bounds || !bounds.introduced?.includes('*')) return ['refused' in bounds ? bounds : [bounds]];
    return [[{ ...bounds, introduced: floorOf(bounds.introduced) }]];
  },
});

/** The lowest version a floating one stands for: `1.*` from 1.0, `1.2.0-*` from 1.2.0-0, `*` from 0.0. */
function floorOf(text: string): string {
  const [, numbers = '', prerelease] =
    /^([0-9]+(?:\.[0-9]+)*)?(?:\.?\*)?(-[0-9A-Za-z.+-]*\*?|\+[0-9A-Za-z.+-]*)?$/.exec(text) ?? [];
  if (numbers === '') return text === '*' ? '0.0' : '';
  const open = text.startsWith(`${numbers}.*`) ? '.0' : '';
  return `${numbers}${open}${prerelease?.replace(/\.?\*$/, '').replace(/^-$/, '-0') ?? ''}`;
}
