import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { cargo } from '#analysis/analyzers/cargo.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';
import { buildElf, buildFatMachO, buildMachO, buildPe, machines, peBase } from '#test/support/executable-builder.ts';

const filler = { name: '.text', address: 0x400000, bytes: Buffer.alloc(64 * 1024) };
const section = (bytes: Uint8Array) => ({ name: '.dep-v0', address: 0x500000, bytes });
const audited = (json: unknown) => section(deflateSync(JSON.stringify(json)));
const program = (data: { name: string; address: number; bytes: Uint8Array }) => ({
  mode: 0o755,
  bytes: buildElf(machines['amd64']!, [filler, data]),
});
const crates = (...packages: unknown[]) => program(audited({ packages }));

test('a program built by cargo auditable is its crates and itself, not what only its build ran', () => {
  const { packages, notes } = analyzeFiles(cargo, {
    'usr/bin/a': crates(
      { name: 'cc', version: '1.0.0', source: 'crates.io', kind: 'build' },
      { name: 'itoa', version: '1.0.18', source: 'crates.io' },
      { name: 'keel', version: '0.4.2-rc.1+linux', source: 'local', dependencies: [0, 1, 3, 99, 'x'], root: true },
      { name: 'knot', version: '2.5.0', source: 'git', kind: 'runtime' },
    ),
  });
  assert.deepEqual(notes, []);
  assert.deepEqual(
    packages.map(({ type, name, version, source, purl, declared, requires }) => {
      return { type, name, version, source, purl, declared, requires };
    }),
    [
      ['itoa', '1.0.18', null, 'pkg:cargo/itoa@1.0.18', undefined],
      ['keel', '0.4.2-rc.1+linux', 'root', 'pkg:cargo/keel@0.4.2-rc.1%2Blinux', ['itoa', 'knot']],
      ['knot', '2.5.0', null, 'pkg:cargo/knot@2.5.0', undefined],
    ].map(([name, version, source, purl, requires]) => {
      return { type: 'cargo', name, version, source, purl, declared: undefined, requires };
    }),
  );
});

test('crates are found in ELF of every kind, PE and Mach-O, thin and fat', () => {
  const data = audited({ packages: [{ name: 'itoa', version: '1.0.0', source: 'crates.io' }] });
  const far = { ...data, address: peBase + 0x2000 };
  const mac = buildMachO(machines['amd64']!, [filler, data]);
  const files: { path: string; bytes: Buffer; mode?: number }[] = [
    ...Object.values(machines).map((machine) => ({ path: 'a', bytes: buildElf(machine, [filler, data]) })),
    { path: 'a.exe', bytes: buildPe(true, [far]) },
    { path: 'a.exe', bytes: buildPe(false, [far]) },
    { path: 'a', bytes: mac },
    { path: 'a', bytes: buildFatMachO([mac, mac]) },
    { path: 'lib/_rust.abi3.so', bytes: buildElf(machines['amd64']!, [filler, data]), mode: 0o644 },
  ];
  for (const { path, bytes, mode = 0o755 } of files) {
    const { packages } = analyzeFiles(cargo, { [path]: { bytes, mode } });
    assert.deepEqual([...new Set(packages.map(({ name }) => name))], ['itoa']);
  }
});

test('a program without the record of its crates is nothing, one with a damaged record is a note', () => {
  const bomb = deflateSync(`{"packages":[]}${' '.repeat(9 * 1024 * 1024)}`);
  const { packages, notes } = analyzeFiles(cargo, {
    'bin/plain': program({ name: '.rodata', address: 0x500000, bytes: Buffer.from('x') }),
    'bin/script': { bytes: `#!/bin/sh\n${'#'.repeat(70_000)}`, mode: 0o755 },
    'bin/cut': program(section(deflateSync('{"packages":[]}').subarray(0, 12))),
    'bin/bomb': program(section(bomb)),
    'bin/list': program(audited([])),
    'bin/good': crates({ name: 'itoa', version: '1.0.0' }),
    'bin/some': crates(
      { name: 'memchr', version: '2.0.0' },
      { name: '../x', version: '1.0.0' },
      { name: 'y', version: '1' },
      7,
    ),
  });
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['itoa', 'memchr'],
  );
  assert.deepEqual(notes, [
    'bin/cut: its list of crates (section .dep-v0) is not JSON in zlib of at most 8 MiB',
    'bin/bomb: its list of crates (section .dep-v0) is not JSON in zlib of at most 8 MiB',
    'bin/list: its list of crates (section .dep-v0) names no packages',
    'bin/some: 3 crates of its list cannot be read',
  ]);
});

