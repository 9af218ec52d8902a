import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredLicense, licenseNames, spdxId } from '#analysis/licenses/spdx.ts';

test('licence names that mean one licence become its SPDX id', () => {
  for (const [name, id] of [
    ['MIT', 'MIT'],
    ['mit', 'MIT'],
    ['MIT License', 'MIT'],
    ['The MIT License', 'MIT'],
    ['MIT/X11', 'MIT'],
    ['Apache 2.0', 'Apache-2.0'],
    ['Apache License, Version 2.0', 'Apache-2.0'],
    ['Apache Software License', 'Apache-2.0'],
    ['ASL 2.0', 'Apache-2.0'],
    ['3-Clause BSD License', 'BSD-3-Clause'],
    ['New BSD License', 'BSD-3-Clause'],
    ['BSD-3-Clause', 'BSD-3-Clause'],
    ['GPL-2.0', 'GPL-2.0-only'],
    ['GPL-2.0+', 'GPL-2.0-or-later'],
    ['GPLv2+', 'GPL-2.0-or-later'],
    ['GPL-2.0-or-later', 'GPL-2.0-or-later'],
    ['GPL-3.0-only', 'GPL-3.0-only'],
    ['GNU GPLv3', 'GPL-3.0-only'],
    ['GNU General Public License v3 or later (GPLv3+)', 'GPL-3.0-or-later'],
    ['GNU General Public License v2 (GPLv2)', 'GPL-2.0-only'],
    ['GNU Lesser General Public License v2 or later (LGPLv2+)', 'LGPL-2.0-or-later'],
    ['LGPL-2.1', 'LGPL-2.1-only'],
    ['Mozilla Public License 2.0 (MPL 2.0)', 'MPL-2.0'],
    ['ISC License (ISCL)', 'ISC'],
    ['The Unlicense (Unlicense)', 'Unlicense'],
    ['zlib/libpng License', 'Zlib'],
    ['Python Software Foundation License', 'PSF-2.0'],
    ['CC0-1.0', 'CC0-1.0'],
    ['BSD', null],
    ['BSD License', null],
    ['GPL', null],
    ['constructor', null],
    ['', null],
  ] as const) {
    assert.equal(spdxId(name), id, name);
  }
});

test('a licence expression is written with canonical ids and operators', () => {
  for (const [text, expression] of [
    ['(MIT OR Apache-2.0)', 'MIT OR Apache-2.0'],
    ['mit or gpl-2.0+', 'MIT OR GPL-2.0-or-later'],
    ['(MIT OR Apache 2.0) AND CC-BY-4.0', '(MIT OR Apache-2.0) AND CC-BY-4.0'],
    ['MIT AND (BSD-3-Clause OR (ISC AND Zlib))', 'MIT AND (BSD-3-Clause OR (ISC AND Zlib))'],
    ['GPL-2.0-or-later WITH Classpath-exception-2.0', 'GPL-2.0-or-later WITH Classpath-exception-2.0'],
    ['MIT/Apache-2.0', 'MIT OR Apache-2.0'],
    ['LicenseRef-Proprietary', 'LicenseRef-Proprietary'],
  ] as const) {
    assert.equal(declaredLicense(text), expression, text);
  }
});

test('a licence that cannot be told stays as it was declared, on one line', () => {
  for (const text of [
    'BSD',
    'SEE LICENSE IN LICENSE.md',
    'UNLICENSED',
    'MIT OR',
    'MIT OR (ISC',
    ')(',
    'MIT OR Whatever',
    'AND',
  ]) {
    assert.equal(declaredLicense(text), text);
  }
  assert.equal(declaredLicense('Some\n  licence\u0000 text'), 'Some licence text');
  assert.equal(declaredLicense('x'.repeat(5000))?.length, 256);
  for (const nothing of ['', '  ', 'UNKNOWN', 'None', 'unknown']) assert.equal(declaredLicense(nothing), null);
});

test('the names in a licence are the parts of its expression, and any other text whole', () => {
  assert.deepEqual(licenseNames('(MIT OR Apache-2.0) AND MIT'), ['MIT', 'Apache-2.0']);
  assert.deepEqual(licenseNames('GPL-2.0-only WITH Classpath-exception-2.0 OR MIT'), [
    'GPL-2.0-only WITH Classpath-exception-2.0',
    'MIT',
  ]);
  assert.deepEqual(licenseNames('BSD or so (see LICENSE)'), ['BSD or so (see LICENSE)']);
});

test('an expression of a hundred thousand brackets is only text', () => {
  assert.equal(declaredLicense('('.repeat(100_000))?.length, 256);
  assert.equal(declaredLicense(`${'('.repeat(120)}MIT${')'.repeat(120)}`)?.includes('MIT'), true);
});
