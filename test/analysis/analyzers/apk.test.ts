import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apk } from '#analysis/analyzers/apk.ts';
import { runAnalyzer } from '#test/support/run-analyzer.ts';

const alpine = { id: 'alpine', versionId: '3.20.3', codename: null, name: 'Alpine Linux', idLike: [] };

const stanza = (lines: Readonly<Record<string, string>>, files = '') =>
  `${Object.entries(lines)
    .map(([letter, value]) => `${letter}:${value}\n`)
    .join('')}${files}\n`;

const binsh = stanza(
  {
    C: 'Q1bkMTpdRlmMpsCUHkq6p2KNeehss=',
    P: 'busybox-binsh',
    V: '1.36.1-r29',
    A: 'x86_64',
    S: '1545',
    I: '8192',
    T: 'busybox ash /bin/sh',
    U: 'https://busybox.net/',
    L: 'GPL-2.0-only',
    o: 'busybox',
    m: 'Sören Tempel <soeren@example.org>',
    t: '1718175373',
    c: 'd9cbd6bb2b9e9f0d4d5f0c8f5ca1fd9f2b8d6a5f',
    D: 'busybox=1.36.1-r29',
    p: '/bin/sh cmd:sh=1.36.1-r29',
    r: 'busybox-initscripts',
  },
  'F:bin\nR:sh\na:0:0:777\nZ:Q1pcfTfDNEbNKQc2s1tia7da05M8Q=\nF:\nR:.keep\n',
);

test('an installed package has its origin, licences, maintainer, size and files', () => {
  const { packages, notes } = runAnalyzer(apk, { 'lib/apk/db/installed': binsh }, alpine);
  assert.deepEqual(notes, []);
  assert.deepEqual(packages, [
    {
      type: 'apk',
      name: 'busybox-binsh',
      version: '1.36.1-r29',
      arch: 'x86_64',
      source: 'busybox',
      origin: { name: 'busybox', version: '1.36.1-r29' },
      purl: 'pkg:apk/alpine/busybox-binsh@1.36.1-r29?arch=x86_64&distro=alpine-3.20.3&upstream=busybox',
      licenses: ['GPL-2.0-only'],
      vendor: 'Sören Tempel <soeren@example.org>',
      size: 8192,
      files: ['/.keep', '/bin/sh'],
      evidence: { path: 'lib/apk/db/installed', key: 'busybox-binsh 1.36.1-r29 x86_64' },
    },
  ]);
});

test('the place of apk-tools 3 is read, and a linked lib is not read twice', () => {
  const tree = { 'usr/lib/apk/db/installed': binsh, lib: { link: 'usr/lib' } };
  assert.equal(runAnalyzer(apk, tree).packages.length, 1);
});

test('files are called by their real folder where folders are merged', () => {
  const tree = {
    'lib/apk/db/installed': binsh,
    bin: { link: 'usr/bin' },
    'usr/bin/sh': { link: 'busybox' },
    'usr/bin/busybox': '',
  };
  assert.deepEqual(runAnalyzer(apk, tree).packages[0]?.files, ['/.keep', '/usr/bin/sh']);
});

test('a package without an origin is its own', () => {
  const text = stanza({ P: '.build-deps', V: '20240101.010101', A: 'noarch' });
  const [found] = runAnalyzer(apk, { 'lib/apk/db/installed': text }).packages;
  assert.equal(found?.source, '.build-deps');
  assert.equal(found?.purl, 'pkg:apk/.build-deps@20240101.010101?arch=noarch');
  assert.deepEqual([found?.size, found?.vendor, found?.licenses, found?.files], [null, null, [], []]);
});

test('licences are told apart in SPDX expressions and in lists of names', () => {
  const declared = [
    'MPL-2.0 AND MIT',
    '(MIT OR GPL-2.0-or-later WITH Foo-exception)',
    'MIT BSD GPL2+',
    'GPL-2.0',
    'custom',
  ];
  const text = declared.map((L, index) => stanza({ P: `p${index}`, V: '1', L })).join('');
  assert.deepEqual(
    runAnalyzer(apk, { 'lib/apk/db/installed': text }).packages.map(({ licenses }) => licenses),
    [
      ['MPL-2.0', 'MIT'],
      ['MIT', 'GPL-2.0-or-later WITH Foo-exception'],
      ['MIT', 'BSD', 'GPL-2.0-or-later'],
      ['GPL-2.0-only'],
      ['custom'],
    ],
  );
});

test('a package without a version is left out with a note, the others stay', () => {
  const text = `${stanza({ P: 'half' })}${stanza({ V: '1' })}\n\n${binsh}`;
  const { packages, notes } = runAnalyzer(apk, { 'lib/apk/db/installed': text });
  assert.equal(packages.length, 1);
  assert.deepEqual(
    notes.map(({ problem }) => problem),
    ['the package at line 1 has no version and is left out', 'the package at line 3 has no name and is left out'],
  );
});

test('carriage returns, a missing last blank line and unknown lines change nothing', () => {
  const text = `${binsh.replace('U:', 'x\nQQ\nk:future\nU:').trimEnd()}`.replaceAll('\n', '\r\n');
  const { packages, notes } = runAnalyzer(apk, { 'lib/apk/db/installed': text });
  assert.deepEqual(notes, []);
  assert.equal(packages[0]?.version, '1.36.1-r29');
  assert.deepEqual(packages[0]?.files, ['/.keep', '/bin/sh']);
});

test('a long folder with very many files is cut off with a note', () => {
  const text = stanza({ P: 'big', V: '1' }, `F:${'d'.repeat(4000)}\n${'R:f\n'.repeat(10_000)}`);
  const { packages, notes } = runAnalyzer(apk, { 'lib/apk/db/installed': text });
  assert.equal(packages.length, 1);
  assert.match(notes[0]?.problem ?? '', /the files of big are cut off/);
});

test('a name that is too long to be one is noted, other long texts are cut', () => {
  const long = 'x'.repeat(60_000);
  const text = stanza({ P: long, V: '1' }) + stanza({ P: 'a', V: '1', m: long, L: 'MIT' });
  const { packages, notes } = runAnalyzer(apk, { 'lib/apk/db/installed': text });
  assert.deepEqual(
    notes.map(({ problem }) => problem),
    ['the package at line 1 has a name or version of over 1024 characters and is left out'],
  );
  assert.equal(packages[0]?.vendor?.length, 8192);
});

test('only the two places of the database are read', () => {
  assert.equal(apk.wants('lib/apk/db/installed', 1, 0o644), true);
  assert.equal(apk.wants('srv/root/lib/apk/db/installed', 1, 0o644), false);
  assert.equal(apk.wants('lib/apk/db/installed.new', 1, 0o644), false);
});

test('what a package needs is named by what is installed: names, libraries, commands and paths', () => {
  const text = [
    'P:busybox\nV:1-r0\nD:so:libc.musl-x86_64.so.1\np:/bin/sh cmd:ls=1-r0',
    'P:musl\nV:1-r0\np:so:libc.musl-x86_64.so.1=1',
    'P:tool\nV:1-r0\nD:/bin/sh cmd:ls>=1 musl~1 !old absent busybox@edge\nM:x',
    'P:old\nV:1-r0',
  ].join('\n\n');
  assert.deepEqual(
    runAnalyzer(apk, { 'lib/apk/db/installed': text }).packages.map(({ name, requires }) => [name, requires]),
    [
      ['busybox', ['musl']],
      ['musl', undefined],
      ['tool', ['busybox', 'musl']],
      ['old', undefined],
    ],
  );
});
