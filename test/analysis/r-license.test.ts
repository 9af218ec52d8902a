import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rLicenses } from '#analysis/licenses/r-license.ts';

test('licences of R are told by their SPDX ids', () => {
  for (const [text, want] of [
    ['GPL-2 | GPL-3', ['GPL-2.0-only', 'GPL-3.0-only']],
    ['GPL (>= 2)', ['GPL-2.0-or-later']],
    ['LGPL (>= 2.1)', ['LGPL-2.1-or-later']],
    ['GPL (== 3.0)', ['GPL-3.0-only']],
    ['AGPL-3 | file LICENSE', ['AGPL-3.0-only', 'file LICENSE']],
    ['MIT + file LICENSE', ['MIT']],
    ['BSD_3_clause + file LICENCE', ['BSD-3-Clause']],
    ['Apache License (>= 2)', ['Apache-2.0']],
    ['Apache License (== 2.0) | file LICENSE', ['Apache-2.0', 'file LICENSE']],
    ['LGPL (>= 2.0, < 3) | Mozilla Public License', ['LGPL (>= 2.0, < 3)', 'MPL-2.0']],
    ['Unlimited', ['Unlimited']],
    ['file LICENSE', ['file LICENSE']],
    ['', []],
    ['|'.repeat(5000), []],
  ] as const)
    assert.deepEqual(rLicenses(text), want, text.slice(0, 40));
});
