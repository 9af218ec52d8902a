import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Package } from '#core/package.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import {
  type DescribedVulnerability,
  describedVulnerabilities,
  type VulnerabilityQuestion,
} from '#matching/described-vulnerabilities.ts';
import { packageSets } from '#matching/package-set.ts';
import { storePackageSets } from '#matching/package-store.ts';
import { vulnerablePackages } from '#matching/vulnerable-packages.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';

const debian = { id: 'debian', versionId: '12', codename: null, name: null, idLike: [] };

const deb = (name: string, source: string, arch: string): Package =>
  somePackage({
    ...{ type: 'deb', name, version: '6.1-1', arch, purl: `pkg:deb/debian/${name}@6.1-1?arch=${arch}` },
    origin: { name: source, version: '6.1-1' },
  });

async function load(sql: Sql, packages: readonly Package[], ...records: Parameters<typeof advisory>[]): Promise<void> {
  using world = syncWorld(sql);
  await storePackageSets(sql, packageSets(someReport(packages, { distro: debian })).sets);
  const list = records.map((record) => advisory(...record));
  await syncGroup(world, fakeFeed('fake', list), 'fake', { force: true });
}

test('a vulnerable package is what an image that holds it shows: not headers of the kernel, nor other architectures', async () => {
  await inRollback(async (sql) => {
    const packages = [
      deb('linux-libc-dev', 'linux', 'amd64'),
      deb('linux-image', 'linux', 'amd64'),
      deb('keel', 'keel', 'arm64'),
    ];
    await load(
      sql,
      packages,
      ['CVE-1', [{ namespace: 'debian:12', name: 'linux', fixed: '6.2-1', severity: 'High' }], { severity: 'Low' }],
      ['CVE-2', [{ namespace: 'debian:12', name: 'keel', only: { arch: ['amd64'] } }]],
      ['CVE-3', [{ namespace: 'debian:12', name: 'keel', state: 'wont-fix' }]],
    );
    const found = async (id: string) =>
      (await vulnerablePackages(sql, id)).map(({ finding }) => [
        finding.package.name,
        finding.severity,
        finding.namespace,
        finding.state,
      ]);
    assert.deepEqual(await found('CVE-1'), [['linux-image', 'High', 'debian:12', 'fixed']]);
    assert.deepEqual(await found('CVE-2'), []);
    assert.deepEqual(await found('CVE-3'), [['keel', 'Unknown', 'debian:12', 'wont-fix']]);
  });
});

test('a vulnerability is described once for each advisory and namespace, with the highest severity there', async () => {
  await inRollback(async (sql) => {
    await load(
      sql,
      [],
      [
        'CVE-1',
        [
          { namespace: 'debian:11', name: 'a', fixed: '2' },
          { namespace: 'debian:12', name: 'a', fixed: '3', severity: 'Medium' },
          { namespace: 'debian:12', name: 'b', severity: 'Critical', state: 'wont-fix' },
          { namespace: 'debian:12', name: 'c', fixed: '1', verdict: 'not-affected' },
        ],
        { title: 'A leak', aliases: ['OTHER-1'], urls: ['https://example.test/1'] },
      ],
      ['GHSA-1', [{ name: 'a', fixed: '1.0.0' }], { aliases: ['CVE-1'] }],
    );
    const all = await described(sql, { ids: ['CVE-1', 'OTHER-1'] });
    assert.deepEqual(
      all.map(({ text, namespace, severity }) => [text.id, namespace, severity]),
      [
        ['CVE-1', 'debian:11', 'Unknown'],
        ['CVE-1', 'debian:12', 'Critical'],
        ['GHSA-1', 'npm', 'Unknown'],
      ],
    );
    assert.deepEqual(all[1]!.packages, [
      { name: 'a', version: '3', fixState: 'fixed' },
      { name: 'b', version: null, fixState: 'wont-fix' },
    ]);
    const [first] = all;
    const after = { advisoryId: first!.text.advisoryId, namespace: first!.namespace };
    assert.deepEqual(
      (await described(sql, { ids: ['CVE-1'] }, after)).map(({ namespace }) => namespace),
      ['debian:12', 'npm'],
    );
    const at = async (version: string | null) =>
      (await described(sql, { ids: ['CVE-1'], package: { name: 'a', version } })).map(({ namespace }) => namespace);
    assert.deepEqual(await at('2.5.0'), ['debian:12'], 'by the order of each namespace');
    assert.deepEqual(await at(null), ['debian:11', 'debian:12', 'npm']);
    assert.deepEqual(await at('4.0.0'), []);
    assert.deepEqual(await at('no version'), ['debian:11', 'debian:12', 'npm'], 'what cannot be told is told');
  });
});

test('a version that another record clears is not affected', async () => {
  await inRollback(async (sql) => {
    await load(
      sql,
      [],
      ['CVE-1', [{ fixed: '2.0.0' }]],
      [
        'CVE-1',
        [{ introduced: '1.1.0', fixed: '1.2.0', verdict: 'not-affected', state: 'unknown' }],
        { record: 'clean' },
      ],
    );
    const count = async (version: string) =>
      (await described(sql, { ids: ['CVE-1'], package: { name: 'left-pad', version } })).length;
    assert.deepEqual([await count('1.0.0'), await count('1.1.5'), await count('1.3.0')], [1, 0, 1]);
  });
});

test('an advisory of thousands of packages is one item', async () => {
  await inRollback(async (sql) => {
    const names = Array.from({ length: 4500 }, (_, at) => ({ name: `p${at}` }));
    await load(sql, [], ['CVE-1', names], ['CVE-2', [{}]]);
    const all = await described(sql, { ids: ['CVE-1', 'CVE-2'] });
    assert.deepEqual(all.map(({ packages }) => packages.length).sort(), [1, 4500]);
  });
});

function described(
  sql: Sql,
  question: Partial<VulnerabilityQuestion> & Pick<VulnerabilityQuestion, 'ids'>,
  after: Parameters<typeof describedVulnerabilities>[2] = null,
): Promise<readonly DescribedVulnerability[]> {
  return Array.fromAsync(describedVulnerabilities(sql, { namespaces: [], package: null, ...question }, after));
}
