import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParameterType } from '#policy/parameter.ts';
import { boolean, csv, csvIntegers, csvLoose, float, integer, oneOf, regex, string } from '#policy/parameter-types.ts';

const good: readonly (readonly [ParameterType<unknown>, string, unknown])[] = [
  [string, '', ''],
  [csv, ' a, b c ,d', ['a', 'b c', 'd']],
  [csvLoose, 'root,', ['root']],
  [csvIntegers, ' 22, 80 ', [22, 80]],
  [integer, ' 007 ', 7],
  [float, ' -7.5 ', -7.5],
  [float, '.5', 0.5],
  [float, '5.', 5],
  [float, '10', 10],
  [boolean, 'True', true],
  [boolean, 'FALSE', false],
  [oneOf('all', 'os'), 'os', 'os'],
];

for (const [type, text, want] of good) {
  test(`${type.name}: '${text}' is ${JSON.stringify(want)}`, () => {
    assert.deepEqual(type.parse(text), { kind: 'value', value: want });
  });
}

const bad: readonly (readonly [ParameterType<unknown>, string])[] = [
  ...['', '-', '.', '-.', ' ', '1e3', '--5', 'NaN', '1.2.3'].map((text) => [float, text] as const),
  ...['', '-1', '+1', '1.0', '1'.repeat(16)].map((text) => [integer, text] as const),
  ...['', '22,', 'a', '22 80'].map((text) => [csvIntegers, text] as const),
  ...['', 'a,,b', ','].map((text) => [csv, text] as const),
  ...['', ' , '].map((text) => [csvLoose, text] as const),
  ...['', 'yes', '1'].map((text) => [boolean, text] as const),
  ...['', 'OS', 'all,os'].map((text) => [oneOf('all', 'os'), text] as const),
  [regex, '(a+'],
];

for (const [type, text] of bad) {
  test(`${type.name}: '${text}' is refused with what is accepted`, () => {
    const parsed = type.parse(text);
    assert.ok(parsed.kind === 'invalid');
    assert.match(parsed.reason, /^must be /);
  });
}
