import assert from 'node:assert/strict';
import { test } from 'node:test';
import { swift } from '#analysis/analyzers/swift.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const pins = (...all: readonly unknown[]) =>
  analyzeFiles(swift, { 'Package.resolved': JSON.stringify({ pins: all, version: 3 }) });
const pin = (location: unknown, state: unknown = { version: '1.0.0' }) => ({
  identity: 'rope',
  kind: 'remoteSourceControl',
  location,
  state,
});

test('a package is its repository, however its address is written', () => {
  for (const [location, name] of [
    ['https://github.com/apple/swift-nio.git', 'github.com/apple/swift-nio'],
    ['https://github.com/apple/swift-nio/', 'github.com/apple/swift-nio'],
    ['git@github.com:apple/swift-nio.git', 'github.com/apple/swift-nio'],
    ['ssh://git@github.com/apple/swift-nio', 'github.com/apple/swift-nio'],
    ['https://user:secret@git.example.org:8443/a/b.git', 'git.example.org:8443/a/b'],
  ] as const) {
    const { packages, notes } = pins(pin(location));
    assert.deepEqual(notes, []);
    assert.equal(packages[0]?.name, name, location);
    assert.equal(packages[0]?.purl, `pkg:swift/${name}@1.0.0`);
  }
});

test('a pin without a version has its commit, one without both is counted', () => {
  const { packages, notes } = pins(
    pin('https://a.example.org/b', { revision: 'fe211679295648c845535728b9f4f49237d3911f' }),
    pin('https://a.example.org/c', {}),
    pin(7),
    'x',
    null,
  );
  assert.deepEqual(
    packages.map(({ name, version }) => `${name} ${version}`),
    ['a.example.org/b fe211679295648c845535728b9f4f49237d3911f'],
  );
  assert.deepEqual(notes, ['Package.resolved: lists 2 packages without a name or version that can be read']);
});

test('JSON of anybody else is nothing, broken JSON a note', () => {
  const read = (text: string) => analyzeFiles(swift, { 'a/Package.resolved': text });
  assert.deepEqual(read('{"pins":{}}'), { packages: [], notes: [] });
  assert.deepEqual(read('{"object":[1]}'), { packages: [], notes: [] });
  assert.match(read('{"pins":[').notes[0]!, /is not JSON/);
  assert.equal(swift.wants('a/MyPackage.resolved', 1, 0o644), false);
});
