import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sort } from '#reports/format.ts';
import { table } from '#reports/formats/table.ts';
import { widthOf } from '#reports/printable.ts';
import type { ScanReport } from '#schema/scan-report.ts';
import { findingOf, sampleReport } from './sample-report.ts';

function written(report: ScanReport, columns: number | null = null, color = false, sort: Sort = 'severity'): string {
  return [...table.write(report, { color, columns, sort })].join('');
}

const clean: ScanReport = {
  ...sampleReport,
  findings: [],
  feeds: [sampleReport.feeds[0]!],
  notes: [],
  verdict: { ...sampleReport.verdict, action: 'go', status: 'pass', reasons: [], problems: [] },
};

test('the table says what the image is, what is wrong, what is open, and the verdict with its reasons', () => {
  assert.equal(
    written(sampleReport),
    `registry.example.com/team/app:1.2
aaaaaaaaaaaa · linux/amd64 · 3.4 MB · 2 layers (1 known)
Alpine Linux 3.9.0 · 2 packages: 1 apk, 1 npm

SEVERITY  ID                   PACKAGE  VERSION    FIXED IN   TYPE  LAYER         PATH
Critical  CVE-2019-14697       musl     1.1.20-r3  1.1.20-r5  apk   111111111111  /lib/apk/db/installed
High ?    GHSA-4xc9-xhrj-v574  lodash   4.17.4     4.17.11    npm   -             /app/node_modules/lodash/package.json +1
Medium    CVE-2020-28928       musl     1.1.20-r3  won't fix  apk   111111111111  /lib/apk/db/installed

3 findings: 1 Critical, 1 High, 1 Medium (2 with a fix; 1 marked ? could not be decided)
secrets: in 1 file: /app/.env (API_KEY)
not judged: feed osv:npm: old advisories, judged by those of 2026-11-01
not judged: 1 note on what could not be read
feeds: alpine:3.9 (412 records, 2026-11-21 10:12 UTC), osv:npm (1 record, 2026-11-01 10:12 UTC, stale)
notes:
  npm /app/x/package.json: not JSON

STOP: may not ship, by policy plimsoll-default
  stop: severity-above-medium, vulnerabilities package: 1 match
        CRITICAL Vulnerability found in os package type (APKG) - musl (fixed in: 1.1.20-r5)(CVE-2019-14697 - None)
  warn: no-healthcheck, dockerfile instruction: 1 match
        Dockerfile directive 'HEALTHCHECK' not found, matching condition 'not_exists' check
  go: severity-above-medium, vulnerabilities package: 1 allowlisted
  problem: Rule x, gate malware, trigger scans, could not be evaluated
  next: upgrade musl 1.1.20-r3 to 1.1.20-r5, lodash 4.17.4 to 4.17.11
  next: fetch fresh advisories with \`plimsoll feeds sync\`, then scan again
`,
  );
});

test('the base of an image is told with its layers and how many findings come from it, as far as that is known', () => {
  const base = { reference: 'r.example/debian:12', digest: null, layers: 1, by: 'layers' } as const;
  const shown = (change: Partial<NonNullable<ScanReport['image']['base']>>, report = sampleReport) =>
    written({ ...report, image: { ...report.image, base: { ...base, ...change } } })
      .split('\n')
      .filter((line) => /built on|base image/.test(line));
  assert.deepEqual(shown({}), ['built on r.example/debian:12 (layer 1)', '2 of 3 findings come from the base image']);
  // What no layer brought in is not the base's.
  assert.deepEqual(shown({ layers: 2 }), [
    'built on r.example/debian:12 (layers 1 to 2)',
    '2 of 3 findings come from the base image',
  ]);
  assert.deepEqual(shown({ layers: null }), ['built on r.example/debian:12']);
  assert.deepEqual(shown({ reference: null, layers: null, digest: `sha256:${'d'.repeat(64)}` }), [
    'built on dddddddddddd',
  ]);
  assert.deepEqual(shown({}, clean), ['built on r.example/debian:12 (layer 1)']);
});

test('by risk the table shows what risk is made of, and what is exploited first', () => {
  const kev = { added: '2026-01-02', due: null, ransomware: false };
  const report = {
    ...sampleReport,
    findings: [
      findingOf({ id: 'CVE-1', risk: 39.2, epss: { score: 0.4, percentile: 0.9, date: '2026-11-20' } }),
      findingOf({ id: 'CVE-2', severity: 'Low', risk: 75, kev, channel: 'esm-infra' }),
      findingOf({
        id: 'CVE-3',
        risk: 0.1,
        epss: { score: 0.0004, percentile: 0.1, date: '2026-11-20' },
        fixedIn: [],
        state: 'deferred',
      }),
    ],
  };
  const lines = written(report, null, false, 'risk').split('\n').slice(4, 8);
  assert.deepEqual(lines, [
    'SEVERITY  RISK  EPSS   ID                 PACKAGE  VERSION    FIXED IN               TYPE  LAYER         PATH',
    'Low       75.0  -      CVE-2 (exploited)  musl     1.1.20-r3  1.1.20-r5 (esm-infra)  apk   111111111111  /lib/apk/db/installed',
    'Critical  39.2  40.0%  CVE-1              musl     1.1.20-r3  1.1.20-r5              apk   111111111111  /lib/apk/db/installed',
    'Critical  0.1   0.04%  CVE-3              musl     1.1.20-r3  deferred               apk   111111111111  /lib/apk/db/installed',
  ]);
});

