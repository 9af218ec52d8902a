import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveKey, archivesOf } from '#archive/archive-blob.ts';
import { archiveImage } from '#archive/archive-image.ts';
import { applyRules, type RulesWorld } from '#archive/apply-rules.ts';
import type { ArchiveRule } from '#archive/archive-rule.ts';
import { beginArchiving, findArchived } from '#archive/archive-store.ts';
import { finishArchives } from '#archive/finish-archives.ts';
import { restoreImage } from '#archive/restore-image.ts';
import { addRule } from '#archive/rule-store.ts';
import { findImage } from '#catalog/image-store.ts';
import { recordTag } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import { subscribeTag } from '#notices/subscribe-tag.ts';
import { takeLease } from '#platform/lease.ts';
import { addImage, type ArchiveTestWorld, dayMs, inArchiveWorld, today } from './archive-world.ts';

let rules = 0;

async function rule(world: ArchiveTestWorld, change: Partial<ArchiveRule> = {}): Promise<void> {
  rules++;
  const everything = { registry: '*', repository: '*', tag: '*' };
  await addRule(world, {
    ...{ ruleId: `rule ${rules}`, account: 'team', transition: 'archive', systemGlobal: false, maxImages: null },
    ...{ selector: everything, exclude: { registry: '', repository: '', tag: '' } },
    ...{ excludeDays: -1, ageDays: -1, versionsNewer: -1, createdAt: rules, updatedAt: rules },
    ...change,
  });
}

const follow = (world: RulesWorld, options: { dryRun?: boolean; late?: () => boolean } = {}) =>
  applyRules(world, { dryRun: false, late: () => false, ...options });

const statusOf = async (world: ArchiveTestWorld, digest: Digest, account = 'team') =>
  (await findImage(world, account, digest))?.status ?? null;

test('what a rule archives leaves the working set, and nothing else does', () =>
  inArchiveWorld(async (world) => {
    const old = await addImage(world, { name: 'old', analyzed: 60, tags: { 'app:v1': 60 } });
    const young = await addImage(world, { name: 'young', analyzed: 1, tags: { 'app:v1': 1 } });
    const others = await addImage(world, { name: 'old', account: 'other', analyzed: 60, tags: { 'app:v1': 60 } });
    await rule(world, { ageDays: 30 });
    assert.deepEqual(await follow(world), { archived: 1, deleted: 0 });
    assert.equal((await findArchived(world, 'team', old))!.status, 'archived');
    assert.deepEqual(
      [await statusOf(world, old), await statusOf(world, young), await statusOf(world, others, 'other')],
      ['deleting', 'active', 'active'],
    );
    assert.deepEqual(await follow(world), { archived: 0, deleted: 0 });
    assert.ok(world.sent.length > 0);
    await restoreImage(world, 'team', old);
    assert.equal(await statusOf(world, old), 'active');
  }));

test('subscriptions of a tag that leads to nothing newer are switched off with its image', () =>
  inArchiveWorld(async (world) => {
    await addImage(world, { name: 'old', analyzed: 60, tags: { 'app:v1': 60, 'app:v2': 60 } });
    await addImage(world, { name: 'young', analyzed: 1, tags: { 'app:v2': 1 } });
    for (const tag of ['v1', 'v2']) await subscribeTag(world, 'team', `r.test/app:${tag}`, true);
    await rule(world, { ageDays: 30 });
    await follow(world);
    const active = await world.sql.query('select distinct subscription_key as key from subscription where active');
    assert.deepEqual(
      active.map(({ key }) => key),
      ['r.test/app:v2'],
    );
  }));

test('a rule for every account is followed in all of them', () =>
  inArchiveWorld(async (world) => {
    const digests = [await addImage(world, { name: 'a' }), await addImage(world, { name: 'a', account: 'other' })];
    await rule(world, { systemGlobal: true });
    assert.deepEqual(await follow(world), { archived: 2, deleted: 0 });
    assert.deepEqual(
      [await statusOf(world, digests[0]!), await statusOf(world, digests[1]!, 'other')],
      ['deleting', 'deleting'],
    );
  }));

test('rules of an account are not put together with those for every account', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a', tags: { 'app:v1': 0, 'app:v2': 0 } });
    const tag = (name: string) => ({ registry: '*', repository: 'app', tag: name });
    await rule(world, { systemGlobal: true, selector: tag('v1') });
    await rule(world, { selector: tag('v2') });
    assert.deepEqual(await follow(world), { archived: 0, deleted: 0 });
    assert.equal(await statusOf(world, digest), 'active');
  }));

test('what was archived by hand is archived again with what happened since, and then leaves', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a', tags: { 'app:v1': 9 } });
    await beginAndArchive(world, digest);
    await world.clock.advance(dayMs);
    await recordTag(world, 'team', { registry: 'r.test', repository: 'app', tag: 'v2', digest, detectedAt: today });
    await rule(world);
    assert.deepEqual(await follow(world), { archived: 1, deleted: 0 });
    await world.sql.query('delete from image_tag');
    await restoreImage(world, 'team', digest);
    const tags = await world.sql.query('select tag from image_tag order by tag');
    assert.deepEqual(
      tags.map(({ tag }) => tag),
      ['v1', 'v2'],
    );
  }));

