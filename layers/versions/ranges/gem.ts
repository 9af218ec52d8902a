import { comparison, span } from '../bounds.ts';
import type { Refused } from '../define-comparator.ts';
import { defineRangeSyntax, type Union } from '../define-range-syntax.ts';
import { plusOne } from '../partial-version.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * Requirements of RubyGems (Gem::Requirement), as RubySec lists them: `~> 2.3.2`, `>= 1.0, < 1.4.1`; terms between commas all
 * hold. `~> 1.2.3` ends before 1.3 and its pre-releases. An empty text demands nothing.
 */
export const gem: RangeSyntax = defineRangeSyntax({
  name: 'gem',
  alternatives: (text) => text.split('||'),
  demands: (alternative) => (alternative.trim() === '' ? [] : alternative.split(',').map(demandOf)),
});

function demandOf(term: string): Union | Refused {
  const [, operator = '=', version] = /^\s*(=|!=|<=|>=|<|>|~>)?\s*([0-9][0-9A-Za-z.-]*)\s*$/.exec(term) ?? [];
  if (version === undefined)
    return { refused: `'${term.trim().slice(0, 80)}' is not a version with or without an operator` };
  return operator === '~>' ? [span(version, endOf(version))] : comparison(operator, version);
}

/** Gem::Version's bump: the numbers before the first letters, without the last unless it is alone, plus one; `A` is the lowest pre-release. */
function endOf(version: string): string {
  const [numbers = '0'] = /^[0-9]+(?:\.[0-9]+(?![0-9A-Za-z]))*/.exec(version) ?? [];
  const kept = numbers.split('.');
  if (kept.length > 1) kept.pop();
  return [...kept.slice(0, -1), plusOne(kept.at(-1) ?? '0'), 'A'].join('.');
}
