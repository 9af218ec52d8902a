import { after, before, comparison, from, span } from '../bounds.ts';
import type { Refused } from '../define-comparator.ts';
import { defineRangeSyntax, type Union } from '../define-range-syntax.ts';
import { plusOne } from '../partial-version.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * Python's version specifiers (PEP 440, "Version specifiers"): `>=1.0,<1.4.2`, `~=2.2`, `==1.4.*`, `!=1.5`; terms between commas
 * all hold, `||` between such lists is read too, an empty list demands nothing. `<` and `>` leave out pre- and post-releases of
 * the release they name; of a pre- or post-release they are plain order, where packaging leaves out some more. `===` is read
 * as `==`.
 */
export const pep440: RangeSyntax = defineRangeSyntax({
  name: 'pep440',
  alternatives: (text) => text.split('||'),
  demands: (alternative) =>
    alternative
      .split(',')
      .map((term) => term.trim())
      .filter((term) => term !== '')
      .map(demandOf),
});

function demandOf(term: string): Union | Refused {
  const [, operator = '==', version] = /^(~=|===?|!=|<=|>=|<|>)?\s*([^\s<>=~]+)$/.exec(term) ?? [];
  const [, epoch = '', release, rest = ''] = /^v?([0-9]+!)?([0-9]+(?:\.[0-9]+)*)(.*)$/i.exec(version ?? '') ?? [];
  if (version === undefined || release === undefined) {
    return { refused: `'${term.slice(0, 80)}' is not a version with or without an operator` };
  }
  const numbers = release.split('.');
  if (rest === '.*') return ofPrefix(operator, epoch, numbers);
  switch (operator) {
    case '~=': {
      if (numbers.length < 2) return { refused: `~= needs two numbers or more: '${term.slice(0, 80)}'` };
      return [span(version, endOf(epoch, numbers.slice(0, -1)))];
    }
    case '<':
      return [before(rest === '' ? `${version}.dev0` : version)];
    case '>':
      return [after(rest === '' ? `${version}.post${highestPost}` : version)];
    default:
      return comparison(operator, version);
  }
}

/** Above any post-release that was ever made. */
const highestPost = '9'.repeat(30);

function ofPrefix(operator: string, epoch: string, numbers: readonly string[]): Union | Refused {
  const first = `${epoch}${numbers.join('.')}.dev0`;
  const end = endOf(epoch, numbers);
  if (operator === '==') return [span(first, end)];
  if (operator === '!=') return [before(first), from(end)];
  return { refused: `a wildcard after ${operator}` };
}

/** The lowest version with the last number plus one. */
function endOf(epoch: string, numbers: readonly string[]): string {
  return `${epoch}${[...numbers.slice(0, -1), plusOne(numbers.at(-1) ?? '0')].join('.')}.dev0`;
}
