import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { defaultLimits } from '#core/limits.ts';
import { readAnalysisOptions } from '#functions/analysis-options.ts';
import { isFault } from '#test/support/is-fault.ts';

test('without options an analysis is as it comes', () => {
  assert.deepEqual(readAnalysisOptions({}), { limits: defaultLimits, analysisSettings: defaultAnalysisSettings });
});

test('options choose what is looked for, and limits', () => {
  const { limits, analysisSettings } = readAnalysisOptions({
    search: ['A=^a=b', 'B=x'],
    secret: ['TOKEN=tok_[a-z]+'],
    'search-size': '1MiB',
    retrieve: ['/etc/*.conf', '/opt/**'],
    'retrieve-size': '2000',
    digest: ['md5', 'sha1'],
    hints: true,
    malware: 'clamd:127.0.0.1:3310',
    limit: ['fileBytes=2GiB', 'layers=3', 'layers=4'],
  });
  assert.deepEqual(limits, { ...defaultLimits, fileBytes: 2 ** 31, layers: 4 });
  assert.deepEqual(analysisSettings, {
    contentPatterns: [
      { name: 'A', regex: '^a=b' },
      { name: 'B', regex: 'x' },
    ],
    secretPatterns: [{ name: 'TOKEN', regex: 'tok_[a-z]+' }],
    searchBytes: 2 ** 20,
    retrievedFiles: ['/etc/*.conf', '/opt/**'],
    retrievedBytes: 2000,
    fileDigests: ['md5', 'sha1'],
    hints: true,
    malware: { scanner: 'clamd', address: '127.0.0.1:3310' },
  });
  for (const [malware, program] of [
    ['clamscan', 'clamscan'],
    ['clamscan:/usr/bin/clamscan', '/usr/bin/clamscan'],
  ])
    assert.deepEqual(readAnalysisOptions({ malware }).analysisSettings.malware, {
      scanner: 'clamscan',
      program,
      databases: null,
    });
});

test('an option that cannot be used is refused by its name', () => {
  for (const [values, message] of [
    [{ search: ['nothing'] }, /^--search nothing: give NAME=REGEX/],
    [{ search: ['=x'] }, /give NAME=REGEX/],
    [{ search: ['A='] }, /give NAME=REGEX/],
    [{ search: ['a b=x'] }, /^--search: /],
    [{ search: ['A=(b)\\1'] }, /A is no regular expression that can be used/],
    [{ secret: ['A=x', 'A=y'] }, /two patterns are called A/],
    [{ 'search-size': '1MB' }, /^--search-size 1MB/],
    [{ retrieve: ['etc/passwd'] }, /^--retrieve: /],
    [{ retrieve: ['/etc/a**b'] }, /\*\* stands for whole folders/],
    [{ retrieve: [''] }, /^--retrieve is empty/],
    [{ 'retrieve-size': '0' }, /^--retrieve-size 0/],
    [{ digest: ['sha256'] }, /^--digest/],
    [{ malware: 'avast' }, /^--malware avast: give clamscan/],
    [{ malware: 'clamd' }, /^--malware clamd: give/],
    [{ limit: ['fileBytes'] }, /^--limit fileBytes: give NAME=VALUE/],
    [{ limit: ['nothing=3'] }, /^--limit: nothing is no limit; there are analyzerSeconds/],
  ] as const)
    assert.throws(() => readAnalysisOptions(values), isFault('input/invalid', message), JSON.stringify(values));
});
