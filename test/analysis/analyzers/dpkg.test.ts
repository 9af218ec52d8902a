import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dpkg } from '#analysis/analyzers/dpkg.ts';
import { runAnalyzer } from '#test/support/run-analyzer.ts';

const debian = { id: 'debian', versionId: '12', codename: 'bookworm', name: 'Debian', idLike: [] };

const libc = `Package: libc6
Status: install ok installed
Priority: optional
Section: libs
Installed-Size: 12986
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: glibc (2.36-9)
Version: 2.36-9+b2
Conffiles:
 /etc/ld.so.conf.d/x86_64-linux-gnu.conf d4e7a7b88a71b5ffd9e2644e71a0cfab
 /etc/none newconffile
Description: GNU C Library: Shared libraries
 Contains the standard libraries.
 .
 Version: this line is part of the description
`;

const status = 'var/lib/dpkg/status';
const rows = (text: string) =>
  runAnalyzer(dpkg, { [status]: text }).packages.map(({ name, version, arch, source }) => [
    name,
    version,
    arch,
    source,
  ]);

test('a package has its source, licences, maintainer, size and files', () => {
  const { packages, notes } = runAnalyzer(
    dpkg,
    {
      [status]: libc,
      'var/lib/dpkg/info/libc6:amd64.list':
        '/.\n/etc\n/etc/ld.so.conf.d\n/etc/ld.so.conf.d/x86_64-linux-gnu.conf\n/lib\n/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu/libc.so.6\n',
      'var/lib/dpkg/info/libc6:amd64.md5sums': 'd41d8cd98f00b204e9800998ecf8427e  usr/share/never\n',
      'usr/lib/x86_64-linux-gnu/libc.so.6': '',
      lib: { link: 'usr/lib' },
      'usr/share/doc/libc6/copyright':
        'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: LGPL-2.1+ and Expat\n text\n\nLicense: Expat\n Permission\n',
    },
    debian,
  );
  assert.deepEqual(notes, []);
  assert.deepEqual(packages, [
    {
      type: 'deb',
      name: 'libc6',
      version: '2.36-9+b2',
      arch: 'amd64',
      source: 'glibc 2.36-9',
      origin: { name: 'glibc', version: '2.36-9' },
      purl: 'pkg:deb/debian/libc6@2.36-9%2Bb2?arch=amd64&distro=debian-12&upstream=glibc%402.36-9',
      licenses: ['LGPL-2.1-or-later', 'MIT'],
      vendor: 'GNU Libc Maintainers <debian-glibc@lists.debian.org>',
      size: 12986 * 1024,
      files: ['/etc/ld.so.conf.d/x86_64-linux-gnu.conf', '/usr/lib/x86_64-linux-gnu/libc.so.6'],
      evidence: { path: status, key: 'libc6 2.36-9+b2 amd64' },
    },
  ]);
});

test('only installed packages are listed; one left half-way is noted', () => {
  const states = [
    'install ok installed',
    'hold ok installed',
    'deinstall ok config-files',
    'purge ok not-installed',
    'install reinstreq half-installed',
    'install ok unpacked',
    'deinstall ok installed',
  ];
  const text = states.map((state, index) => `Package: p${index}\nStatus: ${state}\nVersion: 1-${index}\n`).join('\n');
  const { packages, notes } = runAnalyzer(dpkg, { [status]: text });
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['p0', 'p1', 'p6'],
  );
  assert.deepEqual(notes, [
    { path: status, problem: 'p4 is half-installed, not installed, and is left out' },
    { path: status, problem: 'p5 is unpacked, not installed, and is left out' },
  ]);
});

test('the source package is read from its field, else it is the package without the number of a rebuild', () => {
  const packages: readonly (readonly [version: string, source: string | null, want: string])[] = [
    ['1.2-3', null, 'p 1.2-3'],
    ['1.2-3+b1', null, 'p 1.2-3'],
    ['1.2-3+b10', 'src', 'src 1.2-3'],
    ['1:1.2-3+b1', 'src (2:9-1+b1)', 'src 2:9-1+b1'],
    ['1.2-3+deb12u1', 'src', 'src 1.2-3+deb12u1'],
    ['1.2', 'src(3)', 'src(3) 1.2'],
    ['1.2', 'src ( 3 )', 'src 3'],
  ];
  for (const [version, source, want] of packages) {
    const text = `Package: p\nVersion: ${version}\nArchitecture: all\n${source === null ? '' : `Source: ${source}\n`}`;
    assert.deepEqual(rows(text), [['p', version, 'all', want]]);
  }
});

test('images with one file a package are read, and the sums beside them are their files', () => {
  const { packages } = runAnalyzer(dpkg, {
    'var/lib/dpkg/status.d/libstdc++6':
      'Package: libstdc++6\nSource: gcc-12\nVersion: 12.2.0-14\nArchitecture: amd64\n',
    'var/lib/dpkg/status.d/libstdc++6.md5sums':
      'd41d8cd98f00b204e9800998ecf8427e  usr/lib/libstdc++.so.6.0.30\nd41d8cd98f00b204e9800998ecf8427e  usr/share/gcc/python with blank.py\nnonsense\n',
  });
  assert.equal(packages[0]?.source, 'gcc-12 12.2.0-14');
  assert.deepEqual(packages[0]?.files, ['/usr/lib/libstdc++.so.6.0.30', '/usr/share/gcc/python with blank.py']);
  assert.equal(packages.length, 1);
});

