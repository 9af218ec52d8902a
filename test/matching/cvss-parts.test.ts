import assert from 'node:assert/strict';
import { test } from 'node:test';
import calculator from 'ae-cvss-calculator';
import { cvssParts } from '#matching/cvss-parts.ts';
import type { Cvss } from '#schema/finding.ts';

type Metric = readonly [name: string, values: string];

const version2: readonly Metric[] = [
  ['AV', 'LAN'],
  ['AC', 'HML'],
  ['Au', 'MSN'],
  ['C', 'NPC'],
  ['I', 'NPC'],
  ['A', 'NPC'],
];

const version3: readonly Metric[] = [
  ['AV', 'NALP'],
  ['AC', 'LH'],
  ['PR', 'NLH'],
  ['UI', 'NR'],
  ['S', 'UC'],
  ['C', 'NLH'],
  ['I', 'NLH'],
  ['A', 'NLH'],
];

test('every base vector of version 2 and 3 has the sub-scores that the reference calculator gives it', () => {
  assert.equal(
    compared('2.0', '', version2, (vector) => new calculator.Cvss2(vector)),
    729,
  );
  assert.equal(
    compared('3.0', 'CVSS:3.0/', version3, (vector) => new calculator.Cvss3P0(vector)),
    2592,
  );
  assert.equal(
    compared('3.1', 'CVSS:3.1/', version3, (vector) => new calculator.Cvss3P1(vector)),
    2592,
  );
});

test('a vector of the NVD has the sub-scores that the NVD shows', () => {
  const shown = [
    ['3.1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 3.9, 6],
    ['3.1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 3.9, 5.9],
    ['3.0', 'CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 2.8, 2.7],
    ['2.0', 'AV:N/AC:L/Au:N/C:P/I:P/A:P', 10, 6.4],
    ['2.0', 'AV:N/AC:M/Au:N/C:C/I:C/A:C', 8.6, 10],
  ] as const;
  for (const [version, vector, exploitability, impact] of shown) {
    assert.deepEqual(cvssParts(scored(version, vector)), { base: 5, exploitability, impact }, vector);
  }
});

test('metrics of other groups, and the order of metrics, change no sub-score', () => {
  const base = { base: 5, exploitability: 3.1, impact: 2.7 };
  for (const vector of [
    'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N/E:P/RL:O/RC:C/CR:H/MAV:P/MS:U/MC:H',
    'CVSS:3.1/S:C/A:N/I:L/C:L/UI:N/PR:L/AC:L/AV:N',
  ]) {
    assert.deepEqual(cvssParts(scored('3.1', vector)), base, vector);
  }
});

test('a vector that cannot be read, and one of version 4, has the score that upstream gave and no sub-scores', () => {
  const unknown = { base: 5, exploitability: null, impact: null };
  const vectors = [
    ['4.0', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'],
    ['3.1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H'],
    ['3.1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/C:H/I:H/A:H'],
    ['3.1', 'CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['3.1', 'CVSS:3.1/AV:constructor/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['3.1', 'CVSS:3.1/AV/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['3.0', 'AV:N/AC:L/Au:N/C:P/I:P/A:P'],
    ['2.0', 'AV:N/AC:L/Au:N/C:H/I:H/A:H'],
    ['2.0', ''],
  ] as const;
  for (const [version, vector] of vectors) assert.deepEqual(cvssParts(scored(version, vector)), unknown, vector);
});

function scored(version: Cvss['version'], vector: string): Cvss {
  return { version, vector, score: 5, source: 'test' };
}

/** Compares every vector of these metrics, and says how many there are. */
function compared(
  version: Cvss['version'],
  prefix: string,
  metrics: readonly Metric[],
  read: (vector: string) => {
    calculateScores(): { readonly exploitability?: number | undefined; readonly impact?: number | undefined };
  },
): number {
  const vectors = metrics.reduce<readonly string[]>(
    (all, [name, values]) => all.flatMap((start) => [...values].map((value) => `${start}/${name}:${value}`)),
    [''],
  );
  for (const vector of vectors.map((one) => prefix + one.slice(1))) {
    const { exploitability, impact } = read(vector).calculateScores();
    assert.deepEqual(cvssParts(scored(version, vector)), { base: 5, exploitability, impact }, vector);
  }
  return vectors.length;
}
