import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Analyzer, FoundPackage } from '#analysis/analyzer.ts';
import { binary } from '#analysis/analyzers/binary.ts';
import { dpkg } from '#analysis/analyzers/dpkg.ts';
import { assemble } from '#analysis/assemble.ts';
import { defaultLimits } from '#core/limits.ts';
import { assembleLayers } from '#test/support/assemble-layers.ts';
import { buildElf, machines } from '#test/support/executable-builder.ts';
import { lineAnalyzer } from '#test/support/line-analyzer.ts';

const file = (path: string, content: string) => ({ path, content });

/** Name, version and number of the layer of each package. */
async function attributed(...layers: (readonly { path: string; content: string }[])[]) {
  const { packages, diffIds } = await assembleLayers(layers, [lineAnalyzer]);
  return packages.map(({ name, version, layer }) => `${name} ${version} ${diffIds.indexOf(layer!)}`);
}

test('a package belongs to the layer that brought it in, though a later layer wrote its database again', async () => {
  assert.deepEqual(await attributed([file('packages.txt', 'a 1\nb 1\n')], [file('packages.txt', 'a 1\nb 1\nc 1\n')]), [
    'a 1 0',
    'b 1 0',
    'c 1 1',
  ]);
});

test('an upgraded package belongs to the layer of its upgrade', async () => {
  assert.deepEqual(await attributed([file('packages.txt', 'a 1\n')], [file('packages.txt', 'a 2\n')]), ['a 2 1']);
});

test('a package that was removed and came back belongs to the layer of its return', async () => {
  const both = file('packages.txt', 'a 1\nb 1\n');
  assert.deepEqual(await attributed([both], [file('packages.txt', 'b 1\n')], [both, file('log', 'installed a')]), [
    'a 1 2',
    'b 1 0',
  ]);
});

test('a package that a later layer deleted is not there', async () => {
  assert.deepEqual(await attributed([file('x/a.pkg', 'a 1\n')], [file('x/.wh.a.pkg', '')]), []);
});

test('copies are one package with all their paths, of the layer of the oldest copy that is left', async () => {
  const { packages, diffIds } = await assembleLayers(
    [[file('z.pkg', 'a 1\n')], [file('b.pkg', 'a 1\n')], [file('a.pkg', 'a 1\n'), file('.wh.z.pkg', '')]],
    [lineAnalyzer],
  );
  assert.equal(packages.length, 1);
  assert.deepEqual(packages[0]!.paths, ['/a.pkg', '/b.pkg']);
  assert.equal(packages[0]!.layer, diffIds[1]);
});

test('copies add up their licences and files', async () => {
  const { packages } = await assembleLayers(
    [[file('a.pkg', 'x 1\n'), file('b.pkg', 'x 1\n')]],
    [
      finding(({ path }) => ({
        licenses: ['MIT', path === 'a.pkg' ? 'ISC' : '0BSD'],
        files: [`/${path}`],
        otherPaths: [`lock-of-${path}`],
      })),
    ],
  );
  assert.deepEqual(packages[0]!.licenses, ['MIT', 'ISC', '0BSD']);
  assert.deepEqual(packages[0]!.files, ['/a.pkg', '/b.pkg']);
  assert.deepEqual(packages[0]!.paths, ['/a.pkg', '/b.pkg', '/lock-of-a.pkg', '/lock-of-b.pkg']);
});

test('packages are sorted by type, name, version, arch and source, by their bytes', async () => {
  const { packages } = await assembleLayers([[file('a.pkg', 'b 2\nB 1\nb 10\na 1\n')]], [lineAnalyzer]);
  assert.deepEqual(
    packages.map(({ name, version }) => `${name} ${version}`),
    ['B 1', 'a 1', 'b 10', 'b 2'],
  );
});

test('packages that differ in arch or source only stay apart', async () => {
  const { packages } = await assembleLayers(
    [[file('a.pkg', 'x 1\n'), file('b.pkg', 'x 1\n')]],
    [finding(({ path }) => ({ arch: path === 'a.pkg' ? 'arm64' : 'amd64' }))],
  );
  assert.deepEqual(
    packages.map(({ arch }) => arch),
    ['amd64', 'arm64'],
  );
});

test('an analyzer that fails to assemble is a note, and what it found before stays', async () => {
  const { packages, notes } = await assembleLayers([[file('a.pkg', 'a 1\nthrows 1\n')]], [lineAnalyzer]);
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['a'],
  );
  assert.equal(notes[0]!.analyzer, 'line');
  assert.match(notes[0]!.problem, /cannot make a package of this/);
});

