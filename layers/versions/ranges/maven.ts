import { everything } from '../bounds.ts';
import { readBracketSet, splitBracketSets } from '../bracket-sets.ts';
import { defineRangeSyntax } from '../define-range-syntax.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * Maven's version ranges (VersionRange): `[1.0,2.0),(,1.5]`, `[1.2]`. A bare version is a recommendation that any version
 * satisfies.
 */
export const maven: RangeSyntax = defineRangeSyntax({
  name: 'maven',
  alternatives: splitBracketSets,
  demands(set) {
    if (/^[[(]/.test(set)) {
      const bounds = readBracketSet(set);
      return ['refused' in bounds ? bounds : [bounds]];
    }
    return [/^[^\s,)\]]+$/.test(set) ? [everything] : { refused: `'${set.slice(0, 80)}' is no version` }];
  },
});
