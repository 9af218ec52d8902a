import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { findScannedBase, findStoredBase, rememberScanned } from '#catalog/base-image-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { moveImage } from '#catalog/image-store.ts';
import { recordTag } from '#catalog/tag-store.ts';
import { type Digest, digestOf } from '#core/digest.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';

type World = { readonly sql: Sql };

const [one, two, three] = ['one', 'two', 'three'].map(digestOf) as [Digest, Digest, Digest];
const chains = [one, two, three];

async function withTeams(work: (world: World) => Promise<void>): Promise<void> {
  await inRollback(async (sql) => {
    for (const name of ['team', 'other'])
      await addAccount({ sql }, { name, type: 'user', user: `${name}-user`, password: 'x' }, 1);
    await work({ sql });
  });
}

/** An image that was analyzed, its layers known together by a ChainID. */
async function keep(world: World, account: string, name: string, chain: Digest, parent = name): Promise<void> {
  const digest = digestOf(name);
  await admitToCatalog(
    world,
    {
      ...{ account, digest, parentDigest: digestOf(parent), imageId: name, platform: 'linux/amd64' },
      ...{ pullReference: `r.example/${name}@${digest}`, dockerfile: null, annotations: {}, createdAt: 1 },
    },
    1,
  );
  await moveImage(world, { account, digest }, 'claimed', 1);
  await moveImage(world, { account, digest }, 'indexed', 1, { chain });
}

const knownAs = (name: string, layers: number, isStated = false) => ({
  ...{ reference: `r.example/${name}@${digestOf(name)}`, digest: digestOf(name), layers, isStated },
});

test('the base of an image is the stored one with most of its layers', async () => {
  await withTeams(async (world) => {
    assert.equal(await findStoredBase(world, 'team', { chains, stated: null }), null);
    await keep(world, 'team', 'alpine', one);
    await keep(world, 'team', 'python', two);
    await keep(world, 'team', 'foreign', digestOf('foreign layers'));
    assert.deepEqual(await findStoredBase(world, 'team', { chains, stated: null }), knownAs('python', 2));
    assert.deepEqual(await findStoredBase(world, 'team', { chains: [one], stated: null }), knownAs('alpine', 1));
  });
});

test('the image that is said to be the base comes before one with more layers, by its own digest or that of its index', async () => {
  await withTeams(async (world) => {
    await keep(world, 'team', 'alpine', one, 'index');
    await keep(world, 'team', 'python', two);
    for (const stated of [digestOf('alpine'), digestOf('index')])
      assert.deepEqual(await findStoredBase(world, 'team', { chains, stated }), knownAs('alpine', 1, true));
    const unknown = { chains, stated: digestOf('not stored') };
    assert.deepEqual(await findStoredBase(world, 'team', unknown), knownAs('python', 2));
  });
});

test('an account learns nothing of the images of another', async () => {
  await withTeams(async (world) => {
    await keep(world, 'other', 'python', two);
    assert.equal(await findStoredBase(world, 'team', { chains, stated: digestOf('python') }), null);
    await rememberScanned(world, { ...scanned('debian'), chain: two });
    assert.equal(await findStoredBase(world, 'team', { chains, stated: null }), null);
  });
});

test('a deleted image is the base of nothing', async () => {
  await withTeams(async (world) => {
    await keep(world, 'team', 'alpine', one);
    await keep(world, 'team', 'python', two);
    await world.sql.query("update image set status = 'deleting' where image_id = 'python'");
    assert.deepEqual(await findStoredBase(world, 'team', { chains, stated: null }), knownAs('alpine', 1));
    await world.sql.query("delete from image where image_id = 'alpine'");
    assert.equal(await findStoredBase(world, 'team', { chains, stated: null }), null);
  });
});

test('of images with the same layers one that its registry still has is the base, called by its newest tag', async () => {
  await withTeams(async (world) => {
    await keep(world, 'team', 'gone', one);
    await keep(world, 'team', 'there', one);
    await world.sql.query("update image set removed_at = 5 where image_id = 'gone'");
    const tag = { registry: 'r.example', repository: 'alpine', digest: digestOf('there') };
    await recordTag(world, 'team', { ...tag, tag: '3', detectedAt: 10 });
    await recordTag(world, 'team', { ...tag, tag: '3.20', detectedAt: 20 });
    const found = await findStoredBase(world, 'team', { chains, stated: null });
    assert.deepEqual(found, { ...knownAs('there', 1), reference: 'r.example/alpine:3.20' });
  });
});

test('an image that is analyzed again stays the base of others', async () => {
  await withTeams(async (world) => {
    await keep(world, 'team', 'alpine', one);
    const image = { account: 'team', digest: digestOf('alpine') };
    await moveImage(world, image, 'judged', 2);
    await moveImage(world, image, 'requeued', 3);
    assert.deepEqual(await findStoredBase(world, 'team', { chains, stated: null }), knownAs('alpine', 1));
  });
});

function scanned(name: string) {
  const digest = digestOf(name);
  return { reference: name, identity: digest, digest, parentDigest: null, chain: one };
}

test('an image that was scanned is the base of others under the name it was last scanned by', async () => {
  await withTeams(async (world) => {
    await rememberScanned(world, scanned('debian'));
    await rememberScanned(world, { ...scanned('debian'), reference: 'mirror.example/debian' });
    const base = { reference: 'mirror.example/debian', digest: digestOf('debian'), layers: 1, isStated: false };
    assert.deepEqual(await findScannedBase(world, { chains, stated: null }), base);
    const archive = { ...scanned('saved.tar'), digest: null, chain: two };
    await rememberScanned(world, archive);
    assert.deepEqual(await findScannedBase(world, { chains, stated: null }), {
      ...{ reference: 'saved.tar', digest: null, layers: 2, isStated: false },
    });
    assert.deepEqual(await findScannedBase(world, { chains, stated: digestOf('debian') }), { ...base, isStated: true });
    assert.equal(await findScannedBase(world, { chains: [three], stated: null }), null);
  });
});
