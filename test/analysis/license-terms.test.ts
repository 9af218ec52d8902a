import assert from 'node:assert/strict';
import { test } from 'node:test';
import { licenseTerms, spdxId } from '#analysis/licenses/license-terms.ts';

const declarations: readonly (readonly [declared: string, ...terms: string[]])[] = [
  ['GPL-2+', 'GPL-2.0-or-later'],
  ['GPLv2+ and LGPLv2+ with exceptions', 'GPL-2.0-or-later', 'LGPL-2.0-or-later with exceptions'],
  ['GPL-1+ or Artistic', 'GPL-1.0-or-later', 'Artistic'],
  ['(MIT OR Apache-2.0) AND BSD-3-Clause', 'MIT', 'Apache-2.0', 'BSD-3-Clause'],
  ['GPL-2.0-only WITH Linux-syscall-note', 'GPL-2.0-only WITH Linux-syscall-note'],
  ['LGPLv3+_or_GPLv2+', 'LGPL-3.0-or-later', 'GPL-2.0-or-later'],
  ['GPL-2 and/or MIT, Expat', 'GPL-2.0-only', 'MIT'],
  ['ASL 2.0', 'Apache-2.0'],
  ['MIT/X11', 'MIT/X11'],
  ['GPL', 'GPL'],
  ['GPL-4', 'GPL-4'],
  ['BSD with advertising', 'BSD with advertising'],
  ['__proto__ or constructor', '__proto__', 'constructor'],
  ['', ...[]],
  [' and , or ', ...[]],
];

for (const [declared, ...terms] of declarations)
  test(`the licences in '${declared}' are ${terms.length === 0 ? 'none' : terms.join(', ')}`, () =>
    assert.deepEqual(licenseTerms(declared), terms));

test('SPDX ids stay what they are', () => {
  for (const id of ['MIT', 'GPL-2.0-only', 'GPL-2.0-or-later', 'LGPL-2.1-only', 'AGPL-3.0-or-later', 'Zlib', 'CC0-1.0'])
    assert.equal(spdxId(id), id);
});

test('a declaration of any length gives a bounded list', () => {
  const terms = licenseTerms(Array.from({ length: 100_000 }, (_, index) => `L${index}`).join(' and '));
  assert.equal(terms.length, 200);
  assert.deepEqual(licenseTerms('x'.repeat(5000)), []);
});
