import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json } from '#reports/formats/json.ts';
import { type ScanReport, scanReport } from '#schema/scan-report.ts';
import { findingOf, sampleReport } from './sample-report.ts';

const target = { color: false, columns: null };

function written(report: ScanReport): string {
  return [...json.write(report, target)].join('');
}

test('the JSON report is the report, indented by two, and keeps its schema', () => {
  const text = written(sampleReport);
  assert.equal(text, `${JSON.stringify(sampleReport, null, 2)}\n`);
  assert.deepEqual(scanReport.parse(JSON.parse(text)), sampleReport);
});

test('empty lists and nulls are written as JSON does', () => {
  const empty = { ...sampleReport, distro: null, packages: [], findings: [], notes: [], feeds: [] };
  assert.equal(written(empty), `${JSON.stringify(empty, null, 2)}\n`);
});

test('a large report is written in small pieces', () => {
  const findings = Array.from({ length: 20_000 }, (_, i) => findingOf({ id: `CVE-${i}` }));
  let largest = 0;
  for (const piece of json.write({ ...sampleReport, findings }, target)) largest = Math.max(largest, piece.length);
  assert.ok(largest < 10_000, `${largest}`);
});

test('what steers a terminal is escaped and reads back the same', () => {
  const hostile = sampleReport.packages.map((found) => ({ ...found, name: '\x1b[2J\x9b2J\u202eevil\u2028\n\x7f' }));
  const text = written({ ...sampleReport, packages: hostile });
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/);
  assert.deepEqual(JSON.parse(text).packages, hostile);
});
