import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '#policy/gate.ts';
import { facts, messages, reasons, refusals } from '../sample-facts.ts';

const lifecycle = (endOfLife: string | null, endOfExtendedSupport: string | null = null): Facts => ({
  ...facts,
  lifecycle: { kind: 'lifecycle', endOfLife, endOfExtendedSupport } as Facts['lifecycle'],
});
const asked = (of: Facts, parameters: Readonly<Record<string, string>> = {}) =>
  messages('distribution', 'end_of_life', parameters, of);

// It is 2026-11-21, 12:00 UTC.
test('end_of_life tells a release that gets no fixes any more, and one that soon will not', () => {
  assert.deepEqual(asked(lifecycle('2026-11-20')), [
    'The distribution alpine:3.9.0 reached its end of life on 2026-11-20',
  ]);
  assert.deepEqual(asked(lifecycle('2026-12-20')), []);
  assert.deepEqual(asked(lifecycle('2026-12-20'), { days_before: '30' }), [
    'The distribution alpine:3.9.0 reaches its end of life on 2026-12-20',
  ]);
  assert.deepEqual(asked(lifecycle(null)), []);
  assert.deepEqual(asked(facts), []);
});

test('paid support counts where it is asked for', () => {
  const of = lifecycle('2026-01-01', '2031-01-01');
  assert.equal(asked(of).length, 1);
  assert.equal(asked(of, { paid_support: 'true' }).length, 0);
  assert.equal(asked(lifecycle('2026-01-01'), { paid_support: 'true' }).length, 1);
});

test('a lifecycle that nobody tells is told', () => {
  assert.deepEqual(messages('distribution', 'lifecycle_unavailable', {}, facts), [
    'It is not known until when the distribution alpine:3.9.0 gets security fixes',
  ]);
  assert.deepEqual(messages('distribution', 'lifecycle_unavailable', {}, lifecycle('2030-01-01')), []);
  assert.equal(reasons('distribution', 'end_of_life', {}, lifecycle('2020-01-01'))[0]!.id, 'end-of-life+alpine:3.9.0');
  assert.match(refusals('distribution', 'end_of_life', { days_before: 'soon' })[0]!, /whole number/);
});
