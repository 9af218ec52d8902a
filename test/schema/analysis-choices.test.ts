import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { defaultLimits } from '#core/limits.ts';
import { readAnalysisChoices, readLimits } from '#schema/analysis-choices.ts';
import { isFault } from '#test/support/is-fault.ts';

test('choices of an analysis are JSON, parsed or not; all settings can be chosen as they come', () => {
  assert.deepEqual(readAnalysisChoices(defaultAnalysisSettings, 'x'), defaultAnalysisSettings);
  assert.deepEqual(readAnalysisChoices('{"hints":true}', 'x'), { hints: true });
  assert.deepEqual(readAnalysisChoices({}, 'x'), {});
  const clamscan = { scanner: 'clamscan', program: 'clamscan', databases: null };
  assert.deepEqual(readAnalysisChoices({ malware: { scanner: 'clamscan' } }, 'x'), { malware: clamscan });
});

test('what is no choice is refused by the place where it stands', () => {
  for (const [value, message] of [
    [{ secretPatterns: [{ name: 'a b', regex: 'x' }] }, /^x: 'secretPatterns.0.name'/],
    [{ contentPatterns: [{ name: 'a', regex: '' }] }, /'contentPatterns.0.regex'/],
    [{ contentPatterns: 'a=b' }, /'contentPatterns'/],
    [{ searchBytes: -1 }, /'searchBytes'/],
    [{ retrievedFiles: ['etc/passwd'] }, /'retrievedFiles.0'/],
    [{ malware: { scanner: 'other' } }, /'malware.scanner'/],
    [{ malware: { scanner: 'clamd' } }, /'malware.address'/],
    [{ serachBytes: 1 }, /serachBytes/],
    ['{', /is no JSON/],
    [null, /./],
  ] as const)
    assert.throws(() => readAnalysisChoices(value, 'x'), isFault('input/invalid', message), JSON.stringify(value));
});

test('limits are an object of JSON, parsed or not', () => {
  assert.deepEqual(readLimits('{"fileBytes":"2GiB"}', 'x'), { ...defaultLimits, fileBytes: 2 ** 31 });
  assert.deepEqual(readLimits({ layers: 3 }, 'x'), { ...defaultLimits, layers: 3 });
  for (const value of ['[]', 'null', '3', '{', [], null, 3])
    assert.throws(() => readLimits(value, 'x'), isFault('input/invalid', /^x: /), JSON.stringify(value));
});
