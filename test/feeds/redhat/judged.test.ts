import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Advisory } from '#feeds/advisory.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { vexAdvisory } from '#feeds/redhat/vex-advisory.ts';
import { vexDocument } from '#feeds/redhat/vex-document.ts';
import { reportFindings } from '#matching/judge-report.ts';
import type { Finding } from '#schema/finding.ts';
import { inRollback } from '#test/support/database.ts';
import { fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';
import { type Build, vexOf } from './vex-builder.ts';

const stream = {
  '8': 'cpe:/o:redhat:enterprise_linux:8::baseos',
  '8.6 eus': 'cpe:/o:redhat:rhel_eus:8.6::baseos',
  '8.4 aus': 'cpe:/o:redhat:rhel_aus:8.4::baseos',
  '7': 'cpe:/o:redhat:enterprise_linux:7::server',
  '7 els': 'cpe:/o:redhat:rhel_els:7',
} as const;

type Stream = keyof typeof stream;

/** What is found in a package of the source libxml2 where a document says that of it. */
async function found(
  said: readonly (readonly [Stream, Omit<Build, 'cpe' | 'name'>])[],
  release: string,
  version: string,
): Promise<readonly Finding[]> {
  const builds = said.map(([name, build]) => ({ ...build, name: 'libxml2', cpe: stream[name] }));
  const document = await vexDocument(Buffer.from(JSON.stringify(vexOf('CVE-2023-28484', builds))), 'a test');
  assert(document !== null && typeof document !== 'string');
  const advisories = [...vexAdvisory(document)].filter((one): one is Advisory => 'affected' in one);
  let findings: readonly Finding[] = [];
  await inRollback(async (sql) => {
    using world = syncWorld(sql);
    await syncGroup(world, fakeFeed('redhat', advisories), 'redhat', { force: true });
    const rpm = somePackage({
      type: 'rpm',
      name: 'python3-libxml2',
      version,
      arch: 'x86_64',
      source: `libxml2-${version.replace(/^\d+:/, '')}.src.rpm`,
      origin: { name: 'libxml2', version: version.replace(/^\d+:/, '') },
      vendor: 'Red Hat, Inc.',
    });
    const distro = { id: 'rhel', versionId: release, codename: null, name: null, idLike: [] };
    findings = (await reportFindings(world, someReport([rpm], { distro }))).findings;
  });
  return findings;
}

const mends: Parameters<typeof found>[0] = [
  ['8', { status: 'fixed', evr: '0:2.9.7-16.el8_8.1', erratum: 'RHSA-2023:4529', date: '2023-08-08' }],
  ['8.6 eus', { status: 'fixed', evr: '0:2.9.7-13.el8_6.4', erratum: 'RHSA-2024:0413', date: '2024-01-25' }],
];

test('a binary package below the mend of its source is found, with the mend of the stream that everybody has', async () => {
  const [finding] = await found(mends, '8.8', '2.9.7-16.el8');
  assert.equal(finding?.id, 'CVE-2023-28484');
  assert.deepEqual(finding?.fixedIn, ['2.9.7-16.el8_8.1']);
  assert.equal(finding?.fixedAt, '2023-08-08');
  assert.equal(finding?.channel, null);
  assert(finding?.related.includes('RHSA-2023:4529'));
});

test('a build of extended support is not found from its own mend on, though everybody has a higher one', async () => {
  assert.deepEqual(await found(mends, '8.6', '2.9.7-13.el8_6.4'), []);
  assert.deepEqual(await found(mends, '8.6', '2.9.7-13.el8_6.7'), []);
  assert.equal((await found(mends, '8.6', '2.9.7-13.el8_6.3')).length, 1);
});

test('the first build of a minor release is found though the one before it was mended under a lower version', async () => {
  assert.equal((await found(mends, '8.7', '2.9.7-13.el8_7')).length, 1);
  assert.equal((await found(mends, '8.8', '2.9.7-15.el8')).length, 1);
});

test('where only a paid stream has the mend, the finding says which', async () => {
  const [finding] = await found(
    [
      ['7', { status: 'known_affected', remediation: ['no_fix_planned', 'Out of support scope'] }],
      ['7 els', { status: 'fixed', evr: '0:2.9.1-6.el7_9.6', erratum: 'RHSA-2024:6001', date: '2024-09-01' }],
    ],
    '7.9',
    '2.9.1-6.el7_9.5',
  );
  assert.equal(finding?.channel, 'els');
  assert.deepEqual(finding?.fixedIn, ['2.9.1-6.el7_9.6']);
});

for (const [remediation, state] of [
  [['none_available', 'Affected'], 'not-fixed'],
  [['none_available', 'Fix deferred'], 'deferred'],
  [['no_fix_planned', 'Will not fix'], 'wont-fix'],
  [['no_fix_planned', 'Out of support scope'], 'end-of-life'],
] as const) {
  test(`${remediation.join(': ')} is the state ${state}, at every version`, async () => {
    const [finding] = await found([['8', { status: 'known_affected', remediation }]], '8.10', '2.9.7-99.el8_10');
    assert.equal(finding?.state, state);
    assert.deepEqual(finding?.fixedIn, []);
  });
}

test('what is under investigation is found as such', async () => {
  const [finding] = await found([['8', { status: 'under_investigation' }]], '8.10', '2.9.7-99.el8_10');
  assert.equal(finding?.state, 'under-investigation');
});

test('an unmended package is not found in builds that a paid stream has mended', async () => {
  const said: Parameters<typeof found>[0] = [
    ['8', { status: 'known_affected', remediation: ['none_available', 'Fix deferred'] }],
    ['8.4 aus', { status: 'fixed', evr: '0:2.9.7-9.el8_4.2', erratum: 'RHSA-2024:6002', date: '2024-09-01' }],
  ];
  assert.deepEqual(await found(said, '8.4', '2.9.7-9.el8_4.2'), []);
  assert.equal((await found(said, '8.6', '2.9.7-13.el8_6.3')).length, 1);
});

test('a binary package that is told to be not affected beside its affected source is not found', async () => {
  const said: Parameters<typeof found>[0] = [
    ['8', { status: 'known_affected', remediation: ['none_available', 'Affected'] }],
    ['8', { status: 'known_not_affected', binary: 'python3-libxml2' }],
  ];
  assert.deepEqual(await found(said, '8.10', '2.9.7-99.el8_10'), []);
});
