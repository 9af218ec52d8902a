import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canSatisfy } from '#policy/license-expression.ts';

const allowed = new Set(['MIT', 'Apache-2.0', 'GPL-2.0-only WITH Classpath-exception-2.0', 'Some free text']);
const asked = (expression: string) => canSatisfy(expression, (license) => allowed.has(license));

/** Expression, and whether it can be satisfied with what is allowed. */
const cases: readonly (readonly [string, boolean])[] = [
  ['MIT', true],
  ['GPL-3.0-only', false],
  ['MIT OR GPL-3.0-only', true],
  ['MIT AND GPL-3.0-only', false],
  ['MIT AND Apache-2.0', true],
  ['GPL-3.0-only OR MIT AND Apache-2.0', true],
  ['(GPL-3.0-only OR MIT) AND Apache-2.0', true],
  ['(GPL-3.0-only OR MIT) AND BSD-3-Clause', false],
  ['MIT AND GPL-3.0-only OR Apache-2.0', true],
  ['((MIT))', true],
  ['GPL-2.0-only WITH Classpath-exception-2.0', true],
  ['GPL-2.0-only WITH Other-exception', false],
  ['MIT WITH Other-exception', true],
  ['GPL-2.0-only WITH Classpath-exception-2.0 AND MIT', true],
  // No expressions: one license of that name.
  ['Some free text', true],
  ['Other free text', false],
  ['MIT AND', false],
  ['(MIT', false],
  ['MIT)', false],
  ['AND MIT', false],
  ['MIT ()', false],
  ['MIT WITH', false],
  ['', false],
];

for (const [expression, wanted] of cases)
  test(`'${expression}' ${wanted ? 'can' : 'cannot'} be satisfied`, () => {
    assert.equal(asked(expression), wanted);
  });

test('an expression of a hundred thousand parentheses is read like any other', () => {
  const depth = 100_000;
  assert.equal(asked(`${'('.repeat(depth)}MIT${')'.repeat(depth)}`), true);
});
