import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import type { Enrichment, FeedRecord } from '#feeds/advisory.ts';
import { type Loaded, loadRecords } from '#feeds/load-records.ts';
import { writeAdvisories } from '#feeds/advisory-store.ts';
import { recordChunks } from '#feeds/record-chunks.ts';
import { beginRevision, revisionTotals } from '#feeds/revision-store.ts';
import { storedAdvisory } from '#feeds/stored-record.ts';
import type { Sql } from '#platform/sql.ts';
import type { Staging } from '#platform/staging.ts';
import { comparators } from '#versions/comparators.ts';
import { inRollback } from '../support/database.ts';
import { testClock } from '../support/test-clock.ts';
import { advisory, range } from './fake-feed.ts';

const name = { feed: 'alpine', group: 'alpine:3.99' };

interface Changes {
  readonly complete?: boolean;
  readonly staging?: Staging;
}

async function load(
  sql: Sql,
  records: readonly FeedRecord[],
  { complete = true, staging }: Changes = {},
): Promise<Loaded> {
  return await loadRecords({ sql, clock: testClock(), staging: staging ?? null }, name, streamOf(records), {
    complete,
    force: false,
    onRecords: () => {},
  });
}

async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function rows(sql: Sql) {
  return await sql.query<{ record: string; status: number; channel: string; fixed_at: string; only_for: string }>(
    `select a.record, f.status, f.channel, f.fixed_at, f.only_for from affected f join advisory a using (advisory_id)
     where f.valid_to = 9223372036854775807 order by a.record, f.status, f.channel, f.fixed_at, f.only_for::text`,
  );
}

async function enrichments(sql: Sql) {
  return await sql.query('select record, about, body from enrichment order by record');
}

/** A package that some image holds, with what was said of it since: `revision, record, op`. */
async function storePackage(sql: Sql, packageName: string, version: string): Promise<() => Promise<readonly string[]>> {
  const key = comparators.apk.key(version);
  const [row] = await sql.query<{ package_id: number }>(
    `with n as (insert into name (namespace, name) values ('alpine:3.99', :name::text)
       on conflict (namespace, name) do update set name = excluded.name returning name_id)
     insert into package (name_id, purl, version, version_key, rules)
     select name_id, :purl::text, :version::text, :key::bytea, 1 from n returning package_id`,
    {
      name: packageName,
      purl: `pkg:apk/${packageName}@${version}`,
      version,
      key: key instanceof Uint8Array ? key : null,
    },
  );
  return async () => {
    const changes = await sql.query<{ revision: number; record: string; op: number }>(
      `select c.revision, a.record, c.op from package_change c join advisory a using (advisory_id)
       where c.package_id = :id::int order by c.revision, a.record`,
      { id: row!.package_id },
    );
    const revisions = [...new Set(changes.map(({ revision }) => revision))];
    return changes.map(({ revision, record, op }) => `${revisions.indexOf(revision) + 1} ${record} ${op}`);
  };
}

const epss = (cve: string, score: number): Enrichment => ({
  record: cve,
  about: cve,
  facts: { kind: 'epss', score, percentile: 0.5, date: '2031-01-01' },
});

test('verdicts of not being affected, channels, dates of fixes and conditions are stored, and each of them alone makes another row', () =>
  inRollback(async (sql) => {
    const ranges = [
      range('hull', '1-r0'),
      range('hull', '1-r0', { channel: 'esm-infra' }),
      range('hull', '1-r0', { fixedAt: '2031-01-01' }),
      range('hull', '1-r0', { only: { arch: ['x86_64'] } }),
      range('hull', null, { verdict: 'not-affected' }),
      range('hull', null, { verdict: 'not-affected', versions: ['0.5-r0', 'no version'] }),
    ];
    await load(sql, [advisory('X-1', 'hull', null, { affected: ranges })]);
    const none = { channel: null, fixed_at: null, only_for: null };
    assert.deepEqual(
      (await rows(sql)).map(({ record: _, ...row }) => ({ ...row })),
      [
        { status: 0, ...none, channel: 'esm-infra' },
        { status: 0, ...none, fixed_at: '2031-01-01' },
        { status: 0, ...none, only_for: '{"arch": ["x86_64"]}' },
        { status: 0, ...none },
        { status: 3, ...none },
      ],
    );
    const [aside] = await sql.query<{ reason: string }>('select reason from feed_set_aside');
    assert.match(aside!.reason, /not affected, but 'no version'/);
    for (const at of [1, 2, 3]) {
      const fewer = ranges.filter((_, place) => place !== at);
      assert.equal((await load(sql, [advisory('X-1', 'hull', null, { affected: fewer })])).opened, 0);
      assert.equal((await rows(sql)).length, 4, `without range ${at}`);
      assert.equal((await load(sql, [advisory('X-1', 'hull', null, { affected: ranges })])).opened, 1);
    }
  }));

