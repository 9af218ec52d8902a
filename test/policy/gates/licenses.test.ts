import assert from 'node:assert/strict';
import { test } from 'node:test';
import { somePackage } from '#test/support/reports.ts';
import { messages, refusals, withPackages } from '../sample-facts.ts';

const some = withPackages(
  somePackage({ type: 'deb', name: 'bash', version: '5.2', licenses: ['GPL-3.0-or-later', 'BSD 3 clause'] }),
  somePackage({ type: 'npm', name: 'both', version: '1.0.0', licenses: ['MIT OR GPL-3.0-or-later'] }),
  somePackage({ type: 'npm', name: 'none', version: '1.0.0', licenses: [] }),
);

const exact = (licenses: string) => messages('licenses', 'blacklist_exact_match', { licenses }, some);
const partial = (licenses: string) => messages('licenses', 'blacklist_partial_match', { licenses }, some);

test('blacklist_exact_match fires once with all packages, expressions taken apart', () => {
  assert.deepEqual(exact('GPL-3.0-or-later,Zlib'), [
    'LICFULLMATCH Packages are installed that have blacklisted licenses: bash(GPL-3.0-or-later), both(GPL-3.0-or-later)',
  ]);
});

test('blacklist_exact_match knows words of a license, as the original, and licenses of several words', () => {
  assert.deepEqual(exact('BSD'), ['LICFULLMATCH Packages are installed that have blacklisted licenses: bash(BSD)']);
  assert.deepEqual(exact('BSD 3 clause'), [
    'LICFULLMATCH Packages are installed that have blacklisted licenses: bash(BSD 3 clause)',
  ]);
  assert.deepEqual(exact('OR,GPL-3.0,gpl-3.0-or-later'), []);
});

test('blacklist_partial_match looks for texts within, in this case of letters', () => {
  assert.deepEqual(partial('MIT'), [
    'LICSUBMATCH Packages are installed that have blacklisted licenses: both(MIT), both(MIT OR GPL-3.0-or-later)',
  ]);
  assert.deepEqual(partial('mit'), []);
  assert.deepEqual(partial('.*'), []);
});

test('expression fires for licenses that cannot be satisfied with what is allowed, whatever the case of letters', () => {
  const asked = (parameters: Readonly<Record<string, string>>) => messages('licenses', 'expression', parameters, some);
  assert.deepEqual(asked({ licenses: 'mit', type: 'allowed' }), [
    'Package bash-5.2 (deb) has licenses that are not allowed: GPL-3.0-or-later, BSD 3 clause',
  ]);
  assert.deepEqual(asked({ licenses: 'MIT,GPL-3.0-or-later,BSD 3 clause', type: 'allowed' }), []);
  assert.deepEqual(asked({ licenses: 'GPL-3.0-or-later', type: 'denied', package_type: 'non-os' }), []);
  assert.deepEqual(asked({ licenses: 'GPL-3.0-or-later,MIT', type: 'denied', package_type: 'non-os' }), [
    'Package both-1.0.0 (npm) has licenses that are not allowed: MIT OR GPL-3.0-or-later',
  ]);
  assert.deepEqual(asked({ licenses: 'Zlib', type: 'denied', undeclared: 'true' }), [
    'Package none-1.0.0 (npm) declares no license',
  ]);
  assert.match(refusals('licenses', 'expression', { licenses: 'MIT' })[0]!, /Required parameter/);
});

test('a list is needed', () => {
  for (const trigger of ['blacklist_exact_match', 'blacklist_partial_match']) {
    assert.match(refusals('licenses', trigger, {})[0]!, /Required parameter/);
    assert.match(refusals('licenses', trigger, { licenses: 'MIT,,BSD' })[0]!, /comma-separated/);
  }
});
