import { after, before, everything, from, only, span, through } from '../bounds.ts';
import type { Refused } from '../define-comparator.ts';
import { defineRangeSyntax, type Union } from '../define-range-syntax.ts';
import { caretPlace, endAt, firstOf, type PartialVersion, readPartialVersion } from '../partial-version.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * npm's ranges (node-semver): `^1.2 || ~2.0.1 || >=3.0.0 <3.1.4 || 4.x || 5.0.0 - 5.2`, commas read as blanks. Pre-releases lie
 * where they stand in the order (npm's `includePrerelease`), for npm's own rule, by which a range holds only those of versions
 * it names, is about what to install and not about what is affected.
 */
export const npm: RangeSyntax = defineRangeSyntax({
  name: 'npm',
  alternatives: (text) => text.split('||').map((part) => part.trim()),
  demands(alternative) {
    const [, first, last] = /^(\S+)\s+-\s+(\S+)$/.exec(alternative) ?? [];
    if (first !== undefined && last !== undefined) return [hyphen(first, last)];
    const terms = alternative.replace(/(<=|>=|<|>|=|\^|~>?)\s+/g, '$1').split(/[\s,]+/);
    return terms.filter((term) => term !== '').map(demandOf);
  },
});

function hyphen(first: string, last: string): Union | Refused {
  const low = readPartialVersion(first);
  const high = readPartialVersion(last);
  if (low === null || high === null) return { refused: `'${first} - ${last}' is not between two versions` };
  const start = low.prerelease === '' ? `${firstOf({ ...low, prerelease: '' }, '')}-0` : firstOf(low, '');
  const begun = low.numbers.length === 0 ? everything : from(start);
  if (high.numbers.length === 0) return [begun];
  const end = high.prerelease === '' ? before(endAt(high, high.numbers.length - 1)) : through(firstOf(high, ''));
  return [{ ...begun, fixed: end.fixed, lastAffected: end.lastAffected }];
}

function demandOf(term: string): Union | Refused {
  const [, operator = '', text = ''] = /^(<=|>=|<|>|=|\^|~>?)?(.*)$/.exec(term) ?? [];
  const version = readPartialVersion(text);
  if (version === null) return { refused: `'${term.slice(0, 80)}' is not a version with or without an operator` };
  return rangesOf(operator, version);
}

function rangesOf(operator: string, version: PartialVersion): Union {
  const given = version.numbers.length;
  if (given === 0) return operator === '<' || operator === '>' ? [] : [everything];
  const first = firstOf(version, '-0');
  const last = given - 1;
  switch (operator) {
    case '^':
      return [span(first, endAt(version, caretPlace(version.numbers)))];
    case '~':
    case '~>':
      return [span(first, endAt(version, Math.min(1, last)))];
    case '<':
      return [before(first)];
    case '>=':
      return [from(first)];
    case '>':
      return [given === 3 ? after(first) : from(endAt(version, last))];
    case '<=':
      return [given === 3 ? through(first) : before(endAt(version, last))];
    default:
      return [given === 3 ? only(first) : span(first, endAt(version, last))];
  }
}
