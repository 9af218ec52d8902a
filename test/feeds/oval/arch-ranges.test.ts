import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AffectedRange } from '#feeds/advisory.ts';
import { highestFixes, lowestFixes } from '#feeds/fix-choice.ts';
import { archRanges } from '#feeds/oval/arch-ranges.ts';

const hull = (fixed: string): AffectedRange => {
  return { namespace: 'ol:9', name: 'hull', introduced: null, fixed, lastAffected: null, state: 'fixed' };
};

test('what is said of every architecture is said once, without them', () => {
  const both = [
    { range: hull('1-2'), arch: 'x86_64' },
    { range: hull('1-2'), arch: '(aarch64)' },
  ];
  assert.deepEqual(archRanges(both, lowestFixes), [hull('1-2')]);
  assert.deepEqual(archRanges([{ range: hull('1-2'), arch: null }], lowestFixes), [hull('1-2')]);
  assert.deepEqual(archRanges([{ range: hull('1-2'), arch: '.*' }], lowestFixes), [hull('1-2')]);
});

test('where architectures differ each has its own range, and one for all holds beside them', () => {
  const said = [
    { range: hull('1-4'), arch: 's390x' },
    { range: hull('1-2'), arch: '(aarch64|x86_64)' },
  ];
  assert.deepEqual(archRanges(said, lowestFixes), [
    { ...hull('1-2'), only: { arch: ['aarch64', 'x86_64'] } },
    { ...hull('1-4'), only: { arch: ['s390x'] } },
  ]);
  assert.deepEqual(archRanges([...said, { range: hull('1-3'), arch: null }], lowestFixes), [
    { ...hull('1-2'), only: { arch: ['aarch64', 'x86_64'] } },
    { ...hull('1-3'), only: { arch: ['s390x'] } },
  ]);
});

test('of several mends on one architecture the chosen one counts, in the order of versions', () => {
  const said = ['1-10', '1-9'].flatMap((fixed) => ['x86_64', 'aarch64'].map((arch) => ({ range: hull(fixed), arch })));
  assert.deepEqual(archRanges(said, lowestFixes), [hull('1-9')]);
  assert.deepEqual(archRanges(said, highestFixes), [hull('1-10')]);
});
