import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debianNeeds, debianProvides } from '#analysis/os/debian-needs.ts';
import { neededPackages } from '#analysis/os/needed-packages.ts';

const installed = [
  { name: 'mawk', provides: ['awk'] },
  { name: 'gawk', provides: ['awk'] },
  { name: 'exim', provides: ['mta'] },
  { name: 'bash', provides: [], files: ['/usr/bin/bash'] },
  { name: 'shared', provides: [], files: ['/usr/bin/bash', '/opt/x'] },
];

test('a need is met by name, else by what is provided, else by the owner of a path', () => {
  const needed = neededPackages(installed, (path) => (path === '/bin/sh' ? '/usr/bin/bash' : null));
  assert.deepEqual(needed('x', [['mawk']]), ['mawk']);
  assert.deepEqual(needed('x', [['awk']]), ['gawk']);
  assert.deepEqual(needed('x', [['/usr/bin/bash'], ['/bin/sh'], ['/opt/x']]), ['bash', 'shared']);
});

test('of alternatives the first that is installed is meant; what nothing meets and what a package gives itself is left out', () => {
  const needed = neededPackages(installed);
  assert.deepEqual(needed('x', [['postfix', 'mta', 'mawk']]), ['exim']);
  assert.deepEqual(needed('x', [['absent'], ['/no/such/file'], ['mawk'], ['mawk']]), ['mawk']);
  assert.deepEqual(needed('bash', [['/usr/bin/bash'], ['bash']]), []);
});

test('names called like properties of objects are names', () => {
  const needed = neededPackages([{ name: 'constructor', provides: ['__proto__'] }]);
  assert.deepEqual(needed('x', [['__proto__'], ['toString'], ['constructor']]), ['constructor']);
});

test('relations of Debian are read with alternatives, without versions, architectures and profiles', () => {
  assert.deepEqual(
    debianNeeds(
      'libc6 (>= 2.36), default-mta | mail-transport-agent:any,\n python3:any (>> 3~) [amd64] <!nocheck>',
      null,
    ),
    [['libc6'], ['default-mta', 'mail-transport-agent'], ['python3']],
  );
  assert.deepEqual(debianProvides('awk, libssl3 (= 3.0.1)'), ['awk', 'libssl3']);
  assert.deepEqual(debianNeeds('', undefined, ' , |, (x), $y, a b'), []);
});
