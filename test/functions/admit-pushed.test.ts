import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import type { AdmitWorld } from '#catalog/admit-image.ts';
import { findImage } from '#catalog/image-store.ts';
import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { admitPushed } from '#functions/admit-pushed.ts';
import { listSubscriptions } from '#notices/subscription-store.ts';
import type { Sql } from '#platform/sql.ts';
import { imageSource } from '#test/support/built-source.ts';
import { inRollback } from '#test/support/database.ts';
import { image, layer } from '#test/support/image-builder.ts';
import { testClock } from '#test/support/test-clock.ts';

const layers = [layer([{ path: 'a', content: 'a' }])];
const amd64 = image({ layers });
const [arm64, s390x] = ['linux/arm64', 'linux/s390x'].map((platform) => image({ layers, platform }));
const index = `sha256:${'9'.repeat(64)}` as Digest;

type Found = Awaited<ReturnType<AdmitWorld['openRegistryImages']>>;

/** What a registry has, or refuses; the push of it, and the catalog afterwards. */
async function push(
  reference: string,
  open: () => Promise<Found>,
  look: (sql: Sql, kinds: readonly string[]) => Promise<void>,
  limits: Limits = defaultLimits,
): Promise<void> {
  await inRollback(async (sql) => {
    await addAccount({ sql }, { name: 'team', type: 'user', user: 'team-user', password: 'x' }, 1);
    const world: AdmitWorld = { sql, clock: testClock(), log: silentLog, limits, openRegistryImages: open };
    const next = await admitPushed(world, { kind: 'image.pushed', account: 'team', reference, at: 1 });
    await look(
      sql,
      next.map(({ kind }) => kind),
    );
  });
}

const single = (built: typeof amd64, isWanted: boolean) => async (): Promise<Found> => ({
  ...{ digest: built.digest, images: [imageSource(built)], isWanted, leftOut: [] },
});

const nothing = async (sql: Sql, kinds: readonly string[]) => {
  const [row] = await sql.query<{ images: number; tags: number }>(
    `select (select count(*) from image) as images, (select count(*) from image_tag) as tags`,
  );
  assert.deepEqual([row, kinds], [{ images: 0, tags: 0 }, []]);
};

test('a push of a signature, or of an index for other platforms, is passed over and no failure', async () => {
  for (const code of ['image/not-an-image', 'image/platform-missing'] as const)
    await push(
      'r.example/app:v1',
      async () => {
        throw new Fault(code, 'it is not');
      },
      nothing,
    );
});

test('what is pushed without a tag is taken where its platform is wanted; with a tag whatever it is for', async () => {
  const untagged = `r.example/app@${s390x!.digest}`;
  await push(untagged, single(s390x!, false), nothing);
  await push(untagged, single(s390x!, true), async (_sql, kinds) => assert.deepEqual(kinds, ['image.queued']));
  await push('r.example/app:v1', single(s390x!, false), async (sql, kinds) => {
    assert.deepEqual(kinds, ['image.queued']);
    assert.equal((await findImage({ sql }, 'team', s390x!.digest))?.platform, 'linux/s390x');
    const found = await listSubscriptions({ sql }, 'team', { key: null, type: null, after: '', limit: 10 });
    assert.deepEqual([...new Set(found.map(({ key }) => key))], ['r.example/app:v1']);
  });
});

test('images of an index that are larger than the limit are left out; when all are, that is the failure', async () => {
  const large = image({ layers: [layer([{ path: 'b', content: 'b'.repeat(5000) }], { compression: 'none' })] });
  const open = async (): Promise<Found> => ({
    ...{ digest: index, isWanted: true, leftOut: [] },
    images: [large, arm64!].map((built) => ({ ...imageSource(built), parentDigest: index })),
  });
  const limits = { ...defaultLimits, imageBytes: 4000 };
  const taken = async (sql: Sql) => assert.equal((await findImage({ sql }, 'team', index))?.digest, arm64!.digest);
  await push('r.example/app:v1', open, taken, limits);
  await assert.rejects(push('r.example/app:v1', open, taken, { ...limits, imageBytes: 10 }), {
    code: 'image/too-large',
    message: 'Image size is too large based on max size specified in the configuration',
    detail: {
      requested_image_compressed_size_mb: large.layers[0]!.bytes.length / 1_000_000,
      max_compressed_image_size_mb: 0.00001,
    },
  });
});
