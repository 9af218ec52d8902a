import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErlangTerm, parseErlangTerms } from '#analysis/erlang/erlang-terms.ts';
import { isFault } from '#test/support/is-fault.ts';

/** Tuples as `{ tuple }`, lists as arrays, everything else as its text. */
function plain(term: ErlangTerm): unknown {
  if ('text' in term) return term.text;
  const items = term.items.map(plain);
  return term.kind === 'list' ? items : { tuple: items };
}

test('terms are read as file:consult reads them', () => {
  for (const [text, want] of [
    ['', []],
    ['a.', ['a']],
    ["'Elixir.Rope'. 'it\\'s'.", ['Elixir.Rope', "it's"]],
    ['"a\\"b" "c"\n"d".', ['a"bcd']],
    ['<<"bin">>. <<"\u00e4"/utf8>>. <<>>.', ['bin', '\u00e4', '']],
    ['"\\x{e4}".', ['\u00e4']],
    ['{1, -2.5e3, 16#ff, $a, $\\n}.', [{ tuple: ['1', '-2.5e3', '16#ff', '$a', '$\\n'] }]],
    ['[].\n[a|b].\n{}.', [[], ['a', 'b'], { tuple: [] }]],
    ['#{a => 1, b => [2]}.', [{ tuple: ['a', '1', 'b', ['2']] }]],
    ['% comment\n{a, % "here"\n b}. % end', [{ tuple: ['a', 'b'] }]],
    ['\ufeffa.\r\n', ['a']],
  ] as const)
    assert.deepEqual(parseErlangTerms(text).map(plain), want, text);
});

test('what is no list of terms is refused, and nesting has an end', () => {
  for (const text of [
    'a',
    '{a',
    '{a}',
    'a}.',
    '[a}.',
    '{a,}.',
    '{,a}.',
    '{a b}.',
    '{"a" b}.',
    '"a',
    "'a.",
    'A.',
    'fun() -> a end.',
    '<<1,2>>.',
    ',',
    '.',
    'a . b',
  ])
    assert.throws(() => parseErlangTerms(text), isFault('input/invalid', /no list of Erlang terms/), text);
  assert.throws(() => parseErlangTerms('['.repeat(100_000)), isFault('input/invalid', /more than 50 levels/));
});
