import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { acceptFeed } from '#feeds/consent-store.ts';
import { exportBundle } from '#feeds/export-bundle.ts';
import type { Feed } from '#feeds/feed.ts';
import { storedGroup } from '#feeds/group-store.ts';
import { importBundle } from '#feeds/import-bundle.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import type { Sql } from '#platform/sql.ts';
import { changingFeed, knownOf } from '../support/changing-feed.ts';
import { inRollback } from '../support/database.ts';
import { syncWorld } from '../support/fake-feed.ts';
import { isFault } from '../support/is-fault.ts';
import { advisory, fakeFeed } from './fake-feed.ts';

const group = 'alpine:3.99';
const { feed } = changingFeed('A', 'whole');

async function bundleOf(sql: Sql, one: Feed = feed): Promise<Buffer> {
  using world = syncWorld(sql);
  return Buffer.concat(await Array.fromAsync(exportBundle(world, [{ feed: one, group }])));
}

/** In pieces, as a file is read. */
async function* piecesOf(bundle: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bundle.length; at += 1000) yield bundle.subarray(at, at + 1000);
}

async function load(sql: Sql, bundle: Buffer, options: { force?: boolean; known?: readonly Feed[] } = {}) {
  using world = syncWorld(sql);
  return await importBundle(world, () => piecesOf(bundle), { force: false, known: [feed], ...options });
}

/** A bundle as text, changed and closed again: digests are made anew where `honest`. */
function changed(bundle: Buffer, change: (lines: string[]) => void, honest: boolean): Buffer {
  const lines = zstdDecompressSync(bundle).toString().trimEnd().split('\n');
  change(lines);
  if (honest) {
    const digest = (some: readonly string[]) =>
      createHash('sha256')
        .update(some.map((line) => `${line}\n`).join(''))
        .digest('hex');
    const end = lines.length - 2;
    lines[end] = JSON.stringify({ kind: 'end', records: end - 2, sha256: digest(lines.slice(2, end)) });
    lines[end + 1] = JSON.stringify({ kind: 'bundle-end', sha256: digest(lines.slice(0, end + 1)) });
  }
  return zstdCompressSync(`${lines.join('\n')}\n`);
}

async function nothingIsStored(sql: Sql): Promise<void> {
  assert.equal(await storedGroup(sql, { feed: 'alpine', group }), null);
  assert.deepEqual(await sql.query('select 1 as one from advisory limit 1'), []);
}

test('a group that came by a bundle is what a sync would have made of it, mark and age too, and a second import changes nothing', () =>
  inRollback(async (sql) => {
    using world = syncWorld(sql);
    const bundle = await bundleOf(sql);
    await nothingIsStored(sql);
    const [first] = await load(sql, bundle);
    assert.equal(first?.outcome.kind, 'changed');
    const imported = await knownOf(sql);
    assert.deepEqual(first.outcome.status.syncedAt, world.clock.now());
    const [second] = await load(sql, bundle);
    assert(second?.outcome.kind === 'changed');
    assert.deepEqual([second.outcome.loaded.written, second.outcome.loaded.revision], [0, null]);
    assert.equal((await syncGroup(world, feed, group)).kind, 'unchanged');
    await sql.transaction(async (tx) => {
      for (const table of ['affected', 'advisory', 'enrichment', 'feed_group', 'feed_set_aside'])
        await tx.query(`delete from ${table}`);
    });
    await syncGroup(world, feed, group);
    assert.deepEqual(await knownOf(sql), imported);
  }));

test('what upstream says of records that cannot be read is carried along', () =>
  inRollback(async (sql) => {
    const { feed: odd } = fakeFeed([advisory('X-1', 'hull', '1-r0'), { record: 'odd', reason: 'cannot be read' }]);
    const [one] = await load(sql, await bundleOf(sql, odd));
    assert.deepEqual([one?.outcome.status.records, one?.outcome.status.setAside], [1, 1]);
  }));