test('what rules left out is counted by rule', () => {
  const by = (rule: string) => ({ ...findingOf(), suppressed: { rule, reason: 'x' } });
  const report = { ...sampleReport, suppressed: [by('rejected'), by('kernel-headers'), by('kernel-headers')] };
  assert.match(written(report), /\nleft out: 1 by rejected, 2 by kernel-headers; the JSON report says why\n/);
});

for (const columns of [40, 60, 80, 100, 132]) {
  test(`in ${columns} columns no line is longer`, () => {
    const long = findingOf({
      paths: [`/${'very/'.repeat(60)}long`],
      fixedIn: ['1', '2', '3', '4'].map((n) => n.repeat(20)),
    });
    const wide = findingOf({
      package: { ...long.package, name: '漢字'.repeat(20), version: `1.2.3-${'x'.repeat(80)}` },
    });
    const text = written({ ...sampleReport, findings: [...sampleReport.findings, long, wide] }, columns);
    for (const line of text.split('\n')) assert.ok(widthOf(line) <= columns, line);
    if (columns >= 60) assert.match(text, /GHSA-4xc9-xhrj-v574/);
    assert.match(text, /…/);
  });
}

test('colour changes nothing but colour', () => {
  const painted = written(sampleReport, 80, true);
  assert.match(painted, /\x1b\[1;31mCritical\x1b\[0m/);
  assert.equal(painted.replace(/\x1b\[[0-9;]*m/g, ''), written(sampleReport, 80));
});

test('text from images and advisories cannot steer the terminal or break out of its line', () => {
  const hostile = 'x\x1b[2J\x1b]0;title\x07\r\n\x9b1Ay\u202ez\u2028';
  const text = written({
    ...sampleReport,
    image: { ...sampleReport.image, reference: hostile, platform: hostile },
    distro: { id: hostile, versionId: hostile, name: hostile, namespace: null },
    findings: [
      findingOf({
        id: hostile,
        package: { type: 'npm', name: hostile, version: hostile, purl: hostile },
        fixedIn: [hostile],
        layer: hostile,
        paths: [hostile],
      }),
    ],
    verdict: {
      ...sampleReport.verdict,
      policyId: hostile,
      reasons: sampleReport.verdict.reasons.map((one) => ({
        ...one,
        message: hostile,
        ruleId: hostile,
        gate: hostile,
      })),
      problems: [hostile],
    },
    feeds: [{ group: hostile, syncedAt: null, records: 0, state: 'never' }],
    notes: [
      { analyzer: hostile, layer: hostile, path: hostile, problem: hostile },
      { analyzer: 'match', layer: null, path: null, problem: hostile },
    ],
  });
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/);
  assert.match(text, /\nSTOP: /);
});

test('no findings is said only when everything was judged', () => {
  assert.match(written(clean), /No known vulnerabilities in 2 packages\./);
  const open: readonly (readonly [Partial<ScanReport>, RegExp])[] = [
    [{ notes: sampleReport.notes }, /not judged: 1 note on what could not be read/],
    [{ packages: [] }, /not judged: no packages were found/],
    [{ distro: null }, /not judged: 1 package of the distribution: the distribution is not known/],
    [
      { distro: { id: 'gentoo', versionId: '2', name: null, namespace: null } },
      /not judged: 1 package of the distribution: there are no advisories for gentoo 2/,
    ],
    [{ feeds: [] }, /not judged: no feed was asked/],
    [
      { feeds: [{ group: 'osv:npm', syncedAt: null, records: 0, state: 'never' }] },
      /not judged: feed osv:npm: never fetched/,
    ],
    [{ feeds: [{ ...clean.feeds[0]!, state: 'stale' }] }, /not judged: feed alpine:3\.9: old advisories/],
    [{ feeds: [{ ...clean.feeds[0]!, state: 'failed' }] }, /could not be fetched, judged by those of 2026-11-21/],
    [
      { notes: [{ analyzer: 'match', layer: null, path: null, problem: 'packages of x are not judged' }] },
      /not judged: packages of x are not judged/,
    ],
  ];
  for (const [change, want] of open) {
    const text = written({ ...clean, ...change });
    assert.match(text, want);
    assert.match(text, /No findings, but not everything was judged/);
    assert.doesNotMatch(text, /No known vulnerabilities/);
  }
});

test('a verdict says when an image list decided, and when no mapping matched', () => {
  const first = (change: Partial<ScanReport['verdict']>) =>
    written({ ...clean, verdict: { ...clean.verdict, ...change } })
      .split('\n')
      .find((line) => line.startsWith('GO'));
  assert.equal(first({}), 'GO: may ship, by policy plimsoll-default');
  assert.equal(
    first({ actionReason: 'whitelisted' }),
    'GO: may ship, by policy plimsoll-default: the image is on its allow list',
  );
  assert.match(first({ mapping: null })!, /no mapping matches the image, no rule was asked/);
});

test('many notes, reasons and upgrades are counted, not poured out', () => {
  const many = Array.from({ length: 50 }, (_, i) => i);
  const [note] = sampleReport.notes;
  const reason = sampleReport.verdict.reasons[1]!;
  const text = written({
    ...sampleReport,
    findings: many.map((i) => findingOf({ package: { ...findingOf().package, name: `p${i}` } })),
    notes: many.map(() => note!),
    verdict: { ...sampleReport.verdict, reasons: many.map(() => reason), problems: many.map(String) },
  });
  assert.match(text, /\n {2}and 40 more, see the JSON report\n/);
  assert.match(text, /: 50 matches\n/);
  assert.match(text, /\n {8}and 47 more\n/);
  assert.match(text, /and 45 more packages\n/);
  assert.match(text, /and 40 more problems\n/);
});
