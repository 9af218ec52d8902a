import assert from 'node:assert/strict';
import { test } from 'node:test';
import { opkg } from '#analysis/analyzers/opkg.ts';
import { runAnalyzer, viewOf } from '#test/support/run-analyzer.ts';

const stanza = (name: string, more = '') => `Package: ${name}\nVersion: 1\nStatus: install user installed\n${more}\n`;

test('images of Yocto keep opkg in var', () => {
  const { packages, notes } = runAnalyzer(opkg, {
    'var/lib/opkg/status': stanza('busybox'),
    'var/lib/opkg/info/busybox.list': '/bin/busybox.nosuid\t0100755\t12345\n/bin/sh\n',
    'var/lib/opkg/info/busybox.control':
      'Package: busybox\nLicense: GPL-2.0-only & bzip2-1.0.4\nInstalled-Size: many\n',
  });
  assert.deepEqual(notes, []);
  assert.deepEqual(
    packages.map(({ name, files, licenses, size }) => ({ name, files, licenses, size })),
    [
      {
        name: 'busybox',
        files: ['/bin/busybox.nosuid', '/bin/sh'],
        licenses: ['GPL-2.0-only', 'bzip2-1.0.4'],
        size: null,
      },
    ],
  );
});

test('a stanza without version is noted; one that is not installed is none', () => {
  const text = `Package: a\nStatus: install user installed\n\n${stanza('b').replace('installed', 'not-installed')}${stanza('c')}`;
  const { packages, notes } = runAnalyzer(opkg, { 'usr/lib/opkg/status': text });
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['c'],
  );
  assert.deepEqual(notes, [
    { path: 'usr/lib/opkg/status', problem: 'a package of opkg has no version and is left out' },
  ]);
});

test('configuration files have the digest that they came with, by md5 or sha256', () => {
  const conffiles = `Conffiles:\n /etc/a ${'ab'.repeat(16)}\n /etc/b ${'cd'.repeat(32)}\n /etc/c none\n`;
  const view = viewOf(opkg, {
    'usr/lib/opkg/status': stanza('a', conffiles),
    'usr/lib/opkg/info/a.list': '/etc/a\n/etc/b\n/etc/c\n',
  });
  assert.deepEqual(
    [...opkg.owned!(view)].map(({ path, expected }) => [path, expected.digest?.algorithm, expected.config]),
    [
      ['/etc/a', 'md5', true],
      ['/etc/b', 'sha256', true],
      ['/etc/c', undefined, false],
    ],
  );
});
