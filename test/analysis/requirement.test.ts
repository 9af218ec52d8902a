import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pinnedRequirement, requirementNames } from '#analysis/python/requirement.ts';

test('requirements made to cost time are cut before they are looked at', () => {
  const hostile = [
    ';'.repeat(1_000_000),
    `a${' '.repeat(1_000_000)}`,
    `${'a-'.repeat(500_000)}`,
    `a[${'['.repeat(1_000_000)}`,
  ];
  assert.deepEqual(requirementNames(hostile), ['a']);
  assert.deepEqual(requirementNames(Array.from({ length: 10_000 }, (_, index) => `p${index}`)).length, 500);
  for (const text of hostile) assert.equal(pinnedRequirement(text), null);
});

test('an extra is told from a distribution that is called so', () => {
  assert.deepEqual(
    requirementNames(['extra', 'a; extra=="x"', 'b ; python_version<"3" and extra == "x"', 'c; os_name == "extra"']),
    ['extra', 'c'],
  );
});