test('vectors and disputes of a record are stored, and a change of them is a change of the record', () =>
  inRollback(async (sql) => {
    const cvss = [{ version: '3.1', vector: 'CVSS:3.1/AV:N', score: 7.5, source: 'nvd' }] as const;
    const of = async () => {
      const [row] = await sql.query<{ cvss: string; disputed: boolean }>('select cvss, disputed from advisory');
      return [JSON.parse(row!.cvss), row!.disputed];
    };
    await load(sql, [advisory('X-1', 'hull', '1-r0', { cvss, disputed: true })]);
    assert.deepEqual(await of(), [cvss, true]);
    assert.deepEqual(
      await load(sql, [advisory('X-1', 'hull', '1-r0')]).then(({ written, opened }) => [written, opened]),
      [1, 0],
    );
    assert.deepEqual(await of(), [[], false]);
  }));

test('enrichment is written, changed in place and deleted, and may have the names of advisories', () =>
  inRollback(async (sql) => {
    const both = [advisory('X-1', 'hull', '1-r0', { record: 'CVE-1' }), epss('CVE-1', 0.1), epss('CVE-2', 0.2)];
    const first = await load(sql, both);
    assert.deepEqual([first.records, first.written, first.opened], [3, 3, 1]);
    assert.deepEqual(
      (await enrichments(sql)).map(({ about, body }) => [about, JSON.parse(String(body)).score]),
      [
        ['CVE-1', 0.1],
        ['CVE-2', 0.2],
      ],
    );
    assert.equal((await load(sql, both)).revision, null);
    const second = await load(sql, [both[0]!, epss('CVE-1', 0.3)]);
    assert.deepEqual([second.records, second.written, second.vanished], [2, 1, 1]);
    assert.deepEqual(
      (await enrichments(sql)).map(({ about, body }) => [about, JSON.parse(String(body)).score]),
      [['CVE-1', 0.3]],
    );
    const totals = await revisionTotals(sql, second.revision!);
    assert.deepEqual({ ...totals }, { records: 2, opened: 0, closed: 0 });
  }));

test('changes alone leave what they do not name, drop what they name as removed, and keep what is set aside beside them', () =>
  inRollback(async (sql) => {
    const [a, b, c] = ['A', 'B', 'C'].map((id) => advisory(id, 'hull', '1-r0')) as [FeedRecord, FeedRecord, FeedRecord];
    const old = { record: 'old', reason: 'was odd' };
    await load(sql, [a, b, c, epss('hull B', 0.1), old, { record: 'mended', reason: 'was odd' }]);
    const changes = [
      advisory('A', 'hull', '2-r0'),
      { record: 'hull B', removed: true as const },
      { record: 'never there', removed: true as const },
      advisory('M', 'hull', '1-r0', { record: 'mended' }),
      { record: 'new', reason: 'is odd' },
    ];
    const loaded = await load(sql, changes, { complete: false });
    assert.deepEqual([loaded.records, loaded.written, loaded.vanished, loaded.setAside], [3, 2, 2, 2]);
    assert.deepEqual(
      (await rows(sql)).map(({ record }) => record),
      ['hull A', 'hull C', 'mended'],
    );
    assert.deepEqual(await enrichments(sql), []);
    const reasons = await sql.query<{ record: string }>('select record from feed_set_aside order by record');
    assert.deepEqual(
      reasons.map(({ record }) => record),
      ['new', 'old'],
    );
    const nothing = await load(sql, [], { complete: false });
    assert.deepEqual([nothing.records, nothing.revision, nothing.setAside], [3, null, 2]);
  }));

test('changes that drop most of a large group are not believed', () =>
  inRollback(async (sql) => {
    const many = Array.from({ length: 1100 }, (_, at) => epss(`CVE-${at}`, 0.5));
    await load(sql, many);
    const dropped = many.slice(500).map(({ record }) => ({ record, removed: true as const }));
    await assert.rejects(load(sql, dropped, { complete: false }), /dropped 600 of 1100 records/);
    assert.equal((await load(sql, dropped.slice(200), { complete: false })).vanished, 400);
  }));

test('what a sync did to known packages is said by package and advisory: gained, lost, or spoken of otherwise', () =>
  inRollback(async (sql) => {
    const changes = await storePackage(sql, 'hull', '1.5-r0');
    const unplaced = await storePackage(sql, 'hull', 'no version');
    const elsewhere = await storePackage(sql, 'keel', '1.5-r0');
    const hull = (...affected: readonly ReturnType<typeof range>[]) => [advisory('X-1', 'hull', null, { affected })];
    await load(sql, hull(range('hull', '2-r0')));
    await load(sql, hull(range('hull', '1-r0')));
    await load(sql, hull(range('hull', '2-r0', { severity: 'Low' }), range('hull', '1-r0')));
    await load(sql, hull(range('hull', '2-r0', { severity: 'Critical' }), range('hull', '1-r0')));
    await load(
      sql,
      hull(range('hull', '2-r0', { severity: 'Critical' }), range('hull', null, { verdict: 'not-affected' })),
    );
    await load(sql, [...hull(range('hull', '1-r0')), advisory('X-2', 'hull', '3-r0')]);
    await load(sql, [advisory('X-2', 'hull', '3-r0')]);
    assert.deepEqual(await changes(), [
      '1 hull X-1 1',
      '2 hull X-1 -1',
      '3 hull X-1 1',
      '4 hull X-1 0',
      '5 hull X-1 0',
      '6 hull X-1 -1',
      '6 hull X-2 1',
    ]);
    assert.deepEqual(await unplaced(), [
      '1 hull X-1 1',
      '2 hull X-1 0',
      '3 hull X-1 0',
      '4 hull X-1 0',
      '5 hull X-1 0',
      '6 hull X-1 0',
      '6 hull X-2 1',
      '7 hull X-1 -1',
    ]);
    assert.deepEqual(await elsewhere(), []);
  }));

