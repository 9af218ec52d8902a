import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDate } from '#schema/api/free-date.ts';

test('dates are read as people write them, in UTC where they name no zone', () => {
  for (const [text, time] of [
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['2026/1/2', '2026-01-02T00:00:00.000Z'],
    ['20261122', '2026-11-22T00:00:00.000Z'],
    ['20261122T101112Z', '2026-11-22T10:11:12.000Z'],
    ['2026-11-22 10:00', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00.123456Z', '2026-11-22T10:00:00.123Z'],
    ['2026-11-22T10:00:00+02:00', '2026-11-22T08:00:00.000Z'],
    ['2026-11-22 10:00:00 -0530', '2026-11-22T15:30:00.000Z'],
    ['11/22/2026 10:00', '2026-11-22T10:00:00.000Z'],
    ['  Nov 22   2026 ', '2026-11-22T00:00:00.000Z'],
    ['22 November 2026 10:00:05', '2026-11-22T10:00:05.000Z'],
    ['November 22, 2026 3:04 PM', '2026-11-22T15:04:00.000Z'],
    ['Sun, 22 Nov 2026 10:00:00 GMT', '2026-11-22T10:00:00.000Z'],
    ['Sun Nov 22 10:00:00 2026 +0100', '2026-11-22T09:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ] as const)
    assert.equal(new Date(readDate(text) ?? 0).toISOString(), time, text);
});

test('what is no date is not taken for one', () => {
  const none = ['', 'yesterday', 'foo 1', '2026', '24', '2026-06-31', '2026-02-29', '2026-13-01', '13/45/2026'];
  for (const text of [...none, 'Nov 22', 'Nov 2026 99', '2026-11-22T25:00', '<script>Nov 22 2026', '99999999999'])
    assert.equal(readDate(text), null, text);
});
