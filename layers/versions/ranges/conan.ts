import { comparison, everything, span } from '../bounds.ts';
import type { Refused } from '../define-comparator.ts';
import { defineRangeSyntax, type Union } from '../define-range-syntax.ts';
import { caretPlace, plusOne } from '../partial-version.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * Conan's version ranges: `[>=1.0 <2.0]`, `[~1.2 || ^2.1, include_prerelease]`, `*`; blanks and commas join what all holds, a
 * bare version is exact. `~1.2.3` and `~1.2` end before 1.3, `^1.2` before 2, pre-releases of those left out.
 */
export const conan: RangeSyntax = defineRangeSyntax({
  name: 'conan',
  alternatives: (text) => (/^\[[^[\]]*\]$/.test(text) ? text.slice(1, -1) : text).split('||'),
  demands: (alternative) =>
    alternative
      .replace(/(<=|>=|<|>|=|\^|~)\s+/g, '$1')
      .split(/[\s,]+/)
      .filter((term) => term !== '' && !/^(?:include_prerelease|loose)(?:=\w*)?$/.test(term))
      .map(demandOf),
});

function demandOf(term: string): Union | Refused {
  const [, operator = '', version] = /^(<=|>=|<|>|=|\^|~)?([^\s<>=^~[\]]+)$/.exec(term) ?? [];
  if (version === undefined) return { refused: `'${term.slice(0, 80)}' is not a version with or without an operator` };
  if (version === '*') return [everything];
  if (operator !== '^' && operator !== '~') return comparison(operator, version);
  const numbers = /^v?([0-9]+(?:\.[0-9]+)*)/.exec(version)?.[1]?.split('.') ?? [];
  if (numbers.length === 0) return { refused: `'${term.slice(0, 80)}' does not begin with a number` };
  return [span(version, endAt(numbers, operator === '~' ? Math.min(1, numbers.length - 1) : caretPlace(numbers)))];
}

/** The lowest pre-release of the next: `dev` stands below all other words. */
function endAt(numbers: readonly string[], place: number): string {
  return `${[...numbers.slice(0, place), plusOne(numbers[place] ?? '0')].join('.')}-dev`;
}
