import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { chisel } from '#analysis/analyzers/chisel.ts';
import { debianSourceName } from '#analysis/os/debian-source-names.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';
import { runAnalyzer, viewOf } from '#test/support/run-analyzer.ts';

const path = 'var/lib/chisel/manifest.wall';
const header = '{"jsonwall":"1.0","schema":"1.0","count":9}';
const wall = (...lines: readonly string[]) => zstdCompressSync([header, ...lines].join('\n'));
const bash = '{"kind":"package","name":"bash","version":"5.2-1","arch":"amd64"}';

test("a file that is only called so is nobody's", () => {
  for (const text of [
    '{"kind":"package","name":"a","version":"1"}\n{"kind":"package","name":"b","version":"1"}',
    'plain',
    '',
  ])
    assert.deepEqual(analyzeFiles(chisel, { 'opt/manifest.wall': zstdCompressSync(text) }), {
      packages: [],
      notes: [],
    });
  assert.equal(chisel.wants('opt/my-manifest.wall', 10, 0o644), false);
});

test('lines that cannot be read are noted behind the packages that can', () => {
  const { packages, notes } = analyzeFiles(chisel, {
    [path]: wall('{broken', '[1]', '{"kind":"package","name":7,"version":"1"}', '{"kind":"new"}', bash),
  });
  assert.deepEqual(
    packages.map(({ name, version, arch }) => [name, version, arch]),
    [['bash', '5.2-1', 'amd64']],
  );
  assert.deepEqual(notes, [`${path}: 3 lines of the manifest tell nothing that can be read`]);
});

test('what is no zstd, or inflates beyond its bound, is noted', () => {
  const bomb = zstdCompressSync(Buffer.alloc(65 * 1024 * 1024));
  assert.deepEqual(analyzeFiles(chisel, { [path]: 'plain' }).notes, [`${path}: is no zstd that can be inflated`]);
  assert.deepEqual(analyzeFiles(chisel, { [path]: bomb }).notes, [`${path}: inflates to more than 64 MiB`]);
});

test('a path belongs to each package that has a slice with it, with what a script made of it', () => {
  const [before, after] = ['ab'.repeat(32), 'cd'.repeat(32)];
  const view = viewOf(chisel, {
    [path]: wall(
      bash,
      '{"kind":"package","name":"dash","version":"1"}',
      `{"kind":"path","path":"/etc/x","mode":"0640","slices":["bash_config","dash_config"],"sha256":"${before}","final_sha256":"${after}"}`,
      '{"kind":"path","path":"/bin/sh","mode":"0777","slices":["dash_bins"],"link":"dash"}',
      '{"kind":"path","path":"/etc/","mode":"0755","slices":["bash_config"]}',
      '{"kind":"path","path":7,"slices":"x"}',
    ),
  });
  assert.deepEqual(
    [...chisel.owned!(view)].map(({ path: of, package: it, expected }) => [
      of,
      it.name,
      expected.digest?.hex,
      expected.mode,
    ]),
    [
      ['/etc/x', 'bash', after, 0o640],
      ['/etc/x', 'dash', after, 0o640],
      ['/bin/sh', 'dash', undefined, null],
    ],
  );
});

test('a package that dpkg lists too is left to dpkg', () => {
  const view = viewOf(chisel, { [path]: wall(bash) });
  assert.deepEqual([...chisel.assemble({ ...view, found: (...its) => its.join(' ') === 'deb bash 5.2-1' })], []);
});

test('packages whose source is not known are noted by name, known ones are not', () => {
  const rare = Array.from({ length: 22 }, (_, i) => `{"kind":"package","name":"rare${10 + i}","version":"1"}`);
  const { notes } = runAnalyzer(chisel, { [path]: wall(bash, ...rare) });
  assert.match(notes[0]?.problem ?? '', /speak: rare10, rare11, .*rare29 and 2 more are judged by their own names$/);
  assert.deepEqual(runAnalyzer(chisel, { [path]: wall(bash) }).notes, []);
});

test('source packages of what minimal images are cut from are known by name', () => {
  const known: Readonly<Record<string, string | null>> = {
    libssl3t64: 'openssl',
    'libgcc-s1': 'gcc-14',
    'libpython3.12-minimal': 'python3.12',
    'python3.12': 'python3.12',
    'openjdk-21-jre-headless': 'openjdk-21',
    'dotnet-runtime-8.0': 'dotnet8',
    libcurl4t64: 'curl',
    bash: 'bash',
    passwd: 'shadow',
    'libssl3-dev-fake': null,
    constructor: null,
  };
  for (const [name, source] of Object.entries(known)) assert.equal(debianSourceName(name, '14.2.0-4'), source, name);
  assert.equal(debianSourceName('libpq5', '1:16.4-1'), 'postgresql-16');
});
