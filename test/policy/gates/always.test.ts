import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts, reasons } from '../sample-facts.ts';

test('always fires once, for every image, under the id always', () => {
  assert.deepEqual(reasons('always', 'always', {}, facts), [{ id: 'always', message: 'Unconditional trigger match' }]);
});
