import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Advisory } from '#feeds/advisory.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { findingsOf } from '#matching/findings.ts';
import { statement as verdictStatement } from '#matching/distro-verdicts.ts';
import { pastStatement, statement } from '#matching/judge.ts';
import { packageSets } from '#matching/package-set.ts';
import { storePackageSets } from '#matching/package-store.ts';
import type { Sql } from '#platform/sql.ts';
import type { Finding } from '#schema/finding.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';

async function load(sql: Sql, records: readonly Advisory[], name = 'fake'): Promise<void> {
  using world = syncWorld(sql);
  const outcome = await syncGroup(world, fakeFeed(name, records), name, { force: true });
  assert.equal(outcome.kind, 'changed');
}

async function findings(sql: Sql, report: ImageReport): Promise<readonly Finding[]> {
  const { sets } = packageSets(report);
  await storePackageSets(sql, sets);
  const digests = sets.map(({ digest }) => digest);
  return (await findingsOf(sql, report, digests, { asOf: null, knownSince: null, now: 0 })).findings;
}

const npm = (name: string, version: string) => somePackage({ type: 'npm', name, version });

test('a version inside an interval is affected, at its end it is not', async () => {
  await inRollback(async (sql) => {
    await load(sql, [advisory('GHSA-1', [{ introduced: '1.0.0', fixed: '1.2.0' }])]);
    const versions = ['0.9.0', '1.0.0-rc.1', '1.0.0', '1.1.9', '1.2.0-beta', '1.2.0', '2.0.0'];
    const found = await findings(sql, someReport(versions.map((version) => npm('left-pad', version))));
    assert.deepEqual(found.map((finding) => finding.package.version).sort(), ['1.0.0', '1.1.9', '1.2.0-beta']);
    assert.deepEqual(found[0]?.fixedIn, ['1.2.0']);
    assert.equal(found[0]?.state, 'fixed');
  });
});

test('records that share an alias are one finding, quoted by the GitHub id, rated by who rated it', async () => {
  await inRollback(async (sql) => {
    await load(sql, [
      advisory('PYSEC-1', [{ namespace: 'pypi', name: 'flask', fixed: '2.0' }], { aliases: ['CVE-2024-1'] }),
      advisory('GHSA-x', [{ namespace: 'pypi', name: 'flask', fixed: '2.0.1' }], {
        aliases: ['CVE-2024-1'],
        severity: 'High',
        severitySource: 'osv:GHSA',
      }),
      advisory('PYSEC-2', [{ namespace: 'pypi', name: 'flask', fixed: '3.0' }]),
    ]);
    const found = await findings(sql, someReport([somePackage({ type: 'python', name: 'Flask', version: '1.0' })]));
    assert.deepEqual(
      found.map(({ id, aliases, severity, fixedIn }) => ({ id, aliases, severity, fixedIn })),
      [
        { id: 'GHSA-x', aliases: ['CVE-2024-1', 'PYSEC-1'], severity: 'High', fixedIn: ['2.0', '2.0.1'] },
        { id: 'PYSEC-2', aliases: [], severity: 'Unknown', fixedIn: ['3.0'] },
      ],
    );
  });
});

test('a version that cannot be placed is undecidable for every range, and affected where an advisory lists it', async () => {
  await inRollback(async (sql) => {
    await load(sql, [
      advisory('GO-1', [{ namespace: 'go', name: 'example.org/tool', fixed: '1.0.0' }]),
      advisory('GO-2', [{ namespace: 'go', name: 'example.org/tool', versions: ['(devel)'] }]),
    ]);
    const found = await findings(
      sql,
      someReport([somePackage({ type: 'golang', name: 'example.org/tool', version: '(devel)' })]),
    );
    assert.deepEqual(
      found.map(({ id, judgement }) => [id, judgement]),
      [
        ['GO-1', 'undecidable'],
        ['GO-2', 'affected'],
      ],
    );
    assert.match(found[0]?.reason ?? '', /\(devel\)/);
  });
});