const registry = 'registry+https://github.com/rust-lang/crates.io-index';
const locked = (name: string, version: string, source: string, more = '') =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "${source}"\n${more}\n`;

test('a Cargo.lock names the crates of a project by registry and commit, without the project', () => {
  const commit = '17f4079e9441eb0675216d71aedb1bcf1126bdd1';
  const { packages, notes } = analyzeFiles(cargo, {
    'srv/app/Cargo.lock': [
      'version = 3\n',
      locked('a', '1.0.0', registry, 'dependencies = [\n "b 1.0.0 (registry+x)",\n "b 2.0.0",\n "c",\n]'),
      locked('b', '1.0.0', 'sparse+https://index.crates.io/'),
      locked('c', '1.0.0', 'sparse+https://crates.example.org/index/'),
      locked('d', '1.0.0', `git+https://jo:secret@example.org/d?tag=v1#${commit}`),
      locked('e', '1.0', registry),
      '[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = ["a"]\n',
      '[metadata]\n"checksum a 1.0.0 (registry+x)" = "00"\n',
    ].join('\n'),
  });
  assert.deepEqual(notes, []);
  assert.deepEqual(
    packages.map(({ purl, declared, source, requires }) => [purl, declared, source, requires]),
    [
      ['pkg:cargo/a@1.0.0', 'lock', null, ['b', 'c']],
      ['pkg:cargo/b@1.0.0', 'lock', null, undefined],
      ['pkg:cargo/c@1.0.0?repository_url=https:%2F%2Fcrates.example.org%2Findex%2F', 'lock', null, undefined],
      [`pkg:cargo/d@1.0.0?vcs_url=git%2Bhttps:%2F%2Fexample.org%2Fd%40${commit}`, 'lock', null, undefined],
    ],
  );
});

test('lock files of the sources in the home of cargo are of nobody here', () => {
  const lock = locked('a', '1.0.0', registry);
  for (const [path, count] of [
    ['Cargo.lock', 1],
    ['srv/app/Cargo.lock', 1],
    ['usr/local/cargo/registry/src/index.crates.io-1949cf8c6b5b557f/a-1.0.0/Cargo.lock', 0],
    ['root/.cargo/git/checkouts/a-0123456789abcdef/0123456/Cargo.lock', 0],
    ['srv/app/NotCargo.lock', 0],
  ] as const) {
    assert.equal(analyzeFiles(cargo, { [path]: lock }).packages.length, count, path);
  }
});

test('a Cargo.lock that cannot be read is a note, one that locks nothing is nothing', () => {
  for (const [text, problem] of [
    ['[[package]\nname = ', /is not TOML/],
    ['<<<<<<< HEAD\n', /is not TOML/],
    [`a=${'['.repeat(100_000)}`, /is not TOML/],
    [' '.repeat(8 * 1024 * 1024 + 1), /8388609 bytes/],
    ['', null],
    ['package = 7', null],
    ['[[package]]\nname = 1\nversion = 2\nsource = "x"', null],
  ] as const) {
    const { packages, notes } = analyzeFiles(cargo, {
      'b/Cargo.lock': text,
      'c/Cargo.lock': locked('a', '1.0.0', registry),
    });
    assert.equal(packages.length, 1);
    assert.equal(notes.length, problem === null ? 0 : 1, text.slice(0, 40));
    if (problem !== null) assert.match(notes[0]!, problem);
  }
});
