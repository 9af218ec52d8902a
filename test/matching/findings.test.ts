import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Distro } from '#core/distro.ts';
import type { Advisory, Cvss, EnrichmentFacts } from '#feeds/advisory.ts';
import type { Feed } from '#feeds/feed.ts';
import { type SyncWorld, syncGroup } from '#feeds/sync-feed.ts';
import type { Found } from '#matching/findings.ts';
import { unbrokenSince } from '#matching/held-since.ts';
import { type JudgeOptions, reportFindings } from '#matching/judge-report.ts';
import { riskOf } from '#matching/risk.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';
import { testClock } from '#test/support/test-clock.ts';

const left = somePackage({ type: 'npm', name: 'left-pad', version: '1.0.0' });

const vector: Cvss = {
  version: '3.1',
  vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  score: 9.8,
  source: 'nvd',
};

/** A feed of what is known of vulnerabilities. */
function knowing(facts: readonly (readonly [about: string, facts: EnrichmentFacts])[]): Feed {
  return {
    ...fakeFeed('known', []),
    fetch: async () => ({
      ...{ kind: 'changed' as const, mark: {}, missing: [] },
      records: async function* () {
        for (const [about, fact] of facts) yield { record: `${about} ${fact.kind}`, about, facts: fact };
      },
    }),
  };
}

const rating = (status: 'valid' | 'disputed' | 'rejected', more: Partial<EnrichmentFacts> = {}): EnrichmentFacts =>
  ({
    ...{ kind: 'rating', source: 'nvd', severity: 'Critical', cvss: [vector], title: 'A hole', published: null },
    ...{ status, cwes: [] },
    ...more,
  }) as EnrichmentFacts;

/** Syncs, then what is found in a report; time goes on by a day a step. */
async function inWorld(
  work: (world: {
    readonly load: (records: readonly Advisory[], name?: string) => Promise<number>;
    readonly know: (facts: Parameters<typeof knowing>[0]) => Promise<void>;
    readonly find: (
      options?: JudgeOptions,
      packages?: readonly (typeof left)[],
      distro?: Distro | null,
    ) => Promise<Found>;
    readonly sql: Sql;
  }) => Promise<void>,
): Promise<void> {
  await inRollback(async (sql) => {
    using base = syncWorld(sql);
    const clock = testClock(1_000_000);
    const world: SyncWorld = { ...base, clock };
    await work({
      sql,
      load: async (records, name = 'fake') => {
        await clock.advance(day);
        await syncGroup(world, fakeFeed(name, records), name, { force: true });
        return clock.now();
      },
      know: async (facts) => {
        await syncGroup(world, knowing(facts), 'known', { force: true });
      },
      find: (options = {}, packages = [left], distro = null) =>
        reportFindings(world, someReport(packages, { distro }), options),
    });
  });
}

const day = 86_400_000;

test('every source of a finding is kept, and the vendor’s rating stands before the NVD’s', async () => {
  await inWorld(async ({ load, know, find }) => {
    await load([
      advisory('GHSA-1', [{ fixed: '2.0.0' }], {
        aliases: ['CVE-1'],
        severity: 'Low',
        severitySource: 'github',
        urls: ['https://g/1'],
      }),
      advisory('GHSA-2', [{}], { aliases: ['CVE-2'] }),
    ]);
    await load([advisory('CVE-1', [{ fixed: '1.5.0' }], { record: 'other', urls: ['https://o/1'] })], 'other');
    await know([
      ['CVE-1', rating('valid')],
      ['CVE-1', { kind: 'epss', score: 0.5, percentile: 0.97, date: '2026-11-20' }],
      ['CVE-2', rating('disputed')],
      ['CVE-2', { kind: 'kev', added: '2026-01-02', due: '2026-01-23', ransomware: true }],
    ]);
    const { findings } = await find();
    const [two, one] = findings;
    assert.deepEqual(
      [two?.id, two?.severity, two?.severitySource, two?.disputed, two?.kev?.added, two?.risk, two?.title],
      ['GHSA-2', 'Critical', 'nvd', true, '2026-01-02', 98, 'A hole'],
    );
    assert.deepEqual([one?.id, one?.severity, one?.severitySource, one?.disputed], ['GHSA-1', 'Low', 'github', false]);
    assert.deepEqual(one?.fixedIn, ['1.5.0', '2.0.0']);
    assert.deepEqual(one?.epss, { score: 0.5, percentile: 0.97, date: '2026-11-20' });
    assert.deepEqual(one?.cvss, [vector]);
    assert.equal(one?.risk, 49);
    assert.deepEqual(
      one?.sources.map(({ id, group, severity, fixedIn, url }) => [id, group, severity, fixedIn, url]),
      [
        ['GHSA-1', 'fake', 'Low', '2.0.0', 'https://g/1'],
        ['CVE-1', 'other', 'Unknown', '1.5.0', 'https://o/1'],
      ],
    );
  });
});

