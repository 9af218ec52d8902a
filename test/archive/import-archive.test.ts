import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { getImageReport } from '#analysis/image-report-store.ts';
import { archiveKey } from '#archive/archive-blob.ts';
import { readArchive, writeArchive } from '#archive/archive-document.ts';
import { archiveImage } from '#archive/archive-image.ts';
import { beginArchiving, findArchived } from '#archive/archive-store.ts';
import { importArchive } from '#archive/import-archive.ts';
import { findImage } from '#catalog/image-store.ts';
import { tagHistory } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import { archiveFiles, type ArchiveManifest } from '#schema/image-archive.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { isFault } from '#test/support/is-fault.ts';
import { tar } from '#test/support/tar-builder.ts';
import { addImage, type ArchiveTestWorld, dayMs, inArchiveWorld, today } from './archive-world.ts';

/** An archive that the account `team` made, and its image. */
async function exported(world: ArchiveTestWorld): Promise<{ bytes: Buffer; digest: Digest }> {
  const digest = await addImage(world, { name: 'a', analyzed: 3, tags: { 'app:v1': 3 } });
  const [begun] = await beginArchiving(world, 'team', [digest], false, world.clock.now());
  await archiveImage(world, begun!);
  const key = archiveKey((await findArchived(world, 'team', digest))!);
  return { digest, bytes: Buffer.concat(await Array.fromAsync((await world.blobs.read(key))!)) };
}

interface Changes {
  readonly manifest?: (manifest: ArchiveManifest) => object;
  readonly report?: (report: ImageReport) => object;
  readonly verdicts?: string;
}

/** The same archive as somebody wrote it who means harm: whole, but of other content. */
async function changed(bytes: Buffer, { manifest: alter, report, verdicts }: Changes): Promise<Buffer> {
  const { manifest, files } = await readArchive(one(bytes), 1e9);
  const { artifacts: _, ...head } = alter === undefined ? manifest : (alter(manifest) as ArchiveManifest);
  const content = new Map(files);
  const original = JSON.parse(files.get(archiveFiles.report)!.toString()) as ImageReport;
  if (report !== undefined) content.set(archiveFiles.report, Buffer.from(JSON.stringify(report(original))));
  if (verdicts !== undefined) content.set(archiveFiles.verdicts, Buffer.from(verdicts));
  const all = [...content].map(([path, one]) => ({ path, content: one }));
  return Buffer.concat(await Array.fromAsync(writeArchive(head, all)));
}

async function* one(bytes: Uint8Array) {
  yield bytes;
}

test('an image of an archive is the importing account’s own, with its tags and no verdicts', () =>
  inArchiveWorld(async (world) => {
    const { bytes, digest } = await exported(world);
    const { next } = await importArchive(world, 'other', bytes);
    assert.deepEqual(next[0], { kind: 'image.analyzed', account: 'other', digest });
    const [its, own] = [await findImage(world, 'team', digest), await findImage(world, 'other', digest)];
    assert.equal(own!.analyzedAt, today - 3 * dayMs);
    assert.deepEqual(own!.annotations, { who: 'a' });
    assert.notEqual(own!.content!.report, its!.content!.report);
    const report = await getImageReport(world, own!.content!.report);
    assert.equal(report.imported, true);
    assert.match(report.notes.at(-1)!.problem, /its files are not known/);
    const moves = await tagHistory(world, 'other', { registry: 'r.test', repository: 'app', tag: 'v1' }, 9);
    assert.deepEqual(moves, [{ digest, detectedAt: today - 3 * dayMs }]);
    await assert.rejects(importArchive(world, 'other', bytes), isFault('state/conflict', /already exists/));
    await assert.rejects(importArchive(world, 'team', bytes), isFault('state/conflict'));
  }));

const zero = `sha256:${'0'.repeat(64)}`;
const ofImage = (manifest: ArchiveManifest, change: object) => ({
  ...manifest,
  image: { ...manifest.image, ...change },
});
const ofTag = (manifest: ArchiveManifest, change: object) => ({
  ...manifest,
  tags: [{ ...manifest.tags[0]!, ...change }],
});
const withPackage = (report: ImageReport, change: object) => ({
  ...report,
  packages: [{ ...report.packages[0]!, ...change }],
});

