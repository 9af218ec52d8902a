import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cocoapods } from '#analysis/analyzers/cocoapods.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const lock = (text: string) => analyzeFiles(cocoapods, { 'ios/Podfile.lock': text });

test('subspecs are one pod, two versions two', () => {
  const { packages, notes } = lock(
    'PODS:\n  - A/X (1.0):\n    - A/Y\n    - Z (1)\n    - B/Z (~> 2)\n  - A/Y (1.0)\n  - A (2.0)\n  - B/Z (2.1)\nCOCOAPODS: 1.0\n',
  );
  assert.deepEqual(notes, []);
  assert.deepEqual(
    packages.map(({ name, version, requires }) => [name, version, requires]),
    [
      ['A', '1.0', ['B', 'Z']],
      ['A', '2.0', undefined],
      ['B', '2.1', undefined],
    ],
  );
});

test('entries that cannot be read are counted, and a file without pods is nothing', () => {
  const { packages, notes } = lock('PODS:\n  - A\n  - B (1.0)\n  - (1.0)\n  - C (1.0) x\n  - [C]\n');
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['B'],
  );
  assert.match(notes[0]!, /lists 4 packages without/);
  assert.deepEqual(lock('PODS: none\n'), { packages: [], notes: [] });
  assert.match(lock('PODS:\n  - "A\n').notes[0]!, /no YAML of a lock file/);
});
