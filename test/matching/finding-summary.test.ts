import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffSummaries } from '#matching/diff-summaries.ts';
import { findingSummaries, summariesHash } from '#matching/finding-summary.ts';
import type { Finding } from '#schema/finding.ts';

/** A finding as far as summaries look at it. */
function finding(id: string, more: Partial<Finding> = {}): Finding {
  return {
    ...{
      id,
      severity: 'High',
      fixedIn: ['1.2'],
      urls: ['https://example.test'],
      namespace: 'npm',
      paths: ['/srv/hull'],
    },
    package: { type: 'npm', name: 'hull', version: '1.0', purl: 'pkg:npm/hull@1.0' },
    ...more,
  } as Finding;
}

const summaries = (...findings: readonly Finding[]) => findingSummaries(findings);

test('a finding is a summary for each place of its package, with what is not known as the text None', () => {
  const [first, second, ...more] = summaries(finding('CVE-1', { paths: ['/b', '/a'], fixedIn: [], urls: [] }));
  assert.equal(more.length, 0);
  assert.deepEqual([first?.Package_Path, second?.Package_Path], ['/a', '/b']);
  assert.deepEqual(first, {
    ...{ CVE_ID: 'CVE-1', Severity: 'High', Vulnerable_Package: 'hull-1.0', Fix_Available: 'None', URL: 'None' },
    ...{ Package_Name: 'hull', Package_Version: '1.0', Package_Type: 'npm', Package_Path: '/a' },
    ...{ Feed: 'vulnerabilities', Feed_Group: 'github:npm' },
  });
  const own = { type: 'apk', name: 'musl', version: '1.2-r0', purl: 'pkg:apk/alpine/musl@1.2-r0' } as const;
  const [musl] = summaries(finding('CVE-1', { package: own, namespace: 'alpine:3.20', paths: ['/a', '/b'] }));
  assert.deepEqual([musl?.Package_Path, musl?.Package_Type, musl?.Feed_Group], ['pkgdb', 'APKG', 'alpine:3.20']);
});

test('the order in which findings come, those that come twice and addresses change nothing', () => {
  const [one, two] = [finding('CVE-1'), finding('CVE-2')];
  const hash = summariesHash(summaries(one, two));
  assert.equal(summariesHash(summaries(two, one, two)), hash);
  assert.equal(summariesHash(summaries(one, { ...two, urls: [] })), hash);
  for (const other of [
    summaries(one),
    summaries(one, { ...two, severity: 'Low' }),
    summaries(one, { ...two, fixedIn: ['1.2', '1.3'] }),
    summaries(one, { ...two, paths: ['/srv/other'] }),
  ])
    assert.notEqual(summariesHash(other), hash);
});

test('what came, went, and is rated or mended otherwise is told apart', () => {
  const before = summaries(finding('CVE-1'), finding('CVE-2'), finding('CVE-3'), finding('CVE-4'));
  const now = summaries(
    finding('CVE-1'),
    finding('CVE-2', { severity: 'Critical' }),
    finding('CVE-3', { fixedIn: [] }),
    finding('CVE-5'),
  );
  const { added, updated, removed } = diffSummaries(before, now);
  assert.deepEqual(
    added.map(({ CVE_ID }) => CVE_ID),
    ['CVE-5'],
  );
  assert.deepEqual(
    removed.map(({ CVE_ID }) => CVE_ID),
    ['CVE-4'],
  );
  assert.deepEqual(
    updated.map(({ CVE_ID, Severity, Fix_Available, previous }) => [CVE_ID, Severity, Fix_Available, previous]),
    [
      ['CVE-2', 'Critical', '1.2', { Severity: 'High', Fix_Available: '1.2' }],
      ['CVE-3', 'High', 'None', { Severity: 'High', Fix_Available: '1.2' }],
    ],
  );
  assert.deepEqual(diffSummaries(now, now), { added: [], updated: [], removed: [] });
});