const refused: Readonly<Record<string, Changes>> = {
  'another image than the report': { manifest: (all) => ({ ...all, image_digest: zero }) },
  'an image that is pulled by another digest': {
    manifest: (all) => ofImage(all, { pullReference: `r.test/app@${zero}` }),
  },
  'an image that is pulled from nowhere': { manifest: (all) => ofImage(all, { pullReference: '../../etc' }) },
  'another id than the report': { manifest: (all) => ofImage(all, { imageId: '1'.repeat(64) }) },
  'an index that it is not in': { manifest: (all) => ofImage(all, { parentDigest: zero }) },
  'annotations without end': {
    manifest: (all) =>
      ofImage(all, { annotations: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [i, 'x'.repeat(4000)])) }),
  },
  'a tag of another image': { manifest: (all) => ofTag(all, { pointedTo: zero }) },
  'a tag that is none': { manifest: (all) => ofTag(all, { tag: 'a tag' }) },
  'a tag in a repository that is read otherwise': {
    manifest: (all) => ofTag(all, { registry: 'app', repository: 'v' }),
  },
  'a manifest of an image that is another one’s': { report: (all) => ({ ...all, manifest: '{}' }) },
  'a package without a type that there is': { report: (all) => withPackage(all, { type: 'floppy' }) },
  'a package whose name no database holds': { report: (all) => withPackage(all, { name: 'a\u0000b' }) },
  'a package whose name is no text': { report: (all) => withPackage(all, { name: ['a'] }) },
  'a report of another form': { report: () => ({ version: 2 }) },
  'a report that is none': { report: () => [] },
};

for (const [what, change] of Object.entries(refused))
  test(`an archive is refused that tells of ${what}`, () =>
    inArchiveWorld(async (world) => {
      const { bytes, digest } = await exported(world);
      await assert.rejects(importArchive(world, 'other', await changed(bytes, change)), isFault('image/corrupt'));
      assert.equal(await findImage(world, 'other', digest), null);
    }));

test('times of tomorrow are now, so that no tag stands still for years', () =>
  inArchiveWorld(async (world) => {
    const { bytes, digest } = await exported(world);
    const later = (all: ArchiveManifest) =>
      ofTag(ofImage(all, { createdAt: today * 2, analyzedAt: today * 2 }) as ArchiveManifest, {
        detectedAt: today * 2,
        saidAt: today * 2,
      });
    await importArchive(world, 'other', await changed(bytes, { manifest: later }));
    const image = await findImage(world, 'other', digest);
    assert.deepEqual([image!.createdAt, image!.analyzedAt], [today, today]);
    const [move] = await tagHistory(world, 'other', { registry: 'r.test', repository: 'app', tag: 'v1' }, 1);
    assert.equal(move!.detectedAt, today);
  }));

test('verdicts of elsewhere are not read', () =>
  inArchiveWorld(async (world) => {
    const { bytes } = await exported(world);
    await importArchive(world, 'other', await changed(bytes, { verdicts: 'no JSON at all' }));
    assert.equal((await world.sql.query('select 1 as one from verdict')).length, 0);
  }));

test('an archive that was cut or changed anywhere restores nothing', () =>
  inArchiveWorld(async (world) => {
    const { bytes, digest } = await exported(world);
    for (let at = 1; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x55;
      for (const bad of [bytes.subarray(0, at), damaged])
        await importArchive(world, 'other', bad).then(
          // Header fields of gzip that nothing depends on.
          () => world.sql.query("delete from image where account = 'other'"),
          isFault('image/corrupt', /./),
        );
    }
    const { manifest, files } = await readArchive(one(bytes), 1e9);
    const report = files.get(archiveFiles.report)!;
    const forged = tar([
      { path: 'archive_manifest', content: JSON.stringify(manifest) },
      { path: archiveFiles.report, content: report.toString().replace('hull', 'keel') },
    ]);
    await assert.rejects(
      importArchive(world, 'other', gzipSync(forged)),
      isFault('image/corrupt', /is not what its manifest says/),
    );
    assert.equal(await findImage(world, 'other', digest), null);
  }));

test('archives of others are told from ours, and what inflates without end is stopped', () =>
  inArchiveWorld(async (world) => {
    const original = JSON.stringify({ account: 'admin', image_digest: zero, metadata: {}, artifacts: [] });
    const anchore = gzipSync(tar([{ path: 'archive_manifest', content: original }]));
    await assert.rejects(
      importArchive(world, 'other', anchore),
      isFault('image/unsupported', /not written by Plimsoll/),
    );
    const later = JSON.stringify({ format: 'plimsoll-image-archive', version: 2 });
    const newer = gzipSync(tar([{ path: 'archive_manifest', content: later }]));
    await assert.rejects(importArchive(world, 'other', newer), isFault('image/unsupported', /later version/));
    const bomb = gzipSync(tar([{ path: 'a', content: Buffer.alloc(300 * 1024 * 1024) }]), { level: 1 });
    await assert.rejects(importArchive(world, 'other', bomb), isFault('input/too-large'));
    const many = tar(Array.from({ length: 1001 }, (_, i) => ({ path: `f${i}`, content: '' })));
    await assert.rejects(
      importArchive(world, 'other', gzipSync(many)),
      isFault('image/corrupt', /more than 1000 entries/),
    );
  }));