test('an erratum has the scores of the CVEs that it mends, and a record that names a CVE only its own', async () => {
  await inWorld(async ({ load, know, find }) => {
    await load([
      advisory('ALSA-1', [{}], { related: ['CVE-1', 'CVE-2', 'x'] }),
      advisory('CVE-3', [{}], { related: ['CVE-1'] }),
    ]);
    await know([
      ['CVE-1', { kind: 'epss', score: 0.1, percentile: 0.5, date: '2026-11-20' }],
      ['CVE-2', { kind: 'epss', score: 0.7, percentile: 0.9, date: '2026-11-20' }],
    ]);
    const { findings } = await find();
    assert.deepEqual(
      findings.map(({ id, epss }) => [id, epss?.score ?? null]),
      [
        ['ALSA-1', 0.7],
        ['CVE-3', null],
      ],
    );
  });
});

test('what is rejected under its only id is shown apart with the reason; under another id somebody stands by it', async () => {
  await inWorld(async ({ load, know, find }) => {
    await load([advisory('CVE-1', [{}]), advisory('GHSA-2', [{}], { aliases: ['CVE-2'] })]);
    await know([
      ['CVE-1', rating('rejected')],
      ['CVE-2', rating('rejected')],
    ]);
    const { findings, suppressed } = await find();
    assert.deepEqual(
      findings.map(({ id, severity }) => [id, severity]),
      [['GHSA-2', 'Unknown']],
    );
    assert.deepEqual(
      suppressed.map(({ id, suppressed: by }) => [id, by]),
      [['CVE-1', { rule: 'rejected', reason: 'CVE-1 has been rejected' }]],
    );
  });
});

test('a program that is a module as well has what both are told of once, by its module', async () => {
  const paths = ['/bin/consul'];
  const module = somePackage({ type: 'golang', name: 'github.com/hashicorp/consul', version: 'v1.15.0', paths });
  const cpes = ['cpe:2.3:a:hashicorp:consul:1.15.0:*:*:*:*:*:*:*'];
  const program = somePackage({ type: 'binary', name: 'consul', version: '1.15.0', paths, cpes });
  const named = { namespace: 'cpe', name: 'hashicorp:consul', scheme: 'generic' };
  const inGo = { namespace: 'go', name: module.name, scheme: 'golang' };
  await inWorld(async ({ load, find }) => {
    await load([
      advisory('CVE-1', [{ ...named, fixed: '1.16.0' }]),
      advisory('CVE-2', [{ ...named, fixed: '1.16.0' }]),
      advisory('GHSA-1', [{ ...inGo, fixed: 'v1.16.0' }], { aliases: ['CVE-1'] }),
    ]);
    const { findings, suppressed } = await find({}, [module, program]);
    assert.deepEqual(
      findings.map(({ id, package: { type } }) => [type, id]),
      [
        ['binary', 'CVE-2'],
        ['golang', 'GHSA-1'],
      ],
    );
    assert.deepEqual(
      suppressed.map(({ id, suppressed: { rule, reason } }) => [id, rule, reason]),
      [['CVE-1', 'same-program', `it is told of ${module.purl}, which is the same program`]],
    );
    const elsewhere = { ...program, paths: [...paths, '/opt/consul'] };
    const older = { ...module, version: 'v1.14.0', purl: 'pkg:golang/github.com/hashicorp/consul@v1.14.0' };
    assert.equal((await find({}, [module, elsewhere])).findings.length, 3);
    assert.equal((await find({}, [older, program])).findings.length, 3);
  });
});

test('a fix in a paid stream says so, unless another is to be had by everybody', async () => {
  await inWorld(async ({ load, find }) => {
    const paid = { fixed: '1.1.0', channel: 'esm-apps', fixedAt: '2026-02-03' };
    await load([advisory('CVE-1', [paid]), advisory('CVE-2', [paid, { fixed: '1.2.0', fixedAt: '2026-02-01' }])]);
    const { findings } = await find();
    assert.deepEqual(
      findings.map(({ id, channel, fixedIn, fixedAt, state }) => [id, channel, fixedIn, fixedAt, state]),
      [
        ['CVE-1', 'esm-apps', ['1.1.0'], '2026-02-03', 'fixed'],
        ['CVE-2', null, ['1.1.0', '1.2.0'], '2026-02-01', 'fixed'],
      ],
    );
  });
});

