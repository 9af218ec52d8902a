import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLimits, defaultLimits, type LimitKind, limitKinds, readSize } from '#core/limits.ts';
import { isFault } from '#test/support/is-fault.ts';

test('limits are chosen by name, as numbers or with a unit, and the others stay as they come', () => {
  const chosen = {
    fileBytes: '2GiB',
    layers: 7,
    analyzerSeconds: '5m',
    imageSeconds: '2h',
    notes: '10',
    pathBytes: '1KiB',
  };
  assert.deepEqual(chooseLimits(chosen, 'here'), {
    ...defaultLimits,
    ...{ fileBytes: 2 ** 31, layers: 7, analyzerSeconds: 300, imageSeconds: 7200, notes: 10, pathBytes: 1024 },
  });
  assert.deepEqual(chooseLimits({}, 'here'), defaultLimits);
});

test('a limit that there is not is refused with the names of all', () => {
  const known = Object.keys(limitKinds).sort().join(', ');
  for (const name of ['fileByte', '__proto__', 'constructor', ''])
    assert.throws(
      () => chooseLimits(Object.fromEntries([[name, 1]]), '--limit'),
      (error: Error) => isFault('input/invalid', /^--limit: .*is no limit/)(error) && error.message.endsWith(known),
    );
});

test('a value is a whole number from 1 up to what the limit may be at most', () => {
  const wrong = [
    0,
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '0',
    '-1',
    '1.5GiB',
    '2GB',
    '2 GiB',
    '1e9',
    '5m',
    null,
    {},
    true,
  ];
  for (const value of [...wrong, '9999999999999999', '10000TiB'])
    assert.throws(
      () => chooseLimits({ fileBytes: value }, 'x'),
      isFault('input/invalid', /^x: fileBytes=.*2GiB/),
      `${value}`,
    );
  for (const value of ['5GiB', '30d', 1_000_001])
    assert.throws(() => chooseLimits({ imageSeconds: value }, 'x'), /90s/);
  for (const value of ['5s', '5KiB']) assert.throws(() => chooseLimits({ layers: value }, 'x'), /give 1 to/);
  assert.equal(chooseLimits({ archiveDepth: 32 }, 'x').archiveDepth, 32);
  assert.throws(() => chooseLimits({ archiveDepth: 33 }, 'x'), /give 1 to 32/);
});

test('what comes unless it is chosen could be chosen', () => {
  assert.deepEqual(chooseLimits(defaultLimits, 'x'), defaultLimits);
  const kinds: readonly LimitKind[] = Object.values(limitKinds);
  for (const { value, most = value } of kinds) assert.ok(value <= most);
});

test('a size is told with a unit or without', () => {
  assert.deepEqual(
    ['1', '64KiB', '3MiB'].map((text) => readSize(text, 'x')),
    [1, 65_536, 3 * 2 ** 20],
  );
  for (const text of ['', '0', '-1', '64kb', 'KiB'])
    assert.throws(() => readSize(text, '--size'), isFault('input/invalid', /^--size/));
});
