import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { contentSearch } from '#analysis/analyzers/content-search.ts';
import { nameAnalyzerSet } from '#analysis/analyzer-set.ts';
import { defaultLimits } from '#core/limits.ts';
import { type DescribedFiles, describeFiles } from '#test/support/describe-files.ts';
import { isFault } from '#test/support/is-fault.ts';

const searching = (regex: string, searchBytes = 64 * 1024) =>
  contentSearch({ ...defaultAnalysisSettings, contentPatterns: [{ name: 'P', regex }], searchBytes });

/** `path: lines` of the one pattern. */
async function found(files: DescribedFiles, analyzer = searching('.*needle')) {
  const { details, notes } = await describeFiles(analyzer, files);
  assert.deepEqual(notes, []);
  return details.contentMatches.map(({ path, matches }) => `${path}: ${matches.map(({ lines }) => lines)}`);
}

test('every file up to the size is searched, whatever it is called', async () => {
  const files = { 'usr/share/doc/x': 'needle', 'a.png': 'needle', b: 'x\nneedle', c: 'hay' };
  assert.deepEqual(await found(files), ['/a.png: 0', '/b: 1', '/usr/share/doc/x: 0']);
  const exact = 'needle'.padEnd(100);
  assert.deepEqual(await found({ fits: exact, over: `${exact} ` }, searching('needle', 100)), ['/fits: 0']);
});

test('programs are searched while they are small', async () => {
  const small = Buffer.concat([Buffer.alloc(100), Buffer.from('needle')]);
  const large = Buffer.concat([Buffer.alloc(10_000), Buffer.from('needle')]);
  const late = Buffer.concat([Buffer.alloc(9000, 'x'), Buffer.alloc(9000), Buffer.from('needle')]);
  assert.deepEqual(await found({ small, large, late }), ['/late: 0', '/small: 0']);
});

test('UTF-16 with a byte order mark is text', async () => {
  const little = Buffer.from('\ufeffhay\nneedle\n', 'utf16le');
  const big = Buffer.from(little).swap16();
  assert.deepEqual(await found({ little, big, padded: Buffer.concat([little, Buffer.alloc(20_000)]) }), [
    ...['/big: 1', '/little: 1', '/padded: 1'],
  ]);
});

test('a hard link is searched as the file that it is', async () => {
  assert.deepEqual(await found({ a: 'needle', b: { link: 'a', type: 'hardlink' } }), ['/a: 0', '/b: 0']);
});

test('without patterns nothing is read, and other patterns make another set', () => {
  const none = contentSearch(defaultAnalysisSettings);
  assert.equal(none.wants('a', 10, 0o644), false);
  const sets = [none, searching('a'), searching('b'), searching('a', 1)].map((one) =>
    nameAnalyzerSet([one], defaultLimits),
  );
  assert.equal(new Set(sets).size, 4);
});

test('a pattern that cannot be used is refused when the settings are read', () => {
  assert.throws(() => searching('('), isFault('input/invalid', /the pattern P is no regular expression/));
});

test('a hostile file costs no more than its size', async () => {
  const hostile = searching('(a*)*(a|aa)+$x.*needle|(.*a){20}b');
  const { notes } = await describeFiles(hostile, { a: 'a'.repeat(60_000) });
  assert.deepEqual(notes, []);
});
