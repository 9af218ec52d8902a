import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePhpSerialized, type PhpMap } from '#analysis/texts/php-serialized.ts';
import { isFault } from '#test/support/is-fault.ts';

const parse = (text: string) => parsePhpSerialized(Buffer.from(text));

test('every kind of value that serialize() writes is read', () => {
  for (const [text, value] of [
    ['N;', null],
    ['b:1;', true],
    ['b:0;', false],
    ['i:-7;', -7],
    ['d:0.5;', 0.5],
    ['d:1.0E+25;', 1e25],
    ['s:5:"ab"cd";', 'ab"cd'],
    ['s:4:"\u00e9\u00e9";', '\u00e9\u00e9'],
    ['s:0:"";', ''],
    ['E:7:"Foo:Bar";', 'Foo:Bar'],
    ['R:1;', null],
    ['C:3:"Foo":5:{a:{};}', null],
  ] as const) {
    assert.deepEqual(parse(text), value, text);
  }
  const map = parse('a:2:{i:0;s:1:"x";s:9:"__proto__";a:1:{s:1:"y";b:1;}}') as PhpMap;
  assert.deepEqual([...map.keys()], ['0', '__proto__']);
  assert.deepEqual((map.get('__proto__') as PhpMap).get('y'), true);
  assert.equal((parse('O:3:"Foo":1:{s:1:"a";i:1;}') as PhpMap).get('a'), 1);
});

test('what is no serialized value, or cut off, is refused and nothing else happens', () => {
  for (const text of [
    '',
    'x',
    'a',
    'a:',
    'a:1',
    'a:1:{',
    'a:1:{i:0;}',
    'a:99999999999:{}',
    's:9:"x";',
    's:1:"xy";',
    's:-1:"";',
    'i:',
    'N',
    'a:1:{N;N;}',
    '<?php',
  ]) {
    assert.throws(() => parse(text), isFault('input/invalid'), text);
  }
});

test('nesting and numbers of values are bounded', () => {
  assert.throws(() => parse(`${'a:1:{i:0;'.repeat(100_000)}`), isFault('input/too-large'));
  assert.throws(() => parse(`a:2000000:{${'i:0;N;'.repeat(2_000_000)}}`), isFault('input/too-large'));
});
