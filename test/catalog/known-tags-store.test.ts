import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { findGoneTags } from '#catalog/find-gone-tags.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { knownRepositories, knownTags } from '#catalog/known-tags-store.ts';
import { endTags, recordTag } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';

const account = 'quay';
const registry = 'registry.example';
const at = { registry, repository: 'app' };
const digestOf = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;

async function withImages(work: (world: { sql: Sql }) => Promise<void>): Promise<void> {
  await inRollback(async (sql) => {
    await addAccount({ sql }, { name: account, type: 'user', user: 'docker', password: 'x' }, 1);
    for (const digit of '12') {
      const digest = digestOf(digit);
      const image = { account, digest, parentDigest: digest, imageId: digest.slice(7), createdAt: 1 };
      const rest = { platform: 'linux/amd64', pullReference: `r/a@${digest}`, dockerfile: null, annotations: {} };
      await admitToCatalog({ sql }, { ...image, ...rest }, 1);
    }
    await work({ sql });
  });
}

test('the tags of a repository are what they point to now, without those that point to nothing or were heard of later', async () => {
  await withImages(async (world) => {
    const point = (tag: string, digit: string, detectedAt: number) =>
      recordTag(world, account, { ...at, tag, digest: digestOf(digit), detectedAt });
    await point('moved', '1', 10);
    await point('moved', '2', 20);
    await point('ended', '1', 10);
    await endTags(world, account, at, ['ended'], 20);
    await point('young', '1', 50);
    // Said again is heard of again.
    await point('confirmed', '1', 10);
    await point('confirmed', '1', 50);
    const pages = await Array.fromAsync(knownTags(world, account, at, 50));
    assert.deepEqual(pages, [[{ tag: 'moved', digest: digestOf('2') }]]);
  });
});

test('a repository of more tags than a page has is read to its end; what was listed is not gone', async () => {
  await withImages(async (world) => {
    const tags = Array.from({ length: 1001 }, (_, i) => `t${String(i).padStart(4, '0')}`);
    await world.sql.query(
      `insert into image_tag (account, registry, repository, tag, detected_at, digest)
       select :account::text, :registry::text, 'app', jsonb_array_elements_text(:tags::jsonb), 1, :digest::text`,
      { account, registry, tags: JSON.stringify(tags), digest: digestOf('1') },
    );
    const listed = new Set(tags.filter((tag) => tag !== 't0003' && tag !== 't1000'));
    const request = { account, ...at, listed, begun: 99 };
    const gone = await Array.fromAsync(findGoneTags(world, request));
    assert.deepEqual(
      gone,
      ['t0003', 't1000'].map((tag) => ({
        kind: 'image.removed',
        account,
        reference: `${registry}/app:${tag}@${digestOf('1')}`,
        at: 99,
      })),
    );
  });
});

test('every repository of a registry is known once, however many there are', async () => {
  await withImages(async (world) => {
    const names = Array.from({ length: 1002 }, (_, i) => `r${String(i).padStart(4, '0')}`);
    for (const [tag, where] of [
      ['v1', registry],
      ['v2', registry],
      ['v1', 'other.example'],
    ] as const)
      await world.sql.query(
        `insert into image_tag (account, registry, repository, tag, detected_at, digest)
         select :account::text, :registry::text, jsonb_array_elements_text(:names::jsonb), :tag::text, 1, :digest::text`,
        { account, registry: where, tag, names: JSON.stringify([...names, where]), digest: digestOf('1') },
      );
    assert.deepEqual(await knownRepositories(world, account, registry), [...names, registry].sort());
    assert.deepEqual(await knownRepositories(world, account, 'nowhere.example'), []);
    assert.deepEqual(await knownRepositories(world, 'another', registry), []);
  });
});
