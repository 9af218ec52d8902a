import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { tagSummaries } from '#catalog/tag-summary-store.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';

/** Images of two accounts under 700 tags each of which pointed to both, a tag that was deleted, and one that came back. */
async function fill(sql: Sql): Promise<void> {
  for (const account of ['one', 'two']) {
    await sql.query(
      `insert into account (account, type, state, created_at, updated_at) values (:account::text, 'user', 'enabled', 0, 0)`,
      { account },
    );
    await sql.query(
      `insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
       select :account::text, 'digest ' || n, 'parent', 'id', '', '', 'matching', 'active', 5, 0 from generate_series(1, 2) n`,
      { account },
    );
    await sql.query(
      `insert into image_tag (account, registry, repository, tag, detected_at, digest)
       select :account::text, 'registry', 'app', 'v' || t, n, 'digest ' || n from generate_series(1, 700) t, generate_series(1, 2) n
       union all select :account::text, 'registry', 'app', 'v1', 3, null
       union all select :account::text, 'registry', 'app', 'v1', 4, 'digest 1'`,
      { account },
    );
  }
}

test('every image stands under each of its tags once, with the last time, over any number of pages', async () => {
  await inRollback(async (sql) => {
    await fill(sql);
    const all = await Array.fromAsync(tagSummaries({ sql }, 'one'));
    assert.equal(all.length, 1400);
    const keys = all.map(({ tag }) => `${tag.tag} ${tag.digest}`);
    assert.equal(new Set(keys).size, 1400);
    const first = all.find(({ tag }) => tag.tag === 'v1' && tag.digest === ('digest 1' as string));
    assert.deepEqual(first, {
      tag: { registry: 'registry', repository: 'app', tag: 'v1', digest: 'digest 1', detectedAt: 4 },
      pointedTo: 'digest 1',
      image: {
        imageId: 'id',
        state: 'matching',
        status: 'active',
        createdAt: 5,
        analyzedAt: null,
      },
    });
    assert.deepEqual(await Array.fromAsync(tagSummaries({ sql }, 'none')), []);
  });
});

test('an index stands as its images, the one that stands for it first, however many it has', async () => {
  await inRollback(async (sql) => {
    await addAccount({ sql }, { name: 'many', type: 'user', user: 'many-user', password: 'x' }, 1);
    await sql.query(
      `insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
       select 'many', 'digest ' || n, 'index', 'id', '', '', 'matching', 'active', 5, 0 from generate_series(1, 60) n`,
    );
    await sql.query(
      `insert into index_image (account, index_digest, digest, place)
       select 'many', 'index', 'digest ' || n, 60 - n from generate_series(1, 60) n`,
    );
    await sql.query(
      `insert into image_tag (account, registry, repository, tag, detected_at, digest)
       select 'many', 'registry', 'app', 'v' || t, 1, 'index' from generate_series(1, 100) t
       union all select 'many', 'registry', 'app', 'gone', 1, 'deleted'`,
    );
    const all = await Array.fromAsync(tagSummaries({ sql }, 'many'));
    assert.equal(all.length, 6000);
    assert.deepEqual([all[0]!.tag.digest, all[0]!.pointedTo, all[60]!.tag.digest], ['digest 60', 'index', 'digest 60']);
    assert.equal(new Set(all.map(({ tag }) => `${tag.tag} ${tag.digest}`)).size, 6000);
  });
});
