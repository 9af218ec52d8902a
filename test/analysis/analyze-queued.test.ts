import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { type AnalyzeWorld, analyzeQueued } from '#analysis/analyze-queued.ts';
import { getImageReport } from '#analysis/image-report-store.ts';
import { openLayerPool } from '#analysis/layer-pool.ts';
import { admitImage, type AdmitWorld } from '#catalog/admit-image.ts';
import { findImage } from '#catalog/image-store.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import { parseReference } from '#registry/reference.ts';
import { imageSource } from '#test/support/built-source.ts';
import { inRollback } from '#test/support/database.ts';
import { type BuiltImage, image, layer } from '#test/support/image-builder.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { testClock } from '#test/support/test-clock.ts';

const lower = layer([{ path: 'lower' }]);
const built = (images: readonly string[], annotations: Readonly<Record<string, string>> = {}) =>
  image({ layers: [lower, ...images.map((path) => layer([{ path }]))], manifest: { annotations } });

type Step = (account: string, name: string, image: BuiltImage) => Promise<void>;

/** A database with two accounts; what is pushed is admitted and analyzed at once. */
async function withRegistry(work: (world: AnalyzeWorld & AdmitWorld, push: Step) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await using pool = openLayerPool({ size: 1 });
  const images = new Map<string, BuiltImage>();
  const blobs = await openFolderBlobs(join(folder.path, 'blobs'), { alone: true });
  await inRollback(async (sql) => {
    const world: AnalyzeWorld & AdmitWorld = {
      ...{ sql, blobs, pool, clock: testClock(), log: silentLog, limits: defaultLimits },
      temporaryFile: (name) => join(folder.path, name),
      openRegistryImage: async (reference) => ({
        ...imageSource(images.get(parseReference(reference).repository)!),
        [Symbol.asyncDispose]: async () => {},
      }),
      openRegistryImages: async (reference) => {
        const source = imageSource(images.get(parseReference(reference).repository)!);
        return { digest: source.digest!, images: [source], isWanted: true, leftOut: [] };
      },
    };
    for (const name of ['team', 'other'])
      await addAccount(world, { name, type: 'user', user: `${name}-user`, password: 'x' }, 1);
    await work(world, async (account, name, pushed) => {
      images.set(name, pushed);
      await admitImage(world, { account, reference: `r.example/${name}:1`, at: 1 });
      await analyzeQueued(world, { kind: 'image.queued', account, digest: pushed.digest });
    });
  });
}

test('an image is built on the stored image of its account whose layers it begins with', async () => {
  await withRegistry(async (world, push) => {
    const [base, middle, app] = [built([]), built(['middle']), built(['middle', 'app'])];
    await push('team', 'base', base);
    await push('other', 'middle', middle);
    await push('team', 'app', app);
    const stored = (await findImage(world, 'team', app.digest))!.content!;
    assert.deepEqual(stored.base, { reference: 'r.example/base:1', digest: base.digest, layers: 1, by: 'layers' });
    // Accounts share the report of an image.
    assert.equal((await getImageReport(world, stored.report)).base, null);
    assert.equal((await findImage(world, 'team', base.digest))!.content!.base, null);
  });
});

test('an image is built on what it says, also where that is not stored', async () => {
  await withRegistry(async (world, push) => {
    const digest = built(['other']).digest;
    const annotations = {
      'org.opencontainers.image.base.name': 'r.example/base:9',
      'org.opencontainers.image.base.digest': digest,
    };
    const app = built(['app'], annotations);
    await push('team', 'app', app);
    const { content } = (await findImage(world, 'team', app.digest))!;
    assert.deepEqual(content!.base, { reference: 'r.example/base:9', digest, layers: null, by: 'annotation' });
    assert.deepEqual((await getImageReport(world, content!.report)).base, content!.base);
  });
});