test('images are archived before archives are deleted, with their blobs', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a' });
    await rule(world);
    await rule(world, { transition: 'delete' });
    assert.deepEqual(await follow(world), { archived: 1, deleted: 1 });
    assert.equal(await findArchived(world, 'team', digest), null);
    assert.deepEqual(await Array.fromAsync(world.blobs.list(archivesOf('team'))), []);
    const types = await world.sql.query('select type from event_log order by event_no');
    assert.deepEqual(
      types.map(({ type }) => type),
      ['system.analysis_archive.image_archived', 'system.analysis_archive.archived_image_deleted'],
    );
  }));

test('a rule for every account deletes archives of its own account only', () =>
  inArchiveWorld(async (world) => {
    for (const account of ['team', 'other']) {
      const digest = await addImage(world, { name: 'a', account });
      await beginAndArchive(world, digest, account);
    }
    await rule(world, { transition: 'delete', systemGlobal: true });
    assert.deepEqual(await follow(world), { archived: 0, deleted: 1 });
    assert.deepEqual(
      (await world.sql.query('select account from archived_image')).map(({ account }) => account),
      ['other'],
    );
  }));

test('a dry run changes nothing and counts what it would have done', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a' });
    await rule(world);
    assert.deepEqual(await follow(world, { dryRun: true }), { archived: 1, deleted: 0 });
    assert.equal(await statusOf(world, digest), 'active');
    assert.equal(await findArchived(world, 'team', digest), null);
  }));

test('while one process follows the rules another one does not', () =>
  inArchiveWorld(async (world) => {
    await using held = await takeLease(world.sql, world.clock, 'archive rules', 'somebody', dayMs);
    assert.ok(held !== null);
    assert.equal(await follow(world), null);
  }));

test('rules that ran out of time go on where they were', () =>
  inArchiveWorld(async (world) => {
    for (let i = 0; i < 60; i++) await addImage(world, { name: `image ${i}`, tags: { [`app:v${i}`]: 1 } });
    await rule(world);
    let turns = 0;
    const first = await follow(world, { late: () => ++turns > 3 });
    assert.ok(first!.archived > 0 && first!.archived < 60, `${first!.archived}`);
    const second = await follow(world);
    assert.equal(first!.archived + second!.archived, 60);
  }));

test('an image whose report is lost stays, and an event says why', () =>
  inArchiveWorld(async (world) => {
    const lost = await addImage(world, { name: 'lost' });
    const good = await addImage(world, { name: 'good', tags: { 'app:v2': 1 } });
    await world.blobs.delete((await findImage(world, 'team', lost))!.content!.report);
    await rule(world);
    assert.deepEqual(await follow(world), { archived: 1, deleted: 0 });
    assert.deepEqual([await statusOf(world, lost), await statusOf(world, good)], ['active', 'deleting']);
    assert.equal(await findArchived(world, 'team', lost), null);
    const [event] = await world.sql.query("select details from event_log where level = 'error'");
    assert.match(String(event!['details']), /is not stored; analyze the image again/);
  }));

test('a tag that comes while an image is archived keeps it', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a' });
    await rule(world);
    const blobs = {
      ...world.blobs,
      async replace(key: string, content: Uint8Array | AsyncIterable<Uint8Array>) {
        await recordTag(world, 'team', { registry: 'r.test', repository: 'new', tag: 'v9', digest, detectedAt: today });
        return world.blobs.replace(key, content);
      },
    };
    await follow({ ...world, blobs });
    assert.equal(await statusOf(world, digest), 'active');
    assert.equal((await findArchived(world, 'team', digest))!.status, 'archived');
  }));

test('what a process that died has left is ended: by hand archived, by a rule given up, deletions done', () =>
  inArchiveWorld(async (world) => {
    const [byHand, byRule, gone] = [
      await addImage(world, { name: 'by hand' }),
      await addImage(world, { name: 'by rule' }),
      await addImage(world, { name: 'gone' }),
    ];
    await beginArchiving(world, 'team', [byHand], false, world.clock.now());
    await beginArchiving(world, 'team', [byRule], true, world.clock.now());
    await beginAndArchive(world, gone);
    await world.sql.query("update archived_image set status = 'deleting' where digest = :gone::text", { gone });
    const key = archiveKey((await findArchived(world, 'team', gone))!);
    assert.equal(await finishArchives(world, () => false), 0, 'somebody may be at it');
    await world.clock.advance(3_600_000);
    assert.equal(await finishArchives(world, () => false), 3);
    assert.equal((await findArchived(world, 'team', byHand))!.status, 'archived');
    assert.equal(await statusOf(world, byHand), 'active');
    assert.equal(await findArchived(world, 'team', byRule), null);
    assert.equal(await statusOf(world, byRule), 'active');
    assert.equal(await findArchived(world, 'team', gone), null);
    assert.equal(await world.blobs.has(key), false);
    assert.equal(await finishArchives(world, () => false), 0);
  }));

async function beginAndArchive(world: ArchiveTestWorld, digest: Digest, account = 'team'): Promise<void> {
  const [begun] = await beginArchiving(world, account, [digest], false, world.clock.now());
  assert.deepEqual(await archiveImage(world, begun!), { kind: 'archived' });
}
