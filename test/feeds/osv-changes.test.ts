import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import { osv } from '#feeds/feeds/osv.ts';
import { type SyncOutcome, syncGroup } from '#feeds/sync-feed.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '../support/database.ts';
import { type TestClock, testClock } from '../support/test-clock.ts';
import { seededRandom } from '../versions/seeded-random.ts';
import { type OsvBucket, osvBucket, osvRecord } from './fake-osv-bucket.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const begin = Date.UTC(2031, 0, 1);

interface Place {
  readonly clock: TestClock;
  readonly bucket: OsvBucket;
  readonly sql: Sql;
  /** Syncs and says what was done, with the files that were asked for. */
  sync(force?: boolean): Promise<SyncOutcome>;
  /** The bounds that are stored of a record. */
  fixes(record: string): Promise<readonly (string | null)[]>;
}

/** An ecosystem in a bucket and what is stored of it. */
async function inPlace(ecosystem: string, work: (place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-osv-'));
  try {
    await inRollback(async (sql) => {
      const clock = testClock(begin);
      const bucket = osvBucket(ecosystem, begin - day);
      let files = 0;
      const world = {
        ...{ sql, clock, staging: null, log: silentLog, fetch: bucket.fetch },
        temporaryFile: () => path.join(folder, String(files++)),
      };
      await work({
        ...{ clock, bucket, sql },
        sync: (force = false) => syncGroup(world, osv, `osv:${ecosystem}`, { force }),
        async fixes(record) {
          const rows = await sql.query<{ fixed: string | null }>(
            `select f.fixed from affected f join advisory a on a.advisory_id = f.advisory_id
             where a.record = :record::text and f.valid_to = 9223372036854775807 order by f.fixed`,
            { record },
          );
          return rows.map(({ fixed }) => fixed);
        },
      });
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function loadedOf(outcome: SyncOutcome) {
  assert(outcome.kind === 'changed', `the sync is ${outcome.kind}${'reason' in outcome ? `: ${outcome.reason}` : ''}`);
  return outcome.loaded;
}

/** Reading all of it anew finds nothing to be different from what the changes left. */
async function assertWhole(place: Place): Promise<void> {
  place.bucket.asked();
  const { written, vanished } = loadedOf(await place.sync(true));
  assert.ok(place.bucket.asked().includes('all.zip'));
  assert.deepEqual({ written, vanished }, { written: 0, vanished: 0 });
}

test('after a zip only the records that the list of changes names are fetched, and they leave what a whole read would', () =>
  inPlace('PyPI', async (place) => {
    const { bucket, clock } = place;
    const at = (ago: number) => clock.now() - ago;
    for (let count = 0; count < 30; count++) {
      bucket.put(osvRecord('PyPI', `PYSEC-${count}`, `pack-${count % 7}`, `1.${count}`, at(3 * day + count * hour)));
    }
    loadedOf(await place.sync());
    assert.deepEqual(bucket.asked(), ['modified_id.csv', 'all.zip']);
    assert.equal((await place.sync()).kind, 'unchanged');
    assert.deepEqual(bucket.asked(), ['modified_id.csv 304']);

    await clock.advance(day);
    bucket.put(osvRecord('PyPI', 'PYSEC-1', 'pack-1', '1.1.1', at(3 * hour)));
    bucket.put(osvRecord('PyPI', 'PYSEC-2', 'pack-2', '1.2', at(2 * hour), { withdrawn: '2031-01-01T00:00:00Z' }));
    bucket.put(osvRecord('npm', 'PYSEC-3', 'pack-3', '1.3', at(2 * hour)));
    bucket.put(osvRecord('PyPI', 'PYSEC-4', 'pack-4', '1.4', at(hour), { affected: [{ package: 1 }] }));
    bucket.put(osvRecord('PyPI', 'PYSEC-99', 'pack-new', '9', at(minute)));
    const { written, vanished, records } = loadedOf(await place.sync());
    // The last one listed before the zip might not have been in it.
    const changed = ['PYSEC-99', 'PYSEC-4', 'PYSEC-2', 'PYSEC-3', 'PYSEC-1', 'PYSEC-0'];
    assert.deepEqual(bucket.asked(), ['modified_id.csv', ...changed.map((id) => `${id}.json`)]);
    assert.deepEqual({ written, vanished, records }, { written: 2, vanished: 3, records: 28 });
    assert.deepEqual(await place.fixes('PYSEC-1'), ['1.1.1']);
    assert.deepEqual(await place.fixes('PYSEC-2'), []);
    await assertWhole(place);
  }));

test('a record that cannot be read any more is set aside, and what is stored of it stays', () =>
  inPlace('npm', async (place) => {
    const { bucket, clock } = place;
    bucket.put(osvRecord('npm', 'GHSA-1', 'hull', '1.0.0', begin - 3 * day));
    bucket.put(osvRecord('npm', 'GHSA-2', 'keel', '1.0.0', begin - 3 * day));
    await place.sync();
    await clock.advance(day);
    bucket.put(osvRecord('npm', 'GHSA-1', 'hull', '2.0.0', clock.now()));
    bucket.put(osvRecord('npm', 'GHSA-2', 'keel', '2.0.0', clock.now()));
    bucket.instead.set('GHSA-1.json', '{"id": ');
    bucket.instead.set('GHSA-2.json', JSON.stringify(osvRecord('npm', 'GHSA-3', 'mast', '1.0.0', begin)));
    const { setAside, written, vanished } = loadedOf(await place.sync());
    assert.deepEqual({ setAside, written, vanished }, { setAside: 2, written: 0, vanished: 0 });
    assert.deepEqual(await place.fixes('GHSA-1'), ['1.0.0']);
    assert.deepEqual(await place.fixes('GHSA-2'), ['1.0.0']);
    assert.deepEqual(await place.fixes('GHSA-3'), []);
  }));

test('a record whose ranges another database decides follows that one, and stands for itself once that one is withdrawn', () =>
  inPlace('PyPI', async (place) => {
    const { bucket, clock } = place;
    const ghsa = (fixed: string, more = {}) =>
      osvRecord('PyPI', 'GHSA-1', 'hull', fixed, clock.now(), { aliases: ['PYSEC-1', 'CVE-2031-1'], ...more });
    const own = { aliases: ['CVE-2031-1', 'GHSA-1'] };
    bucket.put(osvRecord('PyPI', 'PYSEC-1', 'hull', '9', begin - 3 * day, own));
    bucket.put(osvRecord('PyPI', 'PYSEC-2', 'keel', '9', begin - 3 * day));
    await place.sync();
    assert.deepEqual(await place.fixes('PYSEC-1'), ['9']);

    await clock.advance(hour);
    bucket.put(ghsa('1.5'));
    await place.sync();
    assert.deepEqual(await place.fixes('PYSEC-1'), ['1.5']);
    await assertWhole(place);

    await clock.advance(5 * hour);
    bucket.put(ghsa('1.6'));
    await place.sync();
    assert.deepEqual(await place.fixes('PYSEC-1'), ['1.6']);
    await assertWhole(place);

    await clock.advance(5 * hour);
    bucket.put(ghsa('1.6', { withdrawn: '2031-01-01T00:00:00Z' }));
    await place.sync();
    assert.deepEqual(await place.fixes('PYSEC-1'), ['9']);
    assert.deepEqual(await place.fixes('GHSA-1'), []);
    await assertWhole(place);
  }));

test('a late-comer of the last day is fetched, what was seen is not fetched again', () =>
  inPlace('Hex', async (place) => {
    const { bucket, clock } = place;
    bucket.put(osvRecord('Hex', 'GHSA-old', 'hull', '1.0.0', begin - 9 * day));
    await place.sync();
    await clock.advance(3 * day);
    bucket.put(osvRecord('Hex', 'GHSA-a', 'keel', '1.0.0', clock.now() - hour));
    await place.sync();
    bucket.asked();

    await clock.advance(minute);
    bucket.put(osvRecord('Hex', 'GHSA-b', 'mast', '1.0.0', clock.now() - 5 * hour));
    const { written } = loadedOf(await place.sync());
    assert.equal(written, 1);
    assert.deepEqual(bucket.asked(), ['modified_id.csv', 'GHSA-b.json']);
  }));

test('what changed while the zip was made, and was not in it, comes with the next changes', () =>
  inPlace('Pub', async (place) => {
    const { bucket, clock } = place;
    bucket.put(osvRecord('Pub', 'GHSA-1', 'hull', '1.0.0', begin - 9 * day));
    bucket.put(osvRecord('Pub', 'GHSA-2', 'keel', '1.0.0', begin - hour));
    bucket.put(osvRecord('Pub', 'GHSA-3', 'mast', '1.0.0', begin - minute));
    bucket.unpublished.add('GHSA-2');
    bucket.zippedAt = begin;
    assert.equal(loadedOf(await place.sync()).records, 2);
    bucket.unpublished.clear();
    bucket.put(osvRecord('Pub', 'GHSA-4', 'sail', '1.0.0', begin + minute));
    await clock.advance(hour);
    assert.equal(loadedOf(await place.sync()).records, 4);
    assert.ok(!bucket.asked().slice(2).includes('all.zip'));
  }));

test('more changes than are fetched one by one, and a record that is not in the bucket, are a reason to read the zip', () =>
  inPlace('NuGet', async (place) => {
    const { bucket, clock } = place;
    for (let count = 0; count < 20; count++)
      bucket.put(osvRecord('NuGet', `GHSA-${count}`, `Hull.${count}`, '1.0', begin - 9 * day));
    await place.sync();
    bucket.asked();

    await clock.advance(day);
    for (let count = 0; count < 401; count++)
      bucket.put(osvRecord('NuGet', `GHSA-${count}`, `Hull.${count}`, '2.0', clock.now() - hour));
    bucket.zippedAt = clock.now();
    assert.equal(loadedOf(await place.sync()).written, 401);
    assert.deepEqual(bucket.asked(), ['modified_id.csv', 'all.zip']);

    await clock.advance(4 * hour);
    bucket.put(osvRecord('NuGet', 'GHSA-0', 'Hull.0', '3.0', clock.now()));
    bucket.instead.set('GHSA-0.json', 404);
    assert.equal(loadedOf(await place.sync()).written, 1);
    assert.equal(bucket.asked().at(-1), 'all.zip');
    assert.deepEqual(await place.fixes('GHSA-0'), ['3.0']);
  }));

test('everything is read again after a week, for what was lost on the way', () =>
  inPlace('CRAN', async (place) => {
    const { bucket, clock } = place;
    for (const id of ['RSEC-1', 'RSEC-2']) bucket.put(osvRecord('CRAN', id, 'hull', '1.0', begin - 9 * day));
    await place.sync();
    bucket.records.delete('RSEC-1');
    await clock.advance(6 * day);
    bucket.put(osvRecord('CRAN', 'RSEC-3', 'keel', '1.0', clock.now()));
    assert.equal(loadedOf(await place.sync()).records, 3);
    bucket.asked();
    await clock.advance(day);
    const { records, vanished } = loadedOf(await place.sync());
    assert.deepEqual({ records, vanished }, { records: 2, vanished: 1 });
    assert.deepEqual(bucket.asked(), ['modified_id.csv', 'all.zip']);
  }));

test('without a list that can be read the zip is asked for on its own condition', () =>
  inPlace('Maven', async (place) => {
    const { bucket } = place;
    bucket.put(osvRecord('Maven', 'GHSA-1', 'ship:hull', '1.0', begin - 9 * day));
    for (const list of [404, '', 'no list\n', `${'x'.repeat(100_000)}\n`, 'yesterday,GHSA-1\n']) {
      bucket.instead.set('modified_id.csv', list);
      const first = await place.sync();
      assert.ok(first.kind === 'changed' || first.kind === 'unchanged', JSON.stringify(list).slice(0, 40));
      assert.deepEqual(bucket.asked(), ['modified_id.csv', first.kind === 'changed' ? 'all.zip' : 'all.zip 304']);
      assert.deepEqual(await place.fixes('GHSA-1'), ['1.0']);
    }
  }));

test('a record that breaks off while it is fetched ends the sync, and the next one does it', () =>
  inPlace('npm', async (place) => {
    const { bucket, clock } = place;
    bucket.put(osvRecord('npm', 'GHSA-1', 'hull', '1.0.0', begin - 3 * day));
    await place.sync();
    await clock.advance(hour);
    bucket.put(osvRecord('npm', 'GHSA-1', 'hull', '2.0.0', clock.now()));
    bucket.broken.add('GHSA-1.json');
    const failed = await place.sync();
    assert.ok(failed.kind === 'failed' && /GHSA-1/.test(failed.reason));
    assert.deepEqual(await place.fixes('GHSA-1'), ['1.0.0']);
    bucket.broken.clear();
    loadedOf(await place.sync());
    assert.deepEqual(await place.fixes('GHSA-1'), ['2.0.0']);
  }));

test('whatever changes in whichever order, changes one after the other leave what a whole read would', () =>
  inPlace('Go', async (place) => {
    const { bucket, clock } = place;
    const random = seededRandom(20_310_101);
    const names = ['stdlib', 'golang.org/x/net', 'example.test/hull', 'example.test/keel'];
    const change = () => {
      const number = random.below(12);
      const [own, other] = random.once(2) ? (['GO', 'GHSA'] as const) : (['GHSA', 'GO'] as const);
      const affected = [0, 1].map(() => ({
        package: { ecosystem: random.once(8) ? 'npm' : 'Go', name: random.pick(names) },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: `1.${random.below(20)}.0` }] }],
      }));
      const withdrawn = random.once(5) ? { withdrawn: '2030-01-01T00:00:00Z' } : {};
      const aliases = [`${other}-${number}`, `CVE-2031-${number}`];
      const modified = new Date(clock.now() - random.below(20 * hour)).toISOString();
      bucket.put({ id: `${own}-${number}`, modified, aliases, affected, ...withdrawn });
    };
    for (let times = 0; times < 12; times++) change();
    await place.sync();
    for (let round = 0; round < 25; round++) {
      await clock.advance(random.below(30) * hour);
      bucket.zippedAt = clock.now();
      for (let times = random.below(5); times > 0; times--) change();
      const { kind } = await place.sync();
      assert.ok(kind === 'changed' || kind === 'unchanged');
      if (random.once(3)) await assertWhole(place);
    }
    await assertWhole(place);
  }));
