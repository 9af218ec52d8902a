import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRegex } from '#core/regex/regex.ts';

function matches(pattern: string, text: string): boolean {
  const compiled = compileRegex(pattern);
  assert.ok(compiled.kind === 'regex', JSON.stringify(compiled));
  return compiled.regex.matches(text);
}

/** What Python 3.8's `re.match(pattern, text)` answers. */
const answers: readonly (readonly [string, string, boolean])[] = [
  ['', '', true],
  ['a', 'abc', true],
  ['b', 'abc', false],
  ['.*b', 'abc', true],
  ['a|b', 'b', true],
  ['a||b', 'c', true],
  ['(a|b)*c', 'ababc', true],
  ['(a|b)*c', 'ababd', false],
  ['a{2}$', 'aa', true],
  ['a{2}$', 'aaa', false],
  ['a{2,}$', 'aaaa', true],
  ['a{,2}$', 'aaa', false],
  ['a{0}b', 'b', true],
  ['x{y}$', 'x{y}', true],
  ['a{}$', 'a{}', true],
  ['a+?b', 'aab', true],
  ['.*\\.jar$', '/x/y.jar\n', true],
  ['.*\\.jar$', '/x/y.jar\n\n', false],
  ['.*\\.jar\\Z', '/x/y.jar\n', false],
  ['.', '\n', false],
  ['.', '\r', true],
  ['(?s).', '\n', true],
  ['a\n^b', 'a\nb', false],
  ['(?m)a\n^b', 'a\nb', true],
  ['(?m)a$\nb', 'a\nb', true],
  ['[abc]+$', 'cab', true],
  ['[^abc]', 'd', true],
  ['[]a]+$', ']a', true],
  ['[^]]', ']', false],
  ['[a\\-z]+$', 'a-z', true],
  ['[a-]+$', 'a-', true],
  ['[\\d.]+$', '1.2', true],
  ['[^\\W\\d]+$', 'abc', true],
  ['[^\\W\\d]+$', 'ab1', false],
  ['\\d', '٣', true],
  ['\\w+$', 'größe_1', true],
  ['\\s', '\u2003', true],
  ['\\s', '\u001c', true],
  ['\\s', '\ufeff', false],
  ['foo\\b', 'foo bar', true],
  ['foo\\b', 'foobar', false],
  ['foo\\Bb', 'foobar', true],
  ['\\x41\\u0042\\103\\0', 'ABC\0', true],
  ['\\/\\-\\.', '/-.', true],
  ['\\t', '\t', true],
  ['(?i)ABC', 'abc', true],
  ['a(?i)B', 'Ab', true],
  ['(?i)[^a]', 'A', false],
  ['(?i)[a-z]+$', 'ABC', true],
  ['(?i:a)b', 'Ab', true],
  ['(?i:a)b', 'AB', false],
  ['(?i)É', 'é', true],
  ['(?P<name>a)b', 'ab', true],
  ['(?#words)a', 'a', true],
  ['(?:ab)+$', 'abab', true],
  ['(?!foo).*', 'foobar', false],
  ['(?!foo).*', 'fobar', true],
  ['foo(?=bar)', 'foobaz', false],
  ['(?=.*\\d)(?=.*[a-z]).{3,}$', 'ab1', true],
  ['(?=.*\\d)(?=.*[a-z]).{3,}$', 'abc', false],
  ['.*(?<=/opt)/x$', '/a/opt/x', true],
  ['.*(?<!/opt)/x$', '/a/opt/x', false],
  ['(?!(?=a)a)', 'ab', false],
  ['😀.$', '😀😀', true],
];

for (const [pattern, text, want] of answers) {
  test(`${JSON.stringify(pattern)} ${want ? 'matches' : 'does not match'} ${JSON.stringify(text)}`, () => {
    assert.equal(matches(pattern, text), want);
  });
}

const refused = [
  ...['(', ')', 'a)', '(?P<n', '(?P<1>a)', '(?P<n>a)(?P<n>b)', '[a', '[b-a]', '[\\d-z]', '*', '+a', 'a**', 'a{2}{3}'],
  ...['a{3,2}', '\\', '\\q', '\\x4', '(?z)', '(?', '(?i', '^*', '(?x)a b', '(?L)a', '(a)\\1', '(?P<n>a)(?P=n)'],
  ...['(a)?(?(1)b|c)', '(?>a)', '(?<n>a)', 'a*+', '(?#', '(a{1000}){1000}', '(){1000000000}', 'a{99999999999}'],
  ...['('.repeat(1000) + ')'.repeat(1000), 'a'.repeat(5000)],
];

for (const pattern of refused) {
  test(`/${pattern.slice(0, 40)}/ is refused with a reason`, () => {
    const compiled = compileRegex(pattern);
    assert.equal(compiled.kind, 'invalid');
    assert.notEqual((compiled as { reason: string }).reason, '');
  });
}

test('patterns that make other engines backtrack for ages answer in one pass', () => {
  const text = `${'a'.repeat(20_000)}b`;
  for (const pattern of ['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*)(.*)(.*)(.*)x', '(?=(a+)+$)a', '(?=.*(?=.*x)).*']) {
    assert.equal(matches(pattern, text), false, pattern);
  }
});

test('a text that is too long is not silently left out', () => {
  assert.throws(() => matches('a', 'a'.repeat(65_537)), { code: 'input/too-large' });
});
