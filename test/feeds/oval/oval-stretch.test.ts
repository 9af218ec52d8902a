import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OvalOperation, OvalVersionTest } from '#feeds/oval/oval-definition.ts';
import { ovalStretch } from '#feeds/oval/oval-stretch.ts';

const evr = (operation: OvalOperation, value: string): OvalVersionTest => ({ of: 'evr', operation, value });
const everything = { introduced: null, fixed: null, lastAffected: null, state: 'not-fixed' };

test('tests of versions become the stretch that an advisory speaks of', () => {
  assert.deepEqual(ovalStretch([]), everything);
  assert.deepEqual(ovalStretch([evr('less than', '0:2-1')]), { ...everything, fixed: '0:2-1', state: 'fixed' });
  assert.deepEqual(ovalStretch([evr('less than or equal', '0:2-1')]), { ...everything, lastAffected: '0:2-1' });
  assert.deepEqual(ovalStretch([evr('less than', '0:2-1'), evr('greater than or equal', '0:1-1')]), {
    ...everything,
    ...{ introduced: '0:1-1', fixed: '0:2-1', state: 'fixed' },
  });
  assert.deepEqual(ovalStretch([evr('greater than', '0:1-1')]), { ...everything, introducedAfter: '0:1-1' });
  assert.deepEqual(ovalStretch([evr('equals', '0:2-1')]), { ...everything, versions: ['0:2-1'] });
});

test('version 0 is no version: equal to it is not affected, above it is affected without a mend', () => {
  assert.deepEqual(ovalStretch([{ of: 'version', operation: 'equals', value: '0' }]), {
    ...everything,
    ...{ state: 'unknown', verdict: 'not-affected' },
  });
  for (const zero of ['0', '0:0', '0:0-0']) assert.deepEqual(ovalStretch([evr('greater than', zero)]), everything);
});

test('tests that are no stretch are not read as one', () => {
  assert.equal(ovalStretch([evr('not equal', '0:2-1')]), null);
  assert.equal(ovalStretch([evr('pattern match', '^2')]), null);
  assert.equal(ovalStretch([evr('less than', '0:2-1'), evr('less than', '0:3-1')]), null);
  assert.equal(ovalStretch([evr('less than', '0:2-1'), evr('equals', '0:1-1')]), null);
});
