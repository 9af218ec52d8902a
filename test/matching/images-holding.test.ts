import assert from 'node:assert/strict';
import { test } from 'node:test';
import { affectedPackages, statement as packagesStatement } from '#matching/affected-packages.ts';
import { imagesHolding, packagesNamed, statement } from '#matching/images-holding.ts';
import { packageSets } from '#matching/package-set.ts';
import { linkImageSets, storePackageSets } from '#matching/package-store.ts';
import type { Package } from '#core/package.ts';
import type { Sql } from '#platform/sql.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';

const npm = (name: string, version: string) =>
  somePackage({ type: 'npm', name, version, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` });

/** Images of the account `team`, one for each list of packages. */
async function store(sql: Sql, images: readonly (readonly Package[])[]): Promise<void> {
  await sql.query(
    `insert into account (account, type, state, created_at, updated_at) values ('team', 'user', 'enabled', 0, 0)`,
  );
  for (const [at, packages] of images.entries()) {
    const { sets } = packageSets(someReport(packages));
    await storePackageSets(sql, sets);
    const [image] = await sql.query<{ image_no: number }>(
      `insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
       values ('team', :digest::text, '', '', '', '', 'analyzed', 'active', 0, 0) returning image_no`,
      { digest: `image ${at}` },
    );
    await linkImageSets(
      sql,
      image!.image_no,
      sets.map(({ digest }) => digest),
    );
  }
}

async function load(sql: Sql, ...records: Parameters<typeof advisory>[]): Promise<void> {
  using world = syncWorld(sql);
  await syncGroup(
    world,
    fakeFeed(
      'fake',
      records.map((record) => advisory(...record)),
    ),
    'fake',
    { force: true },
  );
}

const page = { after: 0, limit: 50 };

test('images are found by a vulnerability under any of its ids, and not where another record clears the package', async () => {
  await inRollback(async (sql) => {
    await store(sql, [[npm('left-pad', '1.0.0')], [npm('left-pad', '1.1.0')], [npm('left-pad', '2.0.0')]]);
    await load(
      sql,
      ['GHSA-1', [{ fixed: '2.0.0' }], { aliases: ['CVE-1'], related: ['CVE-2'] }],
      [
        'CVE-1',
        [{ introduced: '1.1.0', fixed: '1.2.0', verdict: 'not-affected', state: 'unknown' }],
        { record: 'clean' },
      ],
    );
    for (const id of ['GHSA-1', 'CVE-2']) {
      const found = await affectedPackages(sql, id);
      assert.deepEqual(
        found.map(({ purl }) => purl),
        ['pkg:npm/left-pad@1.0.0', 'pkg:npm/left-pad@1.1.0'],
        id,
      );
    }
    const found = await affectedPackages(sql, 'CVE-1');
    assert.deepEqual(
      found.map(({ purl, fixed, group }) => [purl, fixed, group]),
      [['pkg:npm/left-pad@1.0.0', '2.0.0', 'fake']],
    );
    const images = await imagesHolding(
      sql,
      'team',
      found.map(({ packageId }) => packageId),
      page,
    );
    assert.deepEqual(
      images.map(({ digest, packageIds }) => [digest, packageIds]),
      [['image 0', [found[0]!.packageId]]],
    );
    assert.deepEqual(
      await imagesHolding(
        sql,
        'others',
        found.map(({ packageId }) => packageId),
        page,
      ),
      [],
    );
    assert.deepEqual(await affectedPackages(sql, 'CVE-unknown'), []);
  });
});

test('pages of images go on behind the last one', async () => {
  await inRollback(async (sql) => {
    await store(
      sql,
      Array.from({ length: 7 }, (_, at) => [npm('left-pad', '1.0.0'), npm(`own-${at}`, '1.0.0')]),
    );
    const ids = (await packagesNamed(sql, 'left-pad', null)).map(({ packageId }) => packageId);
    const seen: string[] = [];
    for (let after = 0; ; ) {
      const images = await imagesHolding(sql, 'team', ids, { after, limit: 3 });
      seen.push(...images.map(({ digest }) => digest));
      if (images.length < 3) break;
      after = images.at(-1)!.imageNo;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 7 }, (_, at) => `image ${at}`),
    );
    const many = [...ids, ...Array.from({ length: 2500 }, (_, at) => 1_000_000_000 + at)];
    assert.equal((await imagesHolding(sql, 'team', many, page)).length, 7, 'read instead of looked up');
  });
});

test('packages are found by the name they call themselves', async () => {
  await inRollback(async (sql) => {
    const libssl = somePackage({
      ...{ type: 'deb', name: 'libssl3', version: '3.0.11-1', purl: 'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64' },
      origin: { name: 'openssl', version: '3.0.11-1' },
    });
    await store(sql, []);
    const debian = { id: 'debian', versionId: '12', codename: null, name: null, idLike: [] };
    const { sets } = packageSets(
      someReport([libssl, npm('@scope/pad', '1.0.0'), npm('pad', '1.0.0')], { distro: debian }),
    );
    await storePackageSets(sql, sets);
    const purls = async (name: string, version: string | null) =>
      (await packagesNamed(sql, name, version)).map(({ purl }) => purl);
    assert.deepEqual(await purls('libssl3', null), [libssl.purl]);
    assert.deepEqual(await purls('libssl3', '3.0.11-1'), [libssl.purl]);
    assert.deepEqual(await purls('libssl3', '3.0.11-2'), []);
    assert.deepEqual(await purls('@scope/pad', '1.0.0'), ['pkg:npm/%40scope/pad@1.0.0']);
    assert.deepEqual(await purls('openssl', null), []);
  });
});

test('packages of a vulnerability are found by its rows, images by the index of sets', async () => {
  await inRollback(async (sql) => {
    await store(
      sql,
      Array.from({ length: 50 }, (_, at) => [npm(`p${at}`, '1.0.0')]),
    );
    await load(
      sql,
      ...Array.from({ length: 2000 }, (_, at) => [`GHSA-${at}`, [{ name: `p${at % 300}` }]] as [string, object[]]),
    );
    for (const table of ['affected', 'advisory', 'package', 'package_set']) await sql.query(`analyze ${table}`);
    // Small tables are read whole, whatever indexes there are.
    await sql.query(`select set_config('enable_seqscan', 'off', true) as set`);
    const plan = async (text: string, parameters: Record<string, string | number>) =>
      (await sql.query<{ 'QUERY PLAN': string }>(`explain ${text}`, parameters))
        .map((row) => row['QUERY PLAN'])
        .join('\n');
    const packages = await plan(packagesStatement, {
      ...{ id: 'GHSA-1', ids: '["GHSA-1"]', package: 0, advisory: 0, limit: 10 },
    });
    for (const index of ['advisory_id_text', 'advisory_names', 'affected_advisory', 'package_(key|identity)'])
      assert.match(packages, new RegExp(index), packages);
    const images = await plan(statement, { account: 'team', ids: '[1,2]', after: 0, limit: 10 });
    assert.match(images, /package_set_packages/);
  });
});
