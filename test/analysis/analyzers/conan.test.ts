import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conan } from '#analysis/analyzers/conan.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const lock = (json: unknown) => analyzeFiles(conan, { 'conan.lock': JSON.stringify(json) });

test('references are read with and without user, revision, package and time', () => {
  const { packages, notes } = lock({
    version: '0.5',
    requires: ['a/1.0', 'b/1.2.3@me/stable#0f%1.5', 'c/cci.20200101#0f', 'd/1.0@', 'e/1.0:77', 'f/1.0@#0f'],
  });
  assert.deepEqual(notes, []);
  assert.deepEqual(
    packages.map(({ purl }) => purl),
    [
      'pkg:conan/a@1.0',
      'pkg:conan/b@1.2.3?channel=stable&user=me',
      'pkg:conan/c@cci.20200101',
      'pkg:conan/d@1.0',
      'pkg:conan/e@1.0',
      'pkg:conan/f@1.0',
    ],
  );
});

test('references that cannot be read are counted, and nodes without one are the project', () => {
  const { packages, notes } = lock({
    graph_lock: {
      nodes: { 0: { path: 'x' }, 1: { ref: 'a/1.0' }, 2: { pref: 'b/2.0:0f' }, 3: { ref: 'nothing' }, 4: null },
    },
  });
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['a', 'b'],
  );
  assert.match(notes[0]!, /lists 1 packages/);
  assert.deepEqual(lock({ requires: 'x', graph_lock: [] }), { packages: [], notes: [] });
  assert.match(analyzeFiles(conan, { 'conan.lock': 'x' }).notes[0]!, /is not JSON/);
});

test('a folder of the cache says what is installed, its build folder and ranges do not', () => {
  const info =
    '[settings]\n    os=Linux\n\n[requires]\n    a/1.Y.Z\n\n[full_requires]\n    a/1.0:77\n\n[options]\n    b/2.0\n';
  const at = (path: string) =>
    analyzeFiles(conan, { [path]: info }).packages.map(
      ({ name, version, declared }) => `${name} ${version} ${declared}`,
    );
  assert.deepEqual(at('root/.conan/data/z/3.1/_/_/package/0f1e/conaninfo.txt'), ['z 3.1 undefined', 'a 1.0 lock']);
  assert.deepEqual(at('root/.conan/data/z/3.1/_/_/build/0f1e/conaninfo.txt'), ['a 1.0 lock']);
  assert.deepEqual(at('opt/full_deploy/host/z/3.1/Release/x86_64/conaninfo.txt'), ['z 3.1 undefined', 'a 1.0 lock']);
  assert.deepEqual(at('conaninfo.txt'), ['a 1.0 lock']);
});
