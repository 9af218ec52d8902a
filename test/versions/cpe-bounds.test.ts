import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparators } from '#versions/comparators.ts';
import { type CpeEnds, cpeBounds } from '#versions/cpe-bounds.ts';
import { contains, interval } from '#versions/interval.ts';

const versions = ['1.0.1', '1.0.2', '1.0.2-fips', '1.0.2k', '1.0.2za', '1.1.0', '1.1.0-rc1', '1.1.1'];

function inside(ends: CpeEnds): string {
  const found = interval(comparators.generic, cpeBounds(ends));
  assert.ok(found.kind === 'interval', JSON.stringify(found));
  return versions
    .filter((version) => {
      const key = comparators.generic.key(version);
      return key instanceof Uint8Array && contains(found, key);
    })
    .join(' ');
}

test('the ends of a CPE match take their versions in or leave them out as they say', () => {
  assert.equal(inside({}), versions.join(' '));
  assert.equal(inside({ versionStartIncluding: '1.0.2', versionEndExcluding: '1.0.2za' }), '1.0.2 1.0.2-fips 1.0.2k');
  assert.equal(inside({ versionStartExcluding: '1.0.2', versionEndIncluding: '1.0.2za' }), '1.0.2-fips 1.0.2k 1.0.2za');
  assert.equal(inside({ versionEndIncluding: '1.0.2' }), '1.0.1 1.0.2');
  assert.equal(inside({ versionStartExcluding: '1.1.0' }), '1.1.1');
  assert.equal(inside({ versionEndExcluding: '1.1.0', versionStartIncluding: '1.0.2za' }), '1.0.2za 1.1.0-rc1');
});

test('of two ends of a kind the one that leaves its version out counts', () => {
  assert.deepEqual(
    cpeBounds({
      versionStartIncluding: '1',
      versionStartExcluding: '2',
      versionEndIncluding: '4',
      versionEndExcluding: '3',
    }),
    { introduced: null, introducedAfter: '2', fixed: '3', lastAffected: null },
  );
});
