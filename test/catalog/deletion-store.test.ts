import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { markDeleting } from '#catalog/deletion-store.ts';
import { dropImages } from '#catalog/dropped-image-store.ts';
import { findImage, moveImage } from '#catalog/image-store.ts';
import { removeDeleted } from '#catalog/remove-deleted.ts';
import { recordTag, tagHistory } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import { silentLog } from '#core/log.ts';
import { linkImageSets, storePackageSets } from '#matching/package-store.ts';
import type { PackageSet } from '#matching/package-set.ts';
import { addSubscription, listSubscriptions } from '#notices/subscription-store.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const digestOf = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;
const place = { registry: 'r', repository: 'app' };

interface Bench {
  readonly sql: Sql;
  readonly clock: TestClock;
  /** Admits an image, of the index 9 when a place is given, and tags it, or the index. */
  push(digit: string, at: number, more?: { readonly tag?: string; readonly place?: number }): Promise<number>;
  subscribe(tag?: string): Promise<void>;
  remove(digits: string, force?: boolean): Promise<readonly string[]>;
  left(): Promise<string>;
}

async function withCatalog(work: (bench: Bench) => Promise<void>): Promise<void> {
  await inRollback(async (sql) => {
    const clock = testClock();
    const world = { sql, clock, log: silentLog };
    for (const name of ['team', 'other'])
      await addAccount(world, { name, type: 'user', user: `${name}-user`, password: 'x' }, 1);
    await work({
      sql,
      clock,
      async push(digit, at, { tag, place: nth } = {}) {
        const digest = digestOf(digit);
        const parentDigest = nth === undefined ? digest : digestOf('9');
        const known = { imageId: digit.repeat(64), platform: 'linux/amd64', pullReference: `r/app@${digest}` };
        const { image } = await admitToCatalog(
          world,
          {
            ...{ account: 'team', digest, parentDigest, ...known, createdAt: at },
            ...{ dockerfile: null, annotations: {}, place: nth ?? 0 },
          },
          at,
        );
        if (tag !== undefined) await recordTag(world, 'team', { ...place, tag, digest: parentDigest, detectedAt: at });
        return image.imageNo;
      },
      async subscribe(tag = 'v1') {
        await addSubscription(world, 'team', { key: `r/app:${tag}`, type: 'tag_update', active: true }, 1);
      },
      async remove(digits, force = false) {
        const found = await markDeleting(world, 'team', [...digits].map(digestOf), { force, now: 1000 });
        return [...digits].map((digit) => {
          const one = found.get(digestOf(digit))!;
          return one.kind === 'refused' ? one.why : one.kind;
        });
      },
      async left() {
        await removeDeleted(world, () => false);
        const rows = await sql.query<{ digest: string }>(
          `select digest from image where account = 'team' order by digest`,
        );
        return rows.map(({ digest }) => digest[7]).join('');
      },
    });
  });
}

test('an image that is analyzed just now is deleted by force only; what waits or failed is deleted as it is', async () => {
  await withCatalog(async ({ sql, push, remove, left }) => {
    for (const digit of '123') await push(digit, 1);
    await moveImage({ sql }, { account: 'team', digest: digestOf('1') }, 'claimed', 2);
    await moveImage({ sql }, { account: 'team', digest: digestOf('2') }, 'failed', 2, { failure: 'no' });
    assert.deepEqual(await remove('1234'), ['analyzing', 'deleting', 'deleting', 'not-found']);
    assert.equal(await left(), '1');
    assert.deepEqual(await remove('1', true), ['deleting']);
    assert.equal(await left(), '');
  });
});

test('only the newest image of a tag holds its subscriptions, of an index each of its images', async () => {
  await withCatalog(async ({ push, subscribe, remove, left }) => {
    await push('1', 1, { tag: 'v1' });
    await push('2', 2, { place: 0 });
    await push('3', 2, { place: 1, tag: 'v1' });
    await push('4', 2);
    await subscribe();
    assert.deepEqual(await remove('1234'), ['deleting', 'subscribed', 'subscribed', 'deleting']);
    assert.equal(await left(), '23');
  });
});

test('force switches off subscriptions of what it deletes and no others', async () => {
  await withCatalog(async ({ sql, push, subscribe, remove }) => {
    await push('1', 1, { tag: 'v1' });
    await push('2', 2, { tag: 'v2' });
    for (const tag of ['v1', 'v2']) await subscribe(tag);
    await addSubscription({ sql }, 'other', { key: 'r/app:v1', type: 'tag_update', active: true }, 1);
    assert.deepEqual(await remove('1', true), ['deleting']);
    const active = async (account: string) => {
      const all = await listSubscriptions({ sql }, account, { key: null, type: null, after: '', limit: 10 });
      return all.filter((one) => one.active).map(({ key }) => key);
    };
    assert.deepEqual([await active('team'), await active('other')], [['r/app:v2'], ['r/app:v1']]);
  });
});

