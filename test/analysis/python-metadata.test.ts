import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePythonMetadata } from '#analysis/python/python-metadata.ts';
import { parsePythonRecord } from '#analysis/python/python-record.ts';

const metadata = (...lines: string[]) =>
  parsePythonMetadata(['Metadata-Version: 2.1', 'Name: a', 'Version: 1', ...lines, ''].join('\n'));

test('name and version are those of the file', () => {
  const { name, version } = parsePythonMetadata('Name: Zope.Interface_x\nVersion: 1!2.0+local.1\n');
  assert.deepEqual({ name, version }, { name: 'Zope.Interface_x', version: '1!2.0+local.1' });
});

test('metadata without a valid name or version is refused with the reason', () => {
  assert.throws(() => parsePythonMetadata('Name: a\n\nVersion: 1\n'), /'a' has no valid Version/);
  assert.throws(() => parsePythonMetadata('Name: a\nVersion: 1 2\n'), /no valid Version/);
  assert.throws(() => parsePythonMetadata('Version: 1\n'), /no valid Name/);
  assert.throws(() => parsePythonMetadata(`Name: ${'a'.repeat(300)}\nVersion: 1\n`), /no valid Name/);
  assert.throws(() => parsePythonMetadata('Name: ../../etc/passwd\nVersion: 1\n'), /no valid Name/);
});

test('the licence expression decides over the licence, which decides over classifiers that say less', () => {
  const mit = 'Classifier: License :: OSI Approved :: MIT License';
  assert.deepEqual(metadata('License-Expression: MIT OR Apache-2.0', 'License: BSD', mit).licenses, [
    'MIT OR Apache-2.0',
  ]);
  assert.deepEqual(metadata('License: Apache 2.0', mit).licenses, ['Apache-2.0']);
  assert.deepEqual(metadata('License: GPL-2.0-only OR MIT', mit).licenses, ['GPL-2.0-only OR MIT']);
  assert.deepEqual(metadata('License: see the file', mit).licenses, ['MIT']);
  assert.deepEqual(metadata('License: UNKNOWN', mit, 'Classifier: License :: OSI Approved').licenses, ['MIT']);
  assert.deepEqual(metadata('License: Permission is hereby granted', '  to everybody', mit).licenses, ['MIT']);
  assert.deepEqual(metadata('License: BSD').licenses, ['BSD']);
  assert.deepEqual(metadata('Classifier: License :: Other/Proprietary License').licenses, [
    'Other/Proprietary License',
  ]);
  assert.equal(metadata('License: UNKNOWN').licenses, undefined);
});

test('the author is who the metadata names, else the maintainer', () => {
  assert.equal(metadata('Author: Jo', 'Author-email: jo@example.org').author, 'Jo <jo@example.org>');
  assert.equal(
    metadata('Author-email: Jo <jo@example.org>, Al <al@example.org>').author,
    'Jo <jo@example.org>, Al <al@example.org>',
  );
  assert.equal(metadata('Author: UNKNOWN', 'Author-email: UNKNOWN', 'Maintainer: Al').author, 'Al');
  assert.equal(metadata('Author-email: jo@example.org').author, 'jo@example.org');
  assert.equal(metadata().author, undefined);
});

test('a RECORD gives paths, quoted or not, and their size together', () => {
  const text =
    'a/__init__.py,sha256=x,12\r\n"odd, name.py",sha256=y,30\r\n../../../bin/a,sha256=z,100\r\na-1.dist-info/RECORD,,\r\n"say ""hi"".py",,\r\n"cut off\r\n\r\n';
  assert.deepEqual(parsePythonRecord(text, 100), {
    files: ['a/__init__.py', 'odd, name.py', '../../../bin/a', 'a-1.dist-info/RECORD', 'say "hi".py'],
    size: 142,
  });
  assert.deepEqual(parsePythonRecord('a,,\nb,,\nc,,\n', 2), { files: ['a', 'b'], size: null });
});

test('headers and lists made to cost time are cut before they are looked at', () => {
  const quotes = metadata(`Author: ${'"\\'.repeat(400_000)}`);
  assert.ok((quotes.author?.length ?? 0) <= 256);
  assert.ok((metadata(`Author-email: ${'=?utf-8?q?'.repeat(100_000)}`).author?.length ?? 0) <= 256);
  assert.ok((metadata(`License: ${'('.repeat(900_000)}`).licenses ?? []).every(({ length }) => length <= 256));
  assert.ok(
    (metadata(`Classifier: License ::${' ::'.repeat(300_000)}`, '  x').licenses ?? []).every(
      ({ length }) => length <= 300,
    ),
  );
  assert.deepEqual(parsePythonRecord(`"${'""'.repeat(4_000_000)}\na,,\n`, 10).files, ['a']);
});
