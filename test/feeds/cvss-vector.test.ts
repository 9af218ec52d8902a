import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cvssOf, severityOfCvss } from '#feeds/cvss-vector.ts';

const scores: readonly (readonly [vector: string, score: number | null])[] = [
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
  ['CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 7.8],
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N', 3.7],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
  ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L', 1.6],
  ['CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:H', 9.3],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H/E:P/RL:O/RC:C', 7.5],
  ['AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8],
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
  ['(AV:L/AC:H/Au:N/C:C/I:C/A:C)', 6.2],
  ['CVSS2#AV:N/AC:M/Au:N/C:P/I:N/A:N', 4.3],
  ['AV:N/AC:L/Au:N/C:N/I:N/A:N', 0],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U', 9.3],
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H', null],
  ['CVSS:4.1/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', null],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H', null],
  ['CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', null],
  ['CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', null],
  ['CVSS:3.1/AV:constructor/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', null],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/foo:bar', null],
  ['7.5', null],
  ['', null],
  ['/'.repeat(100_000), null],
];

test('a CVSS vector has the base score that the specification gives it', () => {
  for (const [vector, score] of scores)
    assert.equal(cvssOf(vector, 'test')?.score ?? null, score, vector.slice(0, 100));
});

test('a CVSS vector keeps its version, its metrics and who gave it', () => {
  assert.deepEqual(cvssOf(' (AV:L/AC:H/Au:N/C:C/I:C/A:C) ', 'nvd'), {
    version: '2.0',
    vector: 'AV:L/AC:H/Au:N/C:C/I:C/A:C',
    score: 6.2,
    source: 'nvd',
  });
  const threat = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H/E:P';
  assert.deepEqual(cvssOf(threat, 'github'), { version: '3.1', vector: threat, score: 7.5, source: 'github' });
});

test('a score of version 2 is never Critical', () => {
  assert.equal(severityOfCvss({ version: '2.0', score: 10 }), 'High');
  assert.equal(severityOfCvss({ version: '2.0', score: 6.9 }), 'Medium');
  assert.equal(severityOfCvss({ version: '2.0', score: 3.9 }), 'Low');
  assert.equal(severityOfCvss({ version: '3.0', score: 9 }), 'Critical');
  assert.equal(severityOfCvss({ version: '4.0', score: 8.9 }), 'High');
});
