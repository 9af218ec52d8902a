import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern } from '#policy/pattern.ts';

const cases: readonly (readonly [string, string, boolean])[] = [
  ['nginx', 'nginx', true],
  ['nginx', 'Nginx', false],
  ['nginx', 'nginx2', false],
  ['*', '', true],
  ['*', 'library/nginx', true],
  ['library/*', 'library/nginx', true],
  ['library/*', 'mylibrary/nginx', false],
  ['*/nginx', 'library/nginx', true],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'axxcyyb', false],
  ['a*a', 'a', false],
  ['ab*bc', 'abc', false],
  ['a**b', 'ab', true],
  ['a.c', 'abc', false],
  ['1.*', '1.2', true],
  ['1.*', '12', false],
  ['regexp:v[0-9]+', 'v12-rc1', true],
  ['regexp:v[0-9]+$', 'v12-rc1', false],
  ['regexp:[0-9]', 'v1', false],
];

for (const [pattern, text, want] of cases) {
  test(`the pattern '${pattern}' ${want ? 'selects' : 'does not select'} '${text}'`, () => {
    const compiled = compilePattern(pattern);
    assert.ok(compiled.kind === 'pattern');
    assert.equal(compiled.pattern.matches(text), want);
  });
}

test('many wildcards against a long text end at once', () => {
  const compiled = compilePattern('*a'.repeat(2000));
  assert.ok(compiled.kind === 'pattern');
  assert.equal(compiled.pattern.matches(`${'a'.repeat(100_000)}b`), false);
});

test('a pattern that is no regular expression is told with its reason', () => {
  assert.equal(compilePattern('regexp:(').kind, 'invalid');
});