test('nothing is written of a bundle that is cut off, damaged, changed or none', () =>
  inRollback(async (sql) => {
    const bundle = await bundleOf(sql);
    const corrupt = isFault('data/corrupt');
    for (const length of [0, 10, bundle.length >> 1, bundle.length - 1]) {
      await assert.rejects(load(sql, bundle.subarray(0, length)), corrupt, `${length} bytes`);
    }
    const damaged = Buffer.from(bundle);
    damaged[bundle.length >> 1]! ^= 1;
    await assert.rejects(load(sql, damaged), corrupt);
    const changes: readonly (readonly [what: string, change: (lines: string[]) => void])[] = [
      ['a record less', (lines) => void lines.splice(5, 1)],
      ['the last lines less', (lines) => void lines.splice(-2)],
      ['the end less', (lines) => void lines.pop()],
      ['another record', (lines) => void (lines[5] = lines[5]!.replace('High', 'Low'))],
      ['another mark', (lines) => void (lines[1] = lines[1]!.replace('"A"', '"B"'))],
      ['more behind the end', (lines) => void lines.push(lines[0]!)],
      ['no JSON', (lines) => void (lines[5] = '{')],
    ];
    for (const [what, change] of changes)
      await assert.rejects(load(sql, changed(bundle, change, false)), corrupt, what);
    await assert.rejects(
      load(
        sql,
        changed(bundle, (lines) => void (lines[5] = '{"advisory":{}}'), true),
      ),
      corrupt,
    );
    await assert.rejects(
      load(
        sql,
        changed(bundle, (lines) => void (lines[0] = lines[0]!.replace('3.99', '3.98')), true),
      ),
      corrupt,
    );
    await assert.rejects(
      load(
        sql,
        changed(bundle, (lines) => void (lines[0] = '{"kind":"head","format":2}'), true),
      ),
      isFault('input/invalid'),
    );
    await nothingIsStored(sql);
    assert.equal(
      (
        await load(
          sql,
          changed(bundle, () => {}, true),
        )
      )[0]?.outcome.kind,
      'changed',
    );
  }));

test('a bundle that is older than what is stored is refused unless forced', () =>
  inRollback(async (sql) => {
    using world = syncWorld(sql);
    const bundle = await bundleOf(sql);
    await syncGroup(world, feed, group);
    await sql.query('update feed_group set synced_at = synced_at + 1');
    await assert.rejects(load(sql, bundle), isFault('state/conflict', /older than what is stored of alpine:3\.99/));
    assert.equal((await load(sql, bundle, { force: true }))[0]?.outcome.kind, 'changed');
  }));

test('a bundle of a feed that is not known here, or of a newer form of it, is refused; an older form counts as old', () =>
  inRollback(async (sql) => {
    const newer = await bundleOf(sql, { ...feed, version: 2 });
    await assert.rejects(load(sql, newer), isFault('input/invalid', /newer form of alpine/));
    await assert.rejects(load(sql, newer, { known: [] }), isFault('input/invalid', /alpine, which is not known here/));
    await nothingIsStored(sql);
    const [one] = await load(sql, await bundleOf(sql), { known: [{ ...feed, version: 2 }] });
    assert.equal(one?.outcome.kind, 'changed');
    assert.equal((await storedGroup(sql, { feed: 'alpine', group }))?.feedVersion, 1);
  }));

test('a bundle that lost most of a group is not believed, and terms of a feed hold for bundles too', () =>
  inRollback(async (sql) => {
    await load(sql, await bundleOf(sql));
    const { feed: small } = fakeFeed([advisory('X-1', 'hull', '1-r0')]);
    const bundle = await bundleOf(sql, small);
    const [refused] = await load(sql, bundle);
    assert(refused?.outcome.kind === 'failed');
    assert.match(refused.outcome.reason, /looks like damage/);
    const terms: Feed = { ...small, licence: { name: 'T', url: 'https://t.example.test/' } };
    await assert.rejects(bundleOf(sql, terms), /terms .* are not accepted/);
    const [unaccepted] = await load(sql, bundle, { known: [terms], force: true });
    assert.equal(unaccepted?.outcome.kind, 'failed');
    await acceptFeed(sql, terms, 1);
    assert.equal((await load(sql, bundle, { known: [terms], force: true }))[0]?.outcome.kind, 'changed');
  }));

test('an export of a group that cannot be fetched fails as a whole', () =>
  inRollback(async (sql) => {
    const { feed: broken, upstream } = fakeFeed([advisory('X-1', 'hull', '1-r0'), advisory('X-2', 'hull', '1-r0')]);
    upstream.breaksAfter = 1;
    await assert.rejects(bundleOf(sql, broken), /the connection broke/);
    upstream.state = 'absent';
    await assert.rejects(bundleOf(sql, broken), isFault('feed/failed', /upstream does not have it/));
  }));