test('an advisory whose range cannot be placed is undecidable for every version, not silent', async () => {
  await inRollback(async (sql) => {
    await load(sql, [advisory('GHSA-odd', [{ fixed: 'next release' }])]);
    const [finding] = await findings(sql, someReport([npm('left-pad', '1.0.0')]));
    assert.equal(finding?.judgement, 'undecidable');
    assert.match(finding?.reason ?? '', /advisory/);
  });
});

test('Debian is judged by source package and source version, Alpine by origin, rpm by binary and stream', async () => {
  await inRollback(async (sql) => {
    await load(sql, [
      advisory('CVE-1', [{ namespace: 'debian:12', name: 'openssl', fixed: '3.0.11-1~deb12u2' }]),
      advisory('CVE-2', [{ namespace: 'alpine:3.9', name: 'busybox', fixed: '1.29.3-r11' }]),
      advisory('ALSA-1', [{ namespace: 'almalinux:9', name: 'nodejs:18/nodejs', fixed: '1:18.20.0-1.module_el9' }]),
    ]);
    const debian = someReport(
      [
        somePackage({
          type: 'deb',
          name: 'libssl3',
          version: '3.0.11-1~deb12u1',
          origin: { name: 'openssl', version: '3.0.11-1~deb12u1' },
        }),
        somePackage({ type: 'deb', name: 'openssl', version: '9', origin: { name: 'other', version: '1' } }),
      ],
      { distro: { id: 'debian', versionId: '12', codename: null, name: null, idLike: [] } },
    );
    assert.deepEqual(
      (await findings(sql, debian)).map(({ id, package: { name } }) => [id, name]),
      [['CVE-1', 'libssl3']],
    );
    const alpine = someReport(
      [
        somePackage({
          type: 'apk',
          name: 'ssl_client',
          version: '1.29.3-r10',
          origin: { name: 'busybox', version: '1.29.3-r10' },
        }),
      ],
      { distro: { id: 'alpine', versionId: '3.9.0', codename: null, name: null, idLike: [] } },
    );
    assert.deepEqual(
      (await findings(sql, alpine)).map(({ id }) => id),
      ['CVE-2'],
    );
    const rpm = (purl: string) =>
      someReport([somePackage({ type: 'rpm', name: 'nodejs', version: '1:18.19.0-1.module_el9', purl })], {
        distro: { id: 'almalinux', versionId: '9.3', codename: null, name: null, idLike: [] },
      });
    assert.equal((await findings(sql, rpm('pkg:rpm/almalinux/nodejs@18.19.0-1?rpmmod=nodejs:18:90:x'))).length, 1);
    assert.equal((await findings(sql, rpm('pkg:rpm/almalinux/nodejs@18.19.0-1'))).length, 0);
  });
});

test('a fix that comes later ends the finding; the same advisory again changes nothing', async () => {
  await inRollback(async (sql) => {
    const report = someReport([npm('left-pad', '1.5.0')]);
    await load(sql, [advisory('GHSA-1', [{ introduced: '1.0.0' }])]);
    assert.equal((await findings(sql, report)).length, 1);
    await load(sql, [advisory('GHSA-1', [{ introduced: '1.0.0' }])]);
    assert.equal((await findings(sql, report)).length, 1);
    await load(sql, [advisory('GHSA-1', [{ introduced: '1.0.0', fixed: '1.5.0' }])]);
    assert.deepEqual(await findings(sql, report), []);
  });
});

test('packages of a distribution that cannot be told are noted by kind and number', () => {
  const { notes, namespaces } = packageSets(
    someReport([
      somePackage({ type: 'deb', name: 'a', version: '1' }),
      somePackage({ type: 'deb', name: 'b', version: '1' }),
    ]),
  );
  assert.deepEqual(namespaces, []);
  assert.match(notes[0]?.problem ?? '', /^2 deb packages are not judged/);
});

