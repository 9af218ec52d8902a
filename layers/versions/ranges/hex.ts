import { comparison, span } from '../bounds.ts';
import type { Refused } from '../define-comparator.ts';
import { defineRangeSyntax, type Union } from '../define-range-syntax.ts';
import { endAt, readPartialVersion } from '../partial-version.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * Elixir's requirements (Version): terms joined by `and` (advisories write a comma), alternatives by `or`; `~> 2.1` ends
 * before 3.0.0 and `~> 2.1.3` before 2.2.0, pre-releases of those left out.
 */
export const hex: RangeSyntax = defineRangeSyntax({
  name: 'hex',
  alternatives: (text) => text.split(/\sor\s|\|\|/),
  demands: (alternative) => alternative.split(/\sand\s|,/).map(demandOf),
});

function demandOf(term: string): Union | Refused {
  const [, operator = '==', version] = /^\s*(==|=|!=|<=|>=|<|>|~>)?\s*([0-9][^\s<>=!~]*)\s*$/.exec(term) ?? [];
  if (version === undefined)
    return { refused: `'${term.trim().slice(0, 80)}' is not a version with or without an operator` };
  return operator === '~>' ? approximately(version) : comparison(operator, version);
}

function approximately(version: string): Union | Refused {
  const partial = readPartialVersion(version);
  if (partial === null || partial.numbers.length < 2)
    return { refused: `~> needs two or three numbers: '${version.slice(0, 80)}'` };
  return [span(version, endAt(partial, partial.numbers.length - 2))];
}
