import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stanzas } from '#analysis/texts/deb822.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';

const read = (text: string, ...fields: string[]) =>
  [...stanzas(memoryAccess(Buffer.from(text)), fields)].map((stanza) => Object.fromEntries(stanza));

test('stanzas are parted by blank lines, also by several and by blanks', () => {
  const text = '\n\nA: 1\n\n\n \t\nA: 2\nB: x\n\nC: left out\n\nA: 3';
  assert.deepEqual(read(text, 'a', 'b'), [{ a: '1' }, { a: '2', b: 'x' }, { a: '3' }]);
});

test('continuation lines belong to their field only', () => {
  const text = 'A: first\n second\n\tthird: x\nB: skipped\n A: not a field\nC:\n .\n end \n';
  assert.deepEqual(read(text, 'A', 'C'), [{ a: 'first\nsecond\nthird: x', c: '\n.\nend' }]);
});

test('comments, lines without a colon and lines of an unknown field change nothing', () => {
  assert.deepEqual(read('# A: 0\nA:1\nno colon\n: nameless\nA: again\n', 'a'), [{ a: '1' }]);
});

test('a value longer than 64 KiB is cut, the fields after it are read', () => {
  const [stanza] = read(`A: ${'x'.repeat(500_000)}\n${' y\n'.repeat(200_000)}B: 2\n`, 'a', 'b');
  assert.equal(stanza?.['b'], '2');
  assert.ok((stanza?.['a'] ?? '').length <= 66_000);
});
