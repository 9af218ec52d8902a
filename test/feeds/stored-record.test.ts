import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnrichmentFacts } from '#feeds/advisory.ts';
import { storedEnrichment } from '#feeds/stored-record.ts';

const hashOf = (facts: EnrichmentFacts) => storedEnrichment({ record: 'CVE-1', about: 'CVE-1', facts }).stored?.hash;

test('a score that is published again on another day is the same record', () => {
  const score = (value: number, date: string) =>
    hashOf({ kind: 'epss', score: value, percentile: 0.5, date }) ?? assert.fail('it is not stored');
  assert.equal(score(0.1, '2031-01-01'), score(0.1, '2031-01-02'));
  assert.notEqual(score(0.1, '2031-01-01'), score(0.2, '2031-01-01'));
});

test('any other date of an enrichment is part of it', () => {
  const kev = (added: string) => hashOf({ kind: 'kev', added, due: null, ransomware: false });
  assert.notEqual(kev('2031-01-01'), kev('2031-01-02'));
});
