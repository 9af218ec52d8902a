import { after, before, everything, from, only, through } from './bounds.ts';
import type { Refused } from './define-comparator.ts';
import type { Bounds } from './interval.ts';

/**
 * The sets of `[1.0,2.0),(,1.5]` as texts, or of a text without brackets the whole text; a comma between sets may be missing.
 * A bracket takes its end in, a parenthesis leaves it out.
 */
export function splitBracketSets(text: string): readonly string[] | Refused {
  if (!/[[(]/.test(text)) return [text];
  const sets: string[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole, set] = /^([[(][^[\]()]*[\])])\s*(?:,\s*)?/.exec(rest) ?? [];
    if (whole === undefined || set === undefined) return { refused: `'${rest.slice(0, 80)}' is no set in brackets` };
    sets.push(set);
    rest = rest.slice(whole.length);
  }
  return sets;
}

/** What stands in one pair of brackets: nothing but an end each may be missing. */
export function readBracketSet(set: string): Bounds | Refused {
  const ends = set
    .slice(1, -1)
    .split(',')
    .map((end) => end.trim());
  const [low = '', high = ''] = ends;
  if (ends.length > 2) return { refused: `'${set.slice(0, 80)}' has more than two ends` };
  if (ends.length === 1) {
    if (set.startsWith('[') && set.endsWith(']') && low !== '') return only(low);
    return { refused: `'${set.slice(0, 80)}' has neither two ends nor is it [version]` };
  }
  const start = low === '' ? everything : set.startsWith('[') ? from(low) : after(low);
  const end = high === '' ? everything : set.endsWith(']') ? through(high) : before(high);
  return { ...start, fixed: end.fixed, lastAffected: end.lastAffected };
}
