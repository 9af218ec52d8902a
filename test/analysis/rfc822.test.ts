import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHeaders, unfoldText } from '#analysis/texts/rfc822.ts';

test('headers end at the first blank line, repeat, and go on over folded lines', () => {
  const headers = parseHeaders(
    'Metadata-Version: 2.1\r\nName: a\r\nClassifier: One\r\nclassifier : Two\r\nLicense: first\r\n  second\r\n\tthird\r\n\r\nName: body\r\n',
  );
  assert.deepEqual(Object.fromEntries(headers), {
    'metadata-version': ['2.1'],
    name: ['a'],
    classifier: ['One', 'Two'],
    license: ['first\nsecond\nthird'],
  });
});

test('a byte order mark, a missing last line feed and values with colons do no harm', () => {
  assert.deepEqual(Object.fromEntries(parseHeaders('\ufeffName: x\nHome-page: https://example.org/a:b')), {
    name: ['x'],
    'home-page': ['https://example.org/a:b'],
  });
});

test('a line that is no field ends the headers', () => {
  assert.deepEqual([...parseHeaders('Name: x\nno field\nVersion: 1\n').keys()], ['name']);
  assert.equal(parseHeaders('').size, 0);
  assert.equal(parseHeaders(' folded before anything\nName: x').get('name')?.[0], 'x');
});

test('names in quotes and encoded words are told', () => {
  for (const [value, text] of [
    ['"Doe, Jo" <jo@example.org>', 'Doe, Jo <jo@example.org>'],
    ['"Jo \\"J\\" Doe"', 'Jo "J" Doe'],
    ['=?utf-8?q?J=C3=B6_Doe?= <jo@example.org>', 'Jö Doe <jo@example.org>'],
    ['=?UTF-8?B?SsO2?= =?utf-8?b?IERvZQ==?=', 'Jö Doe'],
    ['=?iso-8859-1?Q?J=F6?=', 'Jö'],
    ['=?koi8-r?q?x?= "open', '=?koi8-r?q?x?= "open'],
  ] as const) {
    assert.equal(unfoldText(value), text);
  }
});
