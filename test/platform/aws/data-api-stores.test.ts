import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { findUser } from '#access/user-store.ts';
import { admitToCatalog, type NewImage } from '#catalog/admit-store.ts';
import { findImage, moveImage } from '#catalog/image-store.ts';
import { listImages } from '#catalog/listed-image-store.ts';
import { recordTag, tagHistory } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { findingsOf } from '#matching/findings.ts';
import { packageSets } from '#matching/package-set.ts';
import { linkImageSets, storePackageSets } from '#matching/package-store.ts';
import { takeLease } from '#platform/lease.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import { pgliteDatabase } from '#test/fakes/data-api-database.ts';
import { type DataApiWorld, dataApiWorld } from '#test/support/data-api-world.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';
import { testClock } from '#test/support/test-clock.ts';

// The tests of every store run over the Data API with PLIMSOLL_TEST_SQL=data-api; here is what goes by every `npm test`.
describe('the stores over the RDS Data API', () => {
  const all = { status: null, state: null, platform: null };

  const clock = testClock(undefined, { selfWinding: true });
  let world: DataApiWorld;
  let close: () => Promise<void>;
  before(async () => {
    const backend = await pgliteDatabase();
    world = await dataApiWorld({ clock, backend });
    close = async () => {
      await world[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    };
  });
  after(() => close());

  test('a new cluster that still wakes up is migrated once, by two deployments at a time', async () => {
    const files = await readMigrations();
    const { sql } = world;
    world.api.pause(30_000);
    const both = await Promise.all([migrate(sql, files, clock), migrate(sql, files, clock)]);
    assert.deepEqual(
      both.flat().sort(),
      files.map(({ name }) => name),
    );
    assert.deepEqual(await migrate(sql, files, clock), []);
    assert.equal(world.api.openTransactions(), 0);
  });

  test('an image is admitted once, moves along its life and keeps the history of its tag', async () => {
    const digest = `sha256:${'1'.repeat(64)}` as Digest;
    const image: NewImage = {
      account: 'team',
      digest,
      parentDigest: digest,
      imageId: '1'.repeat(64),
      platform: 'linux/amd64',
      pullReference: `registry.example/app@${digest}`,
      dockerfile: null,
      annotations: { owner: 'Jürgen "J"' },
      createdAt: 1000,
    };
    await addAccount(world, { name: 'team', type: 'user', user: 'ann', password: 'x' }, 1);
    assert.equal((await findUser(world, 'ann'))?.account, 'team');
    const first = await admitToCatalog(world, image, 1000);
    const again = await admitToCatalog(world, { ...image, annotations: { owner: null } }, 2000);
    assert.deepEqual([first.added, again.added], [true, false]);
    assert.deepEqual([first.image.annotations, again.image.annotations], [{ owner: 'Jürgen "J"' }, {}]);
    assert.equal(await moveImage(world, first.image, 'indexed', 1100), null);
    assert.equal((await moveImage(world, first.image, 'claimed', 1100))?.state, 'analyzing');
    for (const detectedAt of [100, 100]) {
      await recordTag(world, 'team', { registry: 'r', repository: 'app', tag: 'v1', digest, detectedAt });
    }
    const history = await tagHistory(world, 'team', { registry: 'r', repository: 'app', tag: 'v1' }, 10);
    assert.deepEqual(
      history.map((tag) => tag.detectedAt),
      [100],
    );
    assert.equal((await findImage(world, 'team', digest))?.state, 'analyzing');
    assert.equal((await listImages(world, 'team', all, null, 10)).length, 1);
  });

  test('a feed is loaded and judged in answers of 1 MiB, a change of it costs what it changes', async () => {
    const { sql, api } = world;
    const urls = Array.from({ length: 10 }, (_, i) => `https://advisories.example/${'x'.repeat(80)}/${i}`);
    const records = Array.from({ length: 3000 }, (_, i) =>
      advisory(`GHSA-${i}`, [{ name: 'left-pad', fixed: `2.${i}.0` }], { urls, title: 'A hole' }),
    );
    using feeds = syncWorld(sql);
    const loaded = await syncGroup(feeds, fakeFeed('npm', records), 'npm', { force: true });
    assert.ok(loaded.kind === 'changed' && loaded.loaded.written === 3000);
    const report = someReport([somePackage({ type: 'npm', name: 'left-pad', version: '1.0.0' })]);
    const { sets } = packageSets(report);
    await storePackageSets(sql, sets);
    const digests = sets.map((set) => set.digest);
    const image = (await findImage(world, 'team', `sha256:${'1'.repeat(64)}`))!;
    await linkImageSets(sql, image.imageNo, digests);
    const options = { asOf: null, knownSince: null, now: 0 };
    const asked = api.count('with j as');
    assert.equal((await findingsOf(sql, report, digests, options)).findings.length, 3000);
    assert.ok(api.count('with j as') - asked > 3, 'a page that was too large was asked for in smaller ones');
    const fixed = records.map((record, i) =>
      i === 7 ? advisory('GHSA-7', [{ name: 'left-pad', fixed: '0.9.0' }]) : record,
    );
    const changed = await syncGroup(feeds, fakeFeed('npm', fixed), 'npm', { force: true });
    assert.ok(changed.kind === 'changed' && changed.loaded.written === 1);
    assert.equal((await findingsOf(sql, report, digests, options)).findings.length, 2999);
  });

  test('a lease is had by one at a time', async () => {
    const lease = await takeLease(world.sql, clock, 'feeds', 'one', 1000);
    assert.equal(await takeLease(world.sql, clock, 'feeds', 'two', 1000), null);
    await clock.advance(1001);
    const taken = await takeLease(world.sql, clock, 'feeds', 'two', 1000);
    assert.equal(await lease?.renew(), false);
    await taken?.release();
  });
});