test('the licences of a package whose documentation folder is a link are those behind it', () => {
  const { packages } = runAnalyzer(dpkg, {
    [status]: 'Package: libgcc-s1\nStatus: install ok installed\nVersion: 1\n',
    'usr/share/doc/libgcc-s1': { link: 'gcc-12-base' },
    'usr/share/doc/gcc-12-base/copyright':
      'GCC is free software; you can redistribute it under the terms of the GNU General Public License, version 3 or\n(at your option) any later version; see /usr/share/common-licenses/GPL-3.\n',
  });
  assert.deepEqual(packages[0]?.licenses, ['GPL-3.0-or-later']);
});

test('one name installed for two architectures is two packages with their own files', () => {
  const text = ['amd64', 'i386']
    .map((arch) => `Package: zlib1g\nStatus: install ok installed\nArchitecture: ${arch}\nVersion: 1:1.2.13\n`)
    .join('\n');
  const { packages } = runAnalyzer(dpkg, {
    [status]: text,
    'var/lib/dpkg/info/zlib1g:amd64.list': '/lib64/libz.so.1\n',
    'var/lib/dpkg/info/zlib1g:i386.list': '/lib32/libz.so.1\n',
  });
  assert.deepEqual(
    packages.map(({ arch, files }) => [arch, ...files]),
    [
      ['amd64', '/lib64/libz.so.1'],
      ['i386', '/lib32/libz.so.1'],
    ],
  );
});

test('field names in any case, carriage returns and huge fields are read', () => {
  const huge = ` ${'x'.repeat(1000)}\n`.repeat(5000);
  const text = `pAcKaGe: a\nSTATUS: install ok installed\nConffiles:\n${huge}version: 1\nVersion: 2\nDescription: ${'y'.repeat(3_000_000)}\n \t\nPackage: b\nVersion: 3\n`;
  assert.deepEqual(rows(text.replaceAll('\n', '\r\n')), [
    ['a', '1', null, 'a 1'],
    ['b', '3', null, 'b 3'],
  ]);
});

test('a stanza that lacks its name or version is noted, and so is a file without any', () => {
  const { notes } = runAnalyzer(dpkg, {
    [status]: 'Package: a\nStatus: install ok installed\n\nVersion: 1\n',
    'var/lib/dpkg/status.d/odd': 'no stanza here\n',
  });
  assert.deepEqual(
    notes.map(({ problem }) => problem),
    [
      'stanza 1 has no version and is left out',
      'stanza 2 has no name and is left out',
      'there is no package stanza in it',
    ],
  );
});

test('an empty status file is an image without packages, not a problem', () => {
  assert.deepEqual(runAnalyzer(dpkg, { [status]: '' }), { packages: [], notes: [] });
});

test('what lies beside the status file is not taken for it', () => {
  for (const path of [
    'var/lib/dpkg/status-old',
    'var/lib/dpkg/available',
    'x/var/lib/dpkg/status',
    'var/lib/dpkg/info/a.postinst',
  ])
    assert.equal(dpkg.wants(path, 10, 0o644), false, path);
});

test('what a package needs is named by what is installed, and whose it says it is', () => {
  const text = [
    'Package: a\nStatus: install ok installed\nVersion: 1\nOrigin: Some Vendor\nPre-Depends: b (>= 1)\nDepends: x | mta, d:any,\n absent',
    'Package: b\nStatus: install ok installed\nVersion: 1\nDepends: b, mta',
    'Package: c\nStatus: install ok installed\nVersion: 1\nProvides: mta (= 2), other',
    'Package: d\nStatus: install ok installed\nVersion: 1',
    'Package: x\nStatus: deinstall ok config-files\nVersion: 1',
  ].join('\n\n');
  assert.deepEqual(
    runAnalyzer(dpkg, { [status]: text }).packages.map(({ name, requires, metadata }) => [name, requires, metadata]),
    [
      ['a', ['b', 'c', 'd'], { origin: 'Some Vendor' }],
      ['b', ['c'], undefined],
      ['c', undefined, undefined],
      ['d', undefined, undefined],
    ],
  );
});

test('a list of very many files is cut off with a note, and its package stays', () => {
  const { packages, notes } = runAnalyzer(dpkg, {
    [status]: 'Package: a\nStatus: install ok installed\nVersion: 1\n',
    'var/lib/dpkg/info/a.list': '/a\n'.repeat(1_000_001),
  });
  assert.deepEqual(
    packages.map(({ files }) => files),
    [['/a']],
  );
  assert.deepEqual(notes, [
    { path: 'var/lib/dpkg/info/a.list', problem: 'the list of files is cut off: it has more than 1000000 paths' },
  ]);
});
