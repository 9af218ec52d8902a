import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dart } from '#analysis/analyzers/dart.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const lock = (packages: string) =>
  analyzeFiles(dart, { 'app/pubspec.lock': `packages:\n${packages}sdks:\n  dart: ">=3.0.0"\n` });
const hosted = (name: string, version: string) =>
  `  ${name}:\n    description: {name: ${name}, url: "https://pub.dev"}\n    source: hosted\n    version: "${version}"\n`;

test('only a file of this name is a lock', () => {
  assert.equal(dart.wants('pubspec.lock', 1, 0o644), true);
  assert.equal(dart.wants('a/pubspec.lock', 1, 0o644), true);
  assert.equal(dart.wants('a/old-pubspec.lock', 1, 0o644), false);
});

test('old locks name the package in a flow mapping or not at all', () => {
  const { packages, notes } = lock(
    `${hosted('args', '1.10.0')}  rope:\n    description: rope\n    source: hosted\n    version: 1.10\n`,
  );
  assert.deepEqual(notes, []);
  assert.deepEqual(
    packages.map(({ name, version, purl }) => `${name} ${version} ${purl}`),
    ['args 1.10.0 pkg:pub/args@1.10.0', 'rope 1.10 pkg:pub/rope@1.10'],
  );
});

test('entries that cannot be read are counted, and the others are found all the same', () => {
  const { packages, notes } = lock(
    `${hosted('args', '')}${hosted('rope', '1.0.0')}  knot:\n    source: hosted\n  sail: x\n`,
  );
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['rope'],
  );
  assert.deepEqual(notes, ['app/pubspec.lock: lists 2 packages without a name or version that can be read']);
});

test('a lock of anybody else is nothing, a broken one a note', () => {
  const read = (text: string) => analyzeFiles(dart, { 'pubspec.lock': text });
  assert.deepEqual(read('locked: true\n'), { packages: [], notes: [] });
  assert.deepEqual(read('packages: {}\n'), { packages: [], notes: [] });
  assert.match(read('packages: [\n').notes[0]!, /without end/);
  assert.match(read('- a\n').notes[0]!, /no mapping/);
  assert.match(read(`#${'x'.repeat(5_000_000)}`).notes[0]!, /read up to 4194304/);
});

test('more packages than fifty thousand are not kept', () => {
  const { packages, notes } = lock(
    Array.from({ length: 50_001 }, (_, at) => `  p${at}: {source: hosted, version: "1"}\n`).join(''),
  );
  assert.equal(packages.length, 50_000);
  assert.deepEqual(notes, ['app/pubspec.lock: lists more than the 50000 packages kept']);
});