test('a package of a version that no scheme places is reached by what lists exactly it', () =>
  inRollback(async (sql) => {
    const [listed, other] = [await storePackage(sql, 'hull', 'odd'), await storePackage(sql, 'hull', 'other')];
    await load(sql, [advisory('X-1', 'hull', null, { affected: [range('hull', null, { versions: ['odd'] })] })]);
    assert.deepEqual([await listed(), await other()], [['1 hull X-1 1'], []]);
  }));

test('a statement whose answer was lost is sent again and counts once', () =>
  inRollback(async (sql) => {
    const changes = await storePackage(sql, 'hull', '1.5-r0');
    await load(sql, [advisory('X-1', 'hull', '2-r0'), advisory('X-2', 'hull', '1-r0')]);
    let lost = 0;
    const losing: Sql = {
      ...sql,
      async query(statement, parameters) {
        const answer = await sql.query(statement, parameters);
        if (!/^with turn/.test(statement) || lost++ % 2 === 1) return answer as never;
        throw new Fault('sql/unavailable', 'the answer was lost', { detail: { outcome: 'unknown' } });
      },
    };
    const clock = testClock();
    const loading = loadRecords(
      { sql: losing, clock, staging: null },
      name,
      streamOf([advisory('X-2', 'hull', '3-r0'), epss('CVE-1', 0.5)]),
      { complete: true, force: false, onRecords: () => {} },
    );
    let done = false;
    void loading.finally(() => (done = true)).catch(() => {});
    while (!done) await clock.advance(500);
    const { revision, written, vanished } = await loading;
    assert.deepEqual([written, vanished, lost], [2, 1, 6]);
    assert.deepEqual({ ...(await revisionTotals(sql, revision!)) }, { records: 3, opened: 1, closed: 2 });
    assert.deepEqual(await changes(), ['1 hull X-1 1', '2 hull X-1 -1', '2 hull X-2 1']);
    assert.equal((await rows(sql)).length, 1);
  }));

test('a chunk whose turn it is not writes nothing', () =>
  inRollback(async (sql) => {
    const { stored } = storedAdvisory(advisory('X-1', 'hull', '2-r0'));
    const [chunk] = await Array.fromAsync(recordChunks(streamOf([stored!])));
    const revision = await beginRevision(sql, name, 5);
    for (const [number, there] of [
      [1, 0],
      [0, 1],
      [0, 1],
    ] as const) {
      await writeAdvisories(sql, name, chunk!, revision, number);
      assert.equal((await rows(sql)).length, there);
    }
  }));

test('many chunks go through staged rows, few of them as parameters, and both leave the same', () =>
  inRollback(async (sql) => {
    const staging = tableStaging(sql);
    const wide = (count: number, fixed: string) =>
      Array.from({ length: count }, (_, at) => {
        const affected = Array.from({ length: 900 }, (__, n) => range(`package-${n % 7}`, `${fixed}.${n}-r0`));
        return advisory(`X-${at}`, 'wide', null, { affected });
      });
    await load(sql, wide(3, '1'), { staging });
    assert.equal(staging.loads, 0);
    const many = [...wide(12, '2'), ...Array.from({ length: 10 }, (_, at) => epss(`CVE-${at}`, 0.1))];
    assert.deepEqual(
      await load(sql, many, { staging }).then(({ records, written, opened }) => [records, written, opened]),
      [22, 22, 10_800],
    );
    assert.equal(staging.loads, 1);
    assert.deepEqual(await sql.query('select load from staged_text limit 1'), []);
    assert.equal((await load(sql, many)).revision, null);
  }));

/** Staging without S3: the texts go into the table by statements. */
function tableStaging(sql: Sql): Staging & { loads: number } {
  const staging = {
    loads: 0,
    async stage(texts: AsyncIterable<string>) {
      const load = `load ${staging.loads++}`;
      let chunks = 0;
      for await (const body of texts) {
        await sql.query(`insert into staged_text values (:load::text, :chunk::int, :body::text, 0)`, {
          load,
          chunk: chunks++,
          body,
        });
      }
      return {
        load,
        chunks,
        async [Symbol.asyncDispose]() {
          await sql.query('delete from staged_text where load = :load::text', { load });
        },
      };
    },
  };
  return staging;
}
