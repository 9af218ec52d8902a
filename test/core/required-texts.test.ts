import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRegex } from '#core/regex/regex.ts';

function needs(pattern: string): readonly string[] | null {
  const compiled = compileRegex(pattern);
  assert.equal(compiled.kind, 'regex', pattern);
  return compiled.kind === 'regex' ? compiled.regex.needs : null;
}

test('a pattern says which text stands in whatever it matches: the longest, in lower case', () => {
  const cases: readonly [string, readonly string[] | null][] = [
    ['.*PRIVATE KEY.*', ['private key']],
    ['(?i)Abc', ['abc']],
    ['ab', null],
    ['abc(def)?x', ['abc']],
    ['abc(def)+x', ['abc']],
    ['abc(defg)+x', ['defg']],
    ['abc(?:d)ef', ['abcdef']],
    ['ab[c]defg', ['defg']],
    ['api(-|_)key', ['api-key', 'api_key']],
    ['(one|three)x*(abcd|ef)', ['one', 'three']],
    ['(one|.*)x', null],
    ['(one|.*)xyz', ['xyz']],
    ['(one|two.)three', ['three']],
    ['(?<![a-z])abc(?!d)', ['abc']],
    ['(?=needed)x', null],
    ['\\bword\\b', ['word']],
    ['^start$', ['start']],
    ['a{3}', null],
    ['(abc){2}', ['abc']],
    ['(abc){0,2}', null],
    ['(abc)?', null],
    ['Müller', ['ller']],
    ['abc|', null],
    ['\\x41\\u0042C', ['abc']],
    ['', null],
  ];
  for (const [pattern, texts] of cases) assert.deepEqual(needs(pattern), texts, pattern);
});

test('many ways are too many to look for', () => {
  const pairs = '(a|b)(a|b)(a|b)(a|b)';
  assert.equal(needs(pairs)?.length, 16);
  assert.equal(needs(`${pairs}(a|b)`)?.length, 16, 'the first four are looked for');
  assert.equal(needs(`(${Array.from({ length: 17 }, (_, at) => `word${at}`).join('|')})`), null);
});

test('whatever a pattern matches has one of its texts', () => {
  const texts = ['abc', 'ABC', 'abcabc', 'xabc', 'abx', 'api_key=1', 'API-KEY', 'key', 'ac', 'a_c', 'abcdef', ''];
  const patterns = [
    '(?i)abc',
    'a(b|_)c',
    '(ab)+c',
    '.*api(-|_)key',
    '(?i).*API(-|_)KEY',
    '(abc|key).*',
    '(?:x?)abc',
    'a(bc|c)',
  ];
  for (const pattern of patterns) {
    const compiled = compileRegex(pattern);
    if (compiled.kind === 'invalid') assert.fail(pattern);
    const { regex } = compiled;
    for (const text of texts.filter((one) => regex.matches(one)))
      assert.ok(regex.needs?.some((need) => text.toLowerCase().includes(need)) ?? true, `${pattern} ${text}`);
  }
});
