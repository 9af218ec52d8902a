import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AffectedRange } from '#feeds/advisory.ts';
import { affectedRanges } from '#feeds/affected-ranges.ts';
import { affectedRows } from '#feeds/affected-rows.ts';
import { comparators } from '#versions/comparators.ts';
import { rangeSyntaxes } from '#versions/range-syntaxes.ts';

const said = { namespace: 'npm', name: 'left-pad', state: 'unknown' } as const;
const none = { introduced: null, fixed: null, lastAffected: null };

function rangesOf(text: string): readonly AffectedRange[] {
  const reading = rangeSyntaxes.ghsa.parse(text, comparators.semver);
  assert.ok(reading.kind === 'ranges');
  return affectedRanges(reading.ranges, said);
}

test('stretches stay stretches, and single versions become one list', () => {
  assert.deepEqual(rangesOf('= 1.0.0 || > 1.1.0, < 1.2.0 || = 1.3.0'), [
    { ...said, ...none, introducedAfter: '1.1.0', fixed: '1.2.0' },
    { ...said, ...none, versions: ['1.0.0', '1.3.0'] },
  ]);
  assert.deepEqual(rangesOf('< 1.2.0'), [{ ...said, ...none, fixed: '1.2.0' }]);
});

test('an advisory with a range above a version, and with a single version that cannot be placed, becomes rows that say so', () => {
  const affected = rangesOf('> 1.1.0, < 1.2.0 || = next');
  const { rows, problems } = affectedRows({
    record: 'X-1',
    id: 'X-1',
    aliases: [],
    related: [],
    severity: 'Unknown',
    severitySource: null,
    title: null,
    urls: [],
    published: null,
    affected,
  });
  assert.deepEqual(problems, []);
  const hex = (key: unknown) => Buffer.from(key as Uint8Array).toString('hex');
  assert.deepEqual(
    rows.map(({ status, lo, hi, exact }) => ({ status, lo, hi, exact: exact ?? null })),
    [
      { status: 0, lo: hex(comparators.semver.end('1.1.0')), hi: hex(comparators.semver.key('1.2.0')), exact: null },
      { status: 2, lo: '', hi: '', exact: 'next' },
    ],
  );
});
