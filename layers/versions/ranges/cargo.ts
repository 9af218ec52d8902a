import { after, before, everything, from, only, span, through } from '../bounds.ts';
import type { Refused } from '../define-comparator.ts';
import { defineRangeSyntax, type Union } from '../define-range-syntax.ts';
import { caretPlace, endAt, firstOf, type PartialVersion, readPartialVersion } from '../partial-version.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * Cargo's requirements, which RustSec writes too (the semver crate): terms between commas that all hold, `^` where no operator
 * stands. Pre-releases lie where they stand in the order.
 */
export const cargo: RangeSyntax = defineRangeSyntax({
  name: 'cargo',
  alternatives: (text) => [text],
  demands: (alternative) => alternative.split(',').map(demandOf),
});

function demandOf(term: string): Union | Refused {
  const [, operator = '', text = ''] = /^\s*(<=|>=|<|>|=|\^|~)?\s*(\S*)\s*$/.exec(term) ?? [];
  const version = readPartialVersion(text);
  if (version === null)
    return { refused: `'${term.trim().slice(0, 80)}' is not a version with or without an operator` };
  const wild = /[xX*]/.test(text) && operator === '';
  return rangesOf(wild ? '=' : operator, version);
}

function rangesOf(operator: string, version: PartialVersion): Union {
  const given = version.numbers.length;
  if (given === 0) return [everything];
  const first = firstOf(version, '');
  const last = given - 1;
  switch (operator) {
    case '=':
      return [given === 3 ? only(first) : span(first, endAt(version, last))];
    case '~':
      return [span(first, endAt(version, Math.min(1, last)))];
    case '<':
      return [before(firstOf(version, '-0'))];
    case '>=':
      return [from(first)];
    case '>':
      return [given === 3 ? after(first) : from(endAt(version, last))];
    case '<=':
      return [given === 3 ? through(first) : before(endAt(version, last))];
    default:
      return [span(first, endAt(version, caretPlace(version.numbers)))];
  }
}
