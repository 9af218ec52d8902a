import type { ScanReport } from '#schema/scan-report.ts';

type ReportFinding = ScanReport['findings'][number];

const layer = `sha256:${'1'.repeat(64)}`;

export function findingOf(change: Partial<ReportFinding> = {}): ReportFinding {
  return {
    id: 'CVE-2019-14697',
    aliases: [],
    related: [],
    package: { type: 'apk', name: 'musl', version: '1.1.20-r3', purl: 'pkg:apk/alpine/musl@1.1.20-r3' },
    severity: 'Critical',
    severitySource: 'alpine',
    fixedIn: ['1.1.20-r5'],
    state: 'fixed',
    judgement: 'affected',
    reason: null,
    namespace: 'alpine:3.9',
    group: 'alpine:3.9',
    title: null,
    cvss: [],
    epss: null,
    kev: null,
    risk: 1.6,
    disputed: false,
    channel: null,
    fixedAt: null,
    sources: [],
    firstSeen: null,
    urls: [],
    layer,
    paths: ['/lib/apk/db/installed'],
    ...change,
  };
}

/** A report of an image with a few findings, a stopped verdict and a feed that is old. */
export const sampleReport: ScanReport = {
  image: {
    reference: 'registry.example.com/team/app:1.2',
    digest: `sha256:${'a'.repeat(64)}`,
    configDigest: `sha256:${'c'.repeat(64)}`,
    platform: 'linux/amd64',
    size: 3_400_000,
    layers: [
      {
        digest: layer,
        diffId: layer,
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        size: 3_000_000,
        cached: true,
      },
      { digest: null, diffId: `sha256:${'2'.repeat(64)}`, mediaType: 'x', size: 400_000, cached: false },
    ],
    base: null,
  },
  distro: { id: 'alpine', versionId: '3.9.0', name: 'Alpine Linux', namespace: 'alpine:3.9' },
  packages: [
    {
      ...{ type: 'npm', name: 'lodash', version: '4.17.4', arch: null, source: null, purl: 'pkg:npm/lodash@4.17.4' },
      ...{ paths: ['/app/node_modules/lodash/package.json'], layer: null, licenses: ['MIT'] },
    },
    {
      ...{
        type: 'apk',
        name: 'musl',
        version: '1.1.20-r3',
        arch: 'x86_64',
        source: 'musl',
        purl: 'pkg:apk/alpine/musl@1.1.20-r3',
      },
      ...{ paths: ['/lib/apk/db/installed'], layer, licenses: [] },
    },
  ],
  details: {
    users: [{ name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/sh', password: 'locked' }],
    privilegedFiles: [{ path: '/bin/su', mode: 0o4755 }],
    secrets: [{ path: '/app/.env', matches: [{ name: 'API_KEY', regex: '.*key', lines: [2, 5] }] }],
    contentMatches: [],
    retrievedFiles: [{ path: '/etc/passwd', content: 'cm9vdA==' }],
    malware: [],
  },
  findings: [
    findingOf({ id: 'CVE-2020-28928', severity: 'Medium', fixedIn: [], state: 'wont-fix' }),
    findingOf(),
    findingOf({
      id: 'GHSA-4xc9-xhrj-v574',
      package: { type: 'npm', name: 'lodash', version: '4.17.4', purl: 'pkg:npm/lodash@4.17.4' },
      severity: 'High',
      fixedIn: ['4.17.11'],
      judgement: 'undecidable',
      reason: 'x',
      layer: null,
      paths: ['/app/node_modules/lodash/package.json', '/opt/node_modules/lodash/package.json'],
    }),
  ],
  suppressed: [],
  verdict: {
    action: 'stop',
    status: 'fail',
    actionReason: 'policy_evaluation',
    mapping: 'default',
    policyId: 'plimsoll-default',
    reasons: [
      {
        ...{ gate: 'dockerfile', trigger: 'instruction', triggerId: 'x', action: 'warn', allowlisted: false },
        ...{ policyId: 'p', ruleId: 'no-healthcheck' },
        message: "Dockerfile directive 'HEALTHCHECK' not found, matching condition 'not_exists' check",
      },
      {
        ...{ gate: 'vulnerabilities', trigger: 'package', triggerId: 'y', action: 'stop', allowlisted: false },
        ...{ policyId: 'p', ruleId: 'severity-above-medium' },
        message:
          'CRITICAL Vulnerability found in os package type (APKG) - musl (fixed in: 1.1.20-r5)(CVE-2019-14697 - None)',
      },
      {
        ...{ gate: 'vulnerabilities', trigger: 'package', triggerId: 'z', action: 'go', allowlisted: true },
        ...{ policyId: 'p', ruleId: 'severity-above-medium' },
        message: 'HIGH Vulnerability found in non-os package type (npm) - /app (GHSA-4xc9-xhrj-v574 - None)',
      },
    ],
    problems: ['Rule x, gate malware, trigger scans, could not be evaluated'],
  },
  feeds: [
    { group: 'alpine:3.9', syncedAt: '2026-11-21T10:12:13.000Z', records: 412, state: 'ok' },
    { group: 'osv:npm', syncedAt: '2026-11-01T10:12:13.000Z', records: 1, state: 'stale' },
  ],
  notes: [{ analyzer: 'npm', layer: null, path: '/app/x/package.json', problem: 'not JSON' }],
};
