import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { textLines } from '#analysis/texts/text-lines.ts';

const lines = (content: string | Uint8Array, maxBytes?: number) => [
  ...textLines(memoryAccess(Buffer.from(content as string)), maxBytes),
];

test('lines end with LF or CRLF, the last one with the file', () => {
  assert.deepEqual(lines('a\r\nb\n\nc\rd'), ['a', 'b', '', 'c\rd']);
  assert.deepEqual(lines('a\n'), ['a']);
  assert.deepEqual(lines(''), []);
  assert.deepEqual(lines('\n'), ['']);
});

test('a byte order mark is no part of the first line', () => {
  assert.deepEqual(lines('\ufeffa\n\ufeffb'), ['a', '\ufeffb']);
});

test('characters and lines may lie across the pieces in which a file is read', () => {
  const text = Array.from({ length: 30_000 }, (_, index) => `Zeile ${index} ä€😀`);
  assert.deepEqual(lines(text.join('\n')), text);
});

test('a line that is too long is cut, and the next one is whole', () => {
  assert.deepEqual(lines(`${'x'.repeat(300_000)}\nb`, 1000), ['x'.repeat(1000), 'b']);
  assert.deepEqual(lines('abcdef\ngh', 4), ['abcd', 'gh']);
});

test('bytes that are not UTF-8 do not stop the reading', () => {
  assert.deepEqual(lines(Buffer.from([0x61, 0xff, 0x0a, 0x62])), ['a\ufffd', 'b']);
});
