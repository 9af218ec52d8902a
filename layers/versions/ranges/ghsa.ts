import { comparison, everything } from '../bounds.ts';
import type { Refused } from '../define-comparator.ts';
import { defineRangeSyntax, type Union } from '../define-range-syntax.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * Ranges as GitHub's advisories write them for every ecosystem (`vulnerable_version_range`): `>= 1.0.0, < 1.2.3`, `= 1.0.4`,
 * `<= 2.1`; terms between commas all hold. `||` between such lists, and a bare version for `=`, are read too.
 */
export const ghsa: RangeSyntax = defineRangeSyntax({
  name: 'ghsa',
  alternatives: (text) => text.split('||'),
  demands: (alternative) => alternative.split(',').map(demandOf),
});

function demandOf(term: string): Union | Refused {
  const [, operator = '=', version] = /^\s*(==?|!=|<=|>=|<|>)?\s*([^\s<>=!,]+)\s*$/.exec(term) ?? [];
  if (version === undefined)
    return { refused: `'${term.trim().slice(0, 80)}' is not a version with or without an operator` };
  // `> 0` is how a whole package is called malicious.
  return operator === '>' && version === '0' ? [everything] : comparison(operator, version);
}