test("the digest of an index, and of the image that stands for it, are all its images; another account's are not seen", async () => {
  for (const [asked, rest] of [
    ['9', ''],
    ['2', ''],
    ['3', '2'],
  ] as const)
    await withCatalog(async ({ sql, push, remove, left }) => {
      await push('2', 2, { place: 0, tag: 'v1' });
      await push('3', 2, { place: 1 });
      assert.deepEqual(
        (await markDeleting({ sql }, 'other', [digestOf(asked)], { force: true, now: 1 })).get(digestOf(asked)),
        { kind: 'not-found' },
      );
      assert.deepEqual(await remove(asked), ['deleting']);
      assert.equal(await left(), rest);
    });
});

test('an index of which one image is analyzed stays whole', async () => {
  await withCatalog(async ({ sql, push, remove, left }) => {
    await push('2', 2, { place: 0 });
    await push('3', 2, { place: 1 });
    await moveImage({ sql }, { account: 'team', digest: digestOf('3') }, 'claimed', 2);
    assert.deepEqual(await remove('9'), ['analyzing']);
    assert.equal(await left(), '23');
  });
});

test('of a deleted image the last move of a tag stays, and nothing else of its tags', async () => {
  await withCatalog(async ({ sql, push, remove, left }) => {
    await push('1', 1, { tag: 'v1' });
    await push('2', 2, { tag: 'v1' });
    await push('1', 3, { tag: 'v1' });
    await push('1', 4, { tag: 'v2' });
    // An index that its image is known by no more, since another one came.
    await push('3', 5, { place: 0, tag: 'v3' });
    await push('3', 6);
    await recordTag({ sql }, 'team', { ...place, tag: 'v3', digest: digestOf('2'), detectedAt: 7 });
    await remove('3');
    const history = async (tag: string) =>
      (await tagHistory({ sql }, 'team', { ...place, tag }, 9)).map(({ digest, detectedAt }) => [
        digest?.[7],
        detectedAt,
      ]);
    await remove('1');
    assert.equal(await left(), '2');
    assert.deepEqual(await history('v1'), [
      ['1', 3],
      ['2', 2],
    ]);
    assert.deepEqual([await history('v2'), await history('v3')], [[['1', 4]], [['2', 7]]]);
  });
});

test('package sets go a day after the last image that had them, unless somebody stored them again', async () => {
  await withCatalog(async ({ sql, clock, push, remove, left }) => {
    const set = (digit: string): PackageSet => ({ digest: digit.repeat(64), members: [] });
    const [own, shared, again] = [set('a'), set('b'), set('c')];
    const [first, second] = [await push('1', 1), await push('2', 1)];
    await storePackageSets(sql, [own, shared, again]);
    await linkImageSets(sql, first, [own.digest, shared.digest, again.digest]);
    await linkImageSets(sql, second, [shared.digest]);
    const stored = async () => {
      const rows = await sql.query<{ digit: string }>(
        `select left(encode(digest, 'hex'), 1) as digit from package_set where digest in (select decode(d, 'hex')
         from jsonb_array_elements_text(:sets::jsonb) d) order by 1`,
        { sets: JSON.stringify([own.digest, shared.digest, again.digest]) },
      );
      return rows.map(({ digit }) => digit).join('');
    };
    await remove('1');
    assert.equal(await left(), '2');
    await clock.advance(23 * 3_600_000);
    assert.deepEqual([await left(), await stored()], ['2', 'abc']);
    await storePackageSets(sql, [again]);
    await clock.advance(2 * 3_600_000);
    assert.deepEqual([await left(), await stored()], ['2', 'bc']);
    await assert.rejects(linkImageSets(sql, second, [own.digest]), { code: 'internal/failed' });
    await storePackageSets(sql, [own]);
    await linkImageSets(sql, second, [own.digest]);
  });
});

test('images are removed in pieces, and an image that is added again before its turn stays', async () => {
  await withCatalog(async ({ sql, push, remove, left }) => {
    for (const digit of '1234') await push(digit, 1);
    await remove('1234');
    assert.equal((await findImage({ sql }, 'team', digestOf('1')))?.status, 'deleting');
    assert.equal(await dropImages({ sql }, { account: 'team', which: 'deleting', limit: 1, now: 1 }), 1);
    const [last] = await sql.query<{ digest: string }>(
      `select max(digest) as digest from image where account = 'team'`,
    );
    await push(last!.digest[7]!, 5);
    assert.equal(await left(), last!.digest[7]);
  });
});