test('a package that no database could hold is a note, and the others stay', async () => {
  const names = ['a\u0000b', 'half\ud800', `${'\u8239'.repeat(400)}`, 'n'.repeat(1025), 'n'.repeat(1024)];
  const wild: Analyzer = {
    ...lineAnalyzer,
    *assemble(view) {
      const [found] = lineAnalyzer.assemble(view);
      for (const name of names) yield { ...found!, name };
      yield { ...found!, version: '1\u0007' };
      yield { ...found!, purl: `pkg:npm/${'n'.repeat(2500)}` };
      yield { ...found!, origin: { name: '\u0000', version: '1' } };
      yield found!;
    },
  };
  const { packages, notes } = await assembleLayers([[file('a.pkg', 'a 1\n')]], [wild]);
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['a', names[4]],
  );
  assert.deepEqual(
    notes.map(({ path, problem }) => `${path}: ${problem.slice(26)}`),
    [
      '/a.pkg: has characters in its name or version that none has',
      '/a.pkg: has characters in its name or version that none has',
      '/a.pkg: has a name of over 1024 bytes',
      '/a.pkg: has a name of over 1024 bytes',
      '/a.pkg: has characters in its name or version that none has',
      '/a.pkg: has a package URL of over 2500 characters',
      '/a.pkg: has characters in its name or version that none has',
    ],
  );
});

test('an analyzer that takes too long to assemble is a note, what it found before stays, and others go on', async () => {
  let now = 0;
  const slow: Analyzer = {
    ...lineAnalyzer,
    *assemble(view) {
      for (const found of lineAnalyzer.assemble(view)) {
        now += 40_000;
        yield found;
      }
    },
  };
  const after: Analyzer = { ...lineAnalyzer, name: 'after', wants: (path) => path === 'z.pkg' };
  const entries = [file('a.pkg', 'a 1\nb 2\nc 3\nd 4\n'), file('z.pkg', 'z 26\n')];
  const first: Analyzer = { ...slow, wants: (path) => path === 'a.pkg' };
  const { composed, diffIds } = await assembleLayers([entries], [first, after]);
  const { packages, notes } = assemble(composed, diffIds, [first, after], defaultLimits, () => now);
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['a', 'b', 'z'],
  );
  assert.deepEqual(
    notes.map(({ analyzer, problem }) => [analyzer, problem]),
    [['line', 'could not assemble: it has taken more than 60 s (limit analyzerSeconds)']],
  );
});

test('notes of an analyzer name the file and its layer, and are bounded by the limit notes', async () => {
  const noisy: Analyzer = {
    ...lineAnalyzer,
    assemble(view) {
      for (let i = 0; i < 100; i += 1) view.note('a.pkg', `problem ${i}`);
      return [];
    },
  };
  const { notes, diffIds } = await assembleLayers([[file('a.pkg', 'a 1\n')]], [noisy], { ...defaultLimits, notes: 3 });
  assert.deepEqual(
    notes.map(({ path }) => path),
    ['/a.pkg', '/a.pkg', null],
  );
  assert.equal(notes[0]!.layer, diffIds[0]);
});

test('an image without a distribution and without packages is a valid result', async () => {
  const { distro, packages, notes } = await assembleLayers([[file('hello', 'world')]], [lineAnalyzer]);
  assert.deepEqual({ distro, packages, notes }, { distro: null, packages: [], notes: [] });
});

/** The line analyzer, its packages changed. */
function finding(change: (evidence: { path: string }) => Partial<FoundPackage>): Analyzer {
  return {
    ...lineAnalyzer,
    *assemble(view) {
      for (const found of lineAnalyzer.assemble(view)) yield { ...found, ...change(found.evidence) };
    },
  };
}

test('a program that packages of the distribution own is not shown, but its other places are', async () => {
  const bash = buildElf(machines['amd64']!, [
    { name: '.rodata', address: 0x401000, bytes: Buffer.from('@(#)Bash version 5.2.37(1) release GNU\x00') },
  ]);
  const status = 'Package: bash\nStatus: install ok installed\nVersion: 5.2.37-2\nArchitecture: amd64\n';
  const installed = [
    { path: 'var/lib/dpkg/status', content: status },
    { path: 'var/lib/dpkg/info/bash.list', content: '/.\n/bin\n/bin/bash\n' },
    { path: 'bin', type: 'symlink' as const, link: 'usr/bin' },
    { path: 'usr/bin/bash', content: bash, mode: 0o755 },
  ];
  const shown = async (...more: { path: string; content: Buffer }[]) => {
    const { packages } = await assembleLayers([[...installed, ...more]], [dpkg, binary]);
    return packages.map(({ type, name, paths, owners }) => [type, name, paths, owners]);
  };
  const deb = ['deb', 'bash', ['/var/lib/dpkg/status'], undefined];
  assert.deepEqual(await shown(), [deb]);
  assert.deepEqual(await shown({ path: 'opt/bash', content: bash }), [
    ['binary', 'bash', ['/opt/bash'], undefined],
    deb,
  ]);
});
