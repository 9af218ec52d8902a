import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { findImage } from '#catalog/image-store.ts';
import { removeImage } from '#catalog/remove-image.ts';
import { recordTag, tagHistory } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import { silentLog } from '#core/log.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';

const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com';
const digestOf = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;

interface Bench {
  readonly sql: Sql;
  push(digit: string, at: number, more?: { tag?: string | null; repository?: string; parent?: string }): Promise<void>;
  remove(digit: string, at: number, more?: { tag?: string; repository?: string }): Promise<void>;
  /** What a tag points to now; undefined when nobody ever heard of it. */
  tag(name?: string, repository?: string): Promise<string | null | undefined>;
  image(digit: string): Promise<{ readonly removedAt: number | null; readonly pulled: string } | null>;
}

async function withCatalog(work: (bench: Bench) => Promise<void>): Promise<void> {
  await inRollback(async (sql) => {
    await addAccount({ sql }, { name: 'team', type: 'user', user: 'team-user', password: 'x' }, 1);
    const world = { sql, log: silentLog };
    await work({
      sql,
      async push(digit, at, { tag = 'v1', repository = 'app', parent = digit } = {}) {
        const digest = digestOf(digit);
        const image = { account: 'team', digest, parentDigest: digestOf(parent), imageId: '', platform: 'linux/amd64' };
        const pullReference = `${host}/${repository}@${digest}`;
        await admitToCatalog(world, { ...image, pullReference, dockerfile: null, annotations: {}, createdAt: at }, at);
        const pointedTo = digestOf(parent);
        if (tag !== null)
          await recordTag(world, 'team', { registry: host, repository, tag, digest: pointedTo, detectedAt: at });
      },
      async remove(digit, at, { tag, repository = 'app' } = {}) {
        const reference = `${host}/${repository}${tag === undefined ? '' : `:${tag}`}@${digestOf(digit)}`;
        await removeImage(world, { kind: 'image.removed', account: 'team', reference, at });
      },
      async tag(tag = 'v1', repository = 'app') {
        const [move] = await tagHistory(world, 'team', { registry: host, repository, tag }, 1);
        return move === undefined ? undefined : (move.digest?.[7] ?? null);
      },
      async image(digit) {
        const found = await findImage(world, 'team', digestOf(digit));
        return found && { removedAt: found.removedAt, pulled: found.pullReference.replace(/^.*\.com\/|@.*$/g, '') };
      },
    });
  });
}

test('a deleted tag points to nothing; the image is removed with its last tag and stays in the catalog', async () => {
  await withCatalog(async ({ push, remove, tag, image }) => {
    await push('1', 100);
    await push('1', 100, { tag: 'v2' });
    await remove('1', 200, { tag: 'v1' });
    assert.deepEqual([await tag(), await tag('v2')], [null, '1']);
    assert.equal((await image('1'))?.removedAt, null);
    await remove('1', 300, { tag: 'v2' });
    assert.deepEqual([await tag('v2'), await image('1')], [null, { removedAt: 300, pulled: 'app' }]);
  });
});

test('a deleted manifest takes every tag that points to it', async () => {
  await withCatalog(async ({ push, remove, tag, image }) => {
    await push('1', 100);
    await push('1', 100, { tag: 'v2' });
    await push('1', 100, { tag: 'latest' });
    await push('2', 150, { tag: 'latest' });
    await remove('1', 200);
    assert.deepEqual([await tag(), await tag('v2'), await tag('latest')], [null, null, '2']);
    assert.deepEqual([(await image('1'))?.removedAt, (await image('2'))?.removedAt], [200, null]);
  });
});

test('a deleted index takes its tags; the image below it is there until it is deleted itself', async () => {
  await withCatalog(async ({ push, remove, tag, image }) => {
    await push('1', 100, { parent: '9' });
    await remove('9', 200);
    assert.deepEqual([await tag(), (await image('1'))?.removedAt], [null, null]);
    await remove('1', 201);
    assert.equal((await image('1'))?.removedAt, 201);
  });
});

test('a deletion that is heard of late or again takes back no push after it', async () => {
  await withCatalog(async ({ push, remove, tag, image }) => {
    await push('1', 100);
    await push('2', 300);
    await push('1', 300, { tag: 'other' });
    for (let again = 0; again < 2; again++) {
      await remove('1', 200, { tag: 'v1' });
      await remove('1', 200);
    }
    assert.deepEqual([await tag(), await tag('other'), (await image('1'))?.removedAt], ['2', '1', null]);
  });
});

test('a removed image that is pushed again is there again, and pulled from where it is now', async () => {
  await withCatalog(async ({ push, remove, tag, image }) => {
    await push('1', 100);
    await remove('1', 200);
    await push('1', 300, { repository: 'copy' });
    assert.deepEqual([await tag(), await tag('v1', 'copy')], [null, '1']);
    assert.deepEqual(await image('1'), { removedAt: null, pulled: 'copy' });
    await remove('1', 200);
    assert.deepEqual(await image('1'), { removedAt: null, pulled: 'copy' });
  });
});

test('an image that another repository has too is pulled from there', async () => {
  await withCatalog(async ({ push, remove, image }) => {
    await push('1', 100);
    await push('1', 150, { repository: 'copy' });
    await remove('1', 200);
    assert.deepEqual(await image('1'), { removedAt: null, pulled: 'copy' });
    await remove('1', 250, { repository: 'copy' });
    assert.deepEqual(await image('1'), { removedAt: 250, pulled: 'copy' });
  });
});

test('a deletion of what the catalog does not know is no error, and a push before it that comes late is over', async () => {
  await withCatalog(async ({ push, remove, tag, image }) => {
    await remove('1', 200);
    await remove('1', 200, { tag: 'v1' });
    assert.deepEqual([await image('1'), await tag()], [null, null]);
    await push('1', 100);
    assert.equal(await tag(), null);
  });
});
