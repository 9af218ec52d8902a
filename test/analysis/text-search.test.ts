import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTextSearch } from '#analysis/search/text-search.ts';
import { isFault } from '#test/support/is-fault.ts';

/** Lines by the name of the pattern. */
function search(patterns: Readonly<Record<string, string>>, text: string | Uint8Array, path = 'srv/file') {
  const named = Object.entries(patterns).map(([name, regex]) => ({ name, regex }));
  const found = makeTextSearch(named)(typeof text === 'string' ? Buffer.from(text) : text, path);
  return Object.fromEntries(found.map(({ pattern, lines }) => [named[pattern]!.name, lines]));
}

test('a pattern matches from the start of a line, however far, and a line once', () => {
  const text = 'key=1 key=2\nmy key=3\n\nkey=4';
  assert.deepEqual(search({ start: 'key=', any: '.*key=' }, text), { start: [0, 3], any: [0, 1, 3] });
});

test('patterns that ask for no certain text are tried on every line beside those that do', () => {
  assert.deepEqual(search({ digits: '\\d+$', word: '.*word' }, '12\nword\n3x\n44\n'), { digits: [0, 3], word: [1] });
});

test('lines end with LF or CRLF, and patterns see neither', () => {
  assert.deepEqual(search({ end: 'abc$', line: 'abc' }, 'abc\r\nabcd\nabc'), { end: [0, 2], line: [0, 1, 2] });
  assert.deepEqual(search({ empty: '$' }, 'a\n\nb\n'), { empty: [1] }, 'what follows the last line end is no line');
});

test('text is UTF-8, and what is none does no harm', () => {
  assert.deepEqual(search({ name: 'Ærø$', other: '.*needle' }, 'Ærø\nneedle'), { name: [0], other: [1] });
  assert.deepEqual(search({ other: '.*needle' }, Buffer.from([0xff, 0xfe, 0x0a, 0x80, ...Buffer.from('needle')])), {
    other: [1],
  });
});

test('a thousand lines of a pattern are told', () => {
  assert.equal(search({ many: 'abc' }, 'abc\n'.repeat(1500))['many']?.length, 1000);
});

test('of a very long line the first 65,536 characters are looked at', () => {
  const before = `${'x'.repeat(65_000)}needle${'x'.repeat(10_000)}\nneedle`;
  assert.deepEqual(search({ n: '.*needle' }, before), { n: [0, 1] });
  assert.deepEqual(search({ n: '.*needle' }, `${'x'.repeat(65_536)}needle\nneedle`), { n: [1] });
  assert.deepEqual(search({ n: '.*needle' }, `${'é'.repeat(65_000)}needle`), { n: [0] });
});

test('a pattern meant for some files is tried in these only', () => {
  const netrc = makeTextSearch([{ name: 'n', regex: '.*password', files: ['.netrc'] }]);
  const text = Buffer.from('machine x\npassword y\n');
  assert.deepEqual(netrc(text, 'root/.netrc'), [{ pattern: 0, lines: [1] }]);
  assert.deepEqual(netrc(text, '.netrc'), [{ pattern: 0, lines: [1] }]);
  assert.deepEqual(netrc(text, 'root/netrc'), []);
});

test('a pattern that cannot be used is refused by its name', () => {
  for (const [regex, words] of [
    ['(', /the pattern mine is no regular expression that can be used: missing \)/],
    ['(a)\\1', /back references are not supported/],
    ['(a{999}){999}', /unfold to too many steps/],
  ] as const)
    assert.throws(() => makeTextSearch([{ name: 'mine', regex }]), isFault('input/invalid', words));
  const twins = [
    { name: 'two', regex: 'a' },
    { name: 'two', regex: 'b' },
  ];
  assert.throws(() => makeTextSearch(twins), isFault('input/invalid', /two patterns are called two/));
});
