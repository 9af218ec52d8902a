import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getImageReport } from '#analysis/image-report-store.ts';
import { archiveKey } from '#archive/archive-blob.ts';
import { archiveImage } from '#archive/archive-image.ts';
import { beginArchiving, findArchived } from '#archive/archive-store.ts';
import { restoreImage } from '#archive/restore-image.ts';
import { findImage, moveImage } from '#catalog/image-store.ts';
import { tagHistory } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import { putBundleDocument } from '#policy/bundle-document.ts';
import { evaluate } from '#policy/evaluate.ts';
import { readVerdict, storeVerdict, verdictHistory } from '#policy/verdict-store.ts';
import { bundleOf, facts, ruleOf } from '#test/policy/sample-facts.ts';
import { isFault } from '#test/support/is-fault.ts';
import { addImage, type ArchiveTestWorld, dayMs, inArchiveWorld, today } from './archive-world.ts';

async function archive(world: ArchiveTestWorld, digest: Digest): Promise<void> {
  const [begun] = await beginArchiving(world, 'team', [digest], false, world.clock.now());
  assert.deepEqual(await archiveImage(world, begun!), { kind: 'archived' });
}

/** As a deletion leaves it: nothing but what its tags pointed to. */
async function forget({ sql, blobs }: ArchiveTestWorld, digest: Digest): Promise<void> {
  const image = await findImage({ sql }, 'team', digest);
  await sql.query('delete from image where digest = :digest::text', { digest });
  await blobs.delete(image!.content!.report);
}

const events = async ({ sql }: ArchiveTestWorld) =>
  (await sql.query('select type, resource_id from event_log order by event_no')).map((row) => [
    row['type'],
    row['resource_id'],
  ]);

test('an image comes back as it was: record, tags, report and verdicts', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a', analyzed: 30, tags: { 'app:v1': 30, 'app:v2': 20 } });
    const place = { account: 'team', digest, tag: facts.tag, policyId: 'bundle' };
    for (const action of ['STOP', 'GO'] as const) {
      const bundle = bundleOf([ruleOf('always', 'always', action)]);
      const key = await putBundleDocument(world, bundle);
      await storeVerdict(world, place, { verdict: evaluate(bundle, facts), bundle: key }, null);
      await world.clock.advance(dayMs);
    }
    const before = await findImage(world, 'team', digest);
    const report = await getImageReport(world, before!.content!.report);
    const history = await verdictHistory(world, place);
    const details = await Promise.all(history.map((one) => readVerdict(world, one)));
    await archive(world, digest);
    await forget(world, digest);

    const { digest: restored, next } = await restoreImage(world, 'team', digest);
    assert.equal(restored, digest);
    assert.deepEqual(next, [
      { kind: 'image.analyzed', account: 'team', digest },
      { kind: 'notice.raised', account: 'team' },
    ]);
    assert.equal((await findImage(world, 'team', digest))!.state, 'matching');
    await moveImage(world, { account: 'team', digest }, 'judged', world.clock.now());
    const after = await findImage(world, 'team', digest);
    const told = ({ imageNo: _, attempts: __, updatedAt: ___, content, ...rest }: NonNullable<typeof after>) => ({
      ...rest,
      content: { ...content, report: '' },
    });
    assert.deepEqual(told(after!), told(before!));
    assert.deepEqual(await getImageReport(world, after!.content!.report), report);
    const again = await verdictHistory(world, place);
    const said = (all: typeof history) => all.map(({ verdictNo: _, ...rest }) => rest);
    assert.deepEqual(said(again), said(history));
    assert.deepEqual(await Promise.all(again.map((one) => readVerdict(world, one))), details);
    assert.equal((await findArchived(world, 'team', digest))!.status, 'archived', 'the archive keeps its copy');
    assert.deepEqual(await events(world), [
      ['system.analysis_archive.image_archived', digest],
      ['system.image_analysis.restored_from_archive', digest],
    ]);
  }));

test('a tag that moved on since points where it points', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a', tags: { 'app:v1': 9 } });
    await archive(world, digest);
    await forget(world, digest);
    await world.sql.query('delete from image_tag');
    const later = await addImage(world, { name: 'b', tags: { 'app:v1': 2 } });
    await restoreImage(world, 'team', digest);
    const moves = await tagHistory(world, 'team', { registry: 'r.test', repository: 'app', tag: 'v1' }, 9);
    assert.deepEqual(
      moves.map((move) => [move.digest, move.detectedAt]),
      [
        [later, today - 2 * dayMs],
        [digest, today - 9 * dayMs],
      ],
    );
  }));

test('an image that is there is a conflict; one that is being deleted is not', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a' });
    await archive(world, digest);
    await assert.rejects(restoreImage(world, 'team', digest), isFault('state/conflict'));
    await world.sql.query("update image set status = 'deleting' where digest = :digest::text", { digest });
    await restoreImage(world, 'team', digest);
    assert.equal((await findImage(world, 'team', digest))!.status, 'active');
  }));

test('what another account archived is not found', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a' });
    await archive(world, digest);
    await forget(world, digest);
    await assert.rejects(restoreImage(world, 'other', digest), isFault('state/not-found'));
    assert.deepEqual(await events(world), [['system.analysis_archive.image_archived', digest]]);
  }));

test('an archive that is lost or damaged restores nothing, and an event says so', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a' });
    await archive(world, digest);
    await forget(world, digest);
    const key = archiveKey((await findArchived(world, 'team', digest))!);
    const bytes = Buffer.concat(await Array.fromAsync((await world.blobs.read(key))!));
    for (const damaged of [bytes.subarray(0, bytes.length >> 1), Buffer.from('nothing of the kind')]) {
      await world.blobs.replace(key, damaged);
      await assert.rejects(restoreImage(world, 'team', digest), isFault('data/corrupt'));
    }
    await world.clock.advance(1);
    await world.blobs.delete(key);
    await assert.rejects(restoreImage(world, 'team', digest), isFault('data/corrupt'));
    assert.equal(await findImage(world, 'team', digest), null);
    assert.deepEqual((await events(world)).slice(1), [
      ['system.image_analysis.restore_from_archive_failed', digest],
      ['system.image_analysis.restore_from_archive_failed', digest],
    ]);
  }));