test('an image is judged as of a moment: by what the feeds had said then', async () => {
  await inWorld(async ({ load, find }) => {
    const clean = [advisory('CVE-0', [{ name: 'other' }])];
    const before = await load(clean);
    const first = await load([...clean, advisory('CVE-1', [{ fixed: '2.0.0' }])]);
    const second = await load([...clean, advisory('CVE-1', [{ fixed: '3.0.0' }]), advisory('CVE-2', [{}])]);
    const third = await load(clean);
    const at = async (moment: number | null) =>
      (await find({ at: moment })).findings.map(({ id, fixedIn }) => [id, ...fixedIn].join(' '));
    assert.deepEqual(await at(0), []);
    assert.deepEqual(await at(before), []);
    assert.deepEqual(await at(first), ['CVE-1 2.0.0']);
    assert.deepEqual(await at(second - 1), ['CVE-1 2.0.0']);
    assert.deepEqual(await at(second), ['CVE-1 3.0.0', 'CVE-2']);
    assert.deepEqual(await at(third), []);
    assert.deepEqual(await at(null), []);
  });
});

test('a finding is as old as its rows without a gap, and no older than the image', async () => {
  await inWorld(async ({ load, find }) => {
    const other = advisory('CVE-0', [{ name: 'other' }]);
    const first = await load([other, advisory('CVE-1', [{ fixed: '2.0.0' }]), advisory('CVE-2', [{}])]);
    await load([other, advisory('CVE-1', [{ fixed: '3.0.0' }])]);
    const third = await load([other, advisory('CVE-1', [{ fixed: '3.0.0' }]), advisory('CVE-2', [{}])]);
    const seen = async (knownSince: number | null) =>
      (await find({ knownSince })).findings.map(({ firstSeen }) => firstSeen);
    assert.deepEqual(await seen(null), [null, null]);
    assert.deepEqual(await seen(0), [first, third], 'a changed fix is no gap, a record that was gone is one');
    assert.deepEqual(await seen(first + 1), [first + 1, third]);
    assert.deepEqual(await seen(third + 5), [third + 5, third + 5]);
  });
});

test('a release that has reached its end is said to, and its silence is no verdict any more', async () => {
  await inWorld(async ({ load, know, find, sql }) => {
    const owner = somePackage({
      ...{ type: 'deb', name: 'node-left-pad', version: '1.0.0-1', purl: 'pkg:deb/debian/node-left-pad@1.0.0-1' },
      files: ['/usr/share/nodejs/left-pad/package.json'],
    });
    const path = owner.files[0]!;
    const owned = { ...left, paths: [path], owners: [{ path, purl: owner.purl }] };
    const distro = { id: 'debian', versionId: '10', codename: null, name: null, idLike: [] };
    await load([advisory('GHSA-1', [{}])]);
    await sql.query(
      `insert into feed_group (feed, feed_group, feed_version, synced_at, checked_at, state)
       values ('debian', 'debian', 1, 0, 0, 'ok') on conflict (feed, feed_group) do update set synced_at = 0`,
    );
    const by = async () => {
      const { findings, suppressed } = await find({}, [owner, owned], distro);
      return [findings.length, suppressed[0]?.suppressed.rule];
    };
    assert.deepEqual(await by(), [0, 'comprehensive-feed']);
    await know([
      ['debian:10', { kind: 'lifecycle', endOfLife: '1970-01-01', endOfExtendedSupport: null, latest: null }],
    ]);
    assert.deepEqual(await by(), [1, undefined]);
  });
});

test('an alias that held before carries the age of a finding on', () => {
  assert.equal(unbrokenSince([{ from: 9, to: null }]), 9);
  assert.equal(
    unbrokenSince([
      { from: 9, to: null },
      { from: 3, to: 9 },
      { from: 1, to: 2 },
    ]),
    3,
  );
  assert.equal(
    unbrokenSince([
      { from: 9, to: null },
      { from: 5, to: 10 },
      { from: 2, to: 6 },
    ]),
    2,
  );
  assert.equal(
    unbrokenSince([
      { from: 9, to: null },
      { from: 4, to: 8 },
    ]),
    9,
  );
});

test('risk is likelihood times impact, and high where it happens already', () => {
  const base = { severity: 'High' as const, cvss: [], epss: null, kev: null };
  const epss = { score: 0.4, percentile: 0.9, date: '2026-11-20' };
  const kev = { added: '2026-01-02', due: null, ransomware: false };
  assert.equal(riskOf(base), 1.6);
  assert.equal(riskOf({ ...base, epss }), 32);
  assert.equal(riskOf({ ...base, epss, cvss: [vector] }), 39.2);
  assert.equal(riskOf({ ...base, severity: 'Unknown' }), 1.1);
  assert.equal(riskOf({ ...base, severity: 'Low', kev }), 75);
  assert.equal(riskOf({ ...base, severity: 'Low', kev: { ...kev, ransomware: true } }), 90);
  assert.equal(riskOf({ ...base, cvss: [vector], kev }), 98);
});