test('a base shared by two images is stored once; the digest of a set tells its content', async () => {
  await inRollback(async (sql) => {
    const base = [npm('a', '1.0.0'), npm('b', '1.0.0')];
    const own = somePackage({ ...npm('c', '1.0.0'), layer: `sha256:${'2'.repeat(64)}` });
    const first = packageSets(someReport(base)).sets;
    const second = packageSets(someReport([...base].reverse().concat(own))).sets;
    assert.equal(first.length, 1);
    assert.equal(second.length, 2);
    assert.ok(second.some(({ digest }) => digest === first[0]?.digest));
    const before = await count(sql, 'package_set');
    await storePackageSets(sql, first);
    await storePackageSets(sql, second);
    await storePackageSets(sql, second);
    assert.equal((await count(sql, 'package_set')) - before, 2);
  });
});

test('findings beyond one page are all there, each once', async () => {
  await inRollback(async (sql) => {
    const urls = [`https://advisories.example/${'x'.repeat(1500)}`];
    const records = Array.from({ length: 1500 }, (_, at) => advisory(`GHSA-${at}`, [{ fixed: '2.0.0' }], { urls }));
    await load(sql, records);
    const found = await findings(sql, someReport([npm('left-pad', '1.0.0'), npm('left-pad', '1.1.0')]));
    assert.equal(found.length, 3000);
    assert.equal(new Set(found.map(({ id, package: { version } }) => `${id} ${version}`)).size, 3000);
  });
});

test('judging walks the covering index over the end of intervals', async () => {
  await inRollback(async (sql) => {
    const records = Array.from({ length: 3000 }, (_, at) =>
      advisory(`GHSA-${at}`, [{ name: `p${at % 300}`, fixed: '2.0.0' }]),
    );
    await load(sql, records);
    const report = someReport(Array.from({ length: 50 }, (_, at) => npm(`p${at}`, '1.0.0')));
    const { sets } = packageSets(report);
    await storePackageSets(sql, sets);
    await sql.query('analyze affected');
    const plan = await sql.query<{ 'QUERY PLAN': string }>(`explain ${statement}`, {
      sets: JSON.stringify(sets.map(({ digest }) => digest)),
      limit: 100,
      package: 0,
      affected: 0,
    });
    assert.match(plan.map((row) => row['QUERY PLAN']).join('\n'), /affected_current/);
  });
});

test('verdicts of not being affected are found by the covering index too, and the past by that of closed rows', async () => {
  await inRollback(async (sql) => {
    const records = Array.from({ length: 3000 }, (_, at) =>
      advisory(`CVE-${at}`, [{ name: `p${at % 300}`, verdict: 'not-affected', state: 'unknown' }]),
    );
    await load(sql, records);
    await load(sql, records.slice(0, 10));
    for (const table of ['affected', 'advisory', 'name']) await sql.query(`analyze ${table}`);
    const asks = JSON.stringify([{ ask: 0, space: 'npm', name: 'p1', key: '61', every: false }]);
    const plan = async (text: string, parameters: Record<string, string | number>) =>
      (await sql.query<{ 'QUERY PLAN': string }>(`explain ${text}`, parameters))
        .map((row) => row['QUERY PLAN'])
        .join('\n');
    const verdicts = await plan(verdictStatement, { asks, ids: '{"CVE-1":1}' });
    assert.match(verdicts, /affected_(current|past)/);
    assert.doesNotMatch(verdicts, /Seq Scan on (affected|advisory)/);
    const past = await plan(pastStatement, { sets: '[]', limit: 100, package: 0, affected: 0, asOf: 1 });
    assert.match(past, /affected_current/);
    assert.match(past, /affected_past/);
    assert.doesNotMatch(past, /Seq Scan on affected/);
  });
});

async function count(sql: Sql, table: 'package_set'): Promise<number> {
  const [row] = await sql.query<{ n: number }>(`select count(*) as n from ${table}`);
  return row?.n ?? 0;
}
