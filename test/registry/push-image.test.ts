import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Digest, digestHex } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import type { FindCredentials } from '#registry/client/credentials.ts';
import { type PushOptions, pushImage } from '#registry/client/push-image.ts';
import { openImage } from '#registry/open-image.ts';
import { parseReference } from '#registry/reference.ts';
import { layoutFolder } from '#registry/sources/layout-folder.ts';
import { type PushRegistry, startPushRegistry } from '#test/fakes/push-registry.ts';
import { type Built, image, index, layer, writeOciLayout } from '#test/support/image-builder.ts';
import { isFault } from '#test/support/is-fault.ts';
import { readLayers } from '#test/support/read-layers.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { testClock } from '#test/support/test-clock.ts';

const base = layer([{ path: 'etc/os-release', content: 'ID=debian\n' }]);
const big = layer([{ path: 'big', content: Buffer.alloc(300_000, 'abcdefg') }], { compression: 'none' });
const app = image({ layers: [base, big], tag: '1.0' });

const world = { clock: testClock(undefined, { selfWinding: true }), fetch: systemFetch() };

async function push(
  registry: PushRegistry,
  built: readonly Built[],
  options: Partial<PushOptions> & { readonly damage?: Digest; readonly reference?: string } = {},
) {
  await using folder = await temporaryFolder();
  await writeOciLayout(folder.path, built);
  const { damage, reference = 'team/app:1.0', ...rest } = options;
  if (damage !== undefined) {
    const size = built[0]!.blobs.get(damage)!.length;
    await writeFile(join(folder.path, 'blobs/sha256', digestHex(damage)), Buffer.alloc(size, 1));
  }
  const blobs: string[] = [];
  const digest = await pushImage(world, layoutFolder(folder.path), parseReference(`${registry.host}/${reference}`), {
    ...{ credentials: null, plainHttp: null, limits: defaultLimits },
    onBlob: (_digest, outcome) => void blobs.push(outcome),
    ...rest,
  });
  return { digest, blobs };
}

const count = ({ requests }: PushRegistry, form: RegExp) => requests.filter((request) => form.test(request)).length;

test('an image of a layout is pushed under its tag, and pulled again it is the same', async () => {
  await using registry = await startPushRegistry();
  const pushed = await push(registry, [app]);
  assert.deepEqual(pushed, { digest: app.digest, blobs: ['pushed', 'pushed', 'pushed'] });
  await using pulled = await openImage(world, `${registry.host}/team/app:1.0`, { limits: defaultLimits });
  assert.equal(pulled.digest, app.digest);
  assert.deepEqual(
    pulled.layers.map(({ diffId }) => diffId),
    [base.diffId, big.diffId],
  );
  await readLayers(pulled);
});

test('what the registry has is not sent again', async () => {
  await using registry = await startPushRegistry();
  await push(registry, [app]);
  const posts = count(registry, /^POST/);
  assert.deepEqual((await push(registry, [app])).blobs, ['existed', 'existed', 'existed']);
  assert.equal(count(registry, /^POST/), posts);
  const next = image({ layers: [base, layer([{ path: 'new', content: '1' }])], tag: '1.1' });
  assert.deepEqual((await push(registry, [next], { reference: 'team/app:1.1' })).blobs, [
    'pushed',
    'existed',
    'pushed',
  ]);
});

test('a long blob goes up in pieces, no smaller than the registry wants them', async () => {
  for (const [least, pieces] of [
    [undefined, 4],
    [200_000, 2],
  ] as const) {
    await using registry = await startPushRegistry(least === undefined ? {} : { chunkMinLength: least });
    assert.equal((await push(registry, [app], { pieceBytes: 100_000 })).digest, app.digest);
    assert.equal(count(registry, /^PATCH/), pieces);
    assert.deepEqual(registry.blobs.get(big.digest), big.bytes);
  }
});

test('an upload goes on where the connection broke off, and when only the answer was lost', async () => {
  await using registry = await startPushRegistry();
  registry.mishaps.cutAfter.push(30_000, 70_000);
  registry.mishaps.unanswered = 1;
  assert.equal((await push(registry, [app], { pieceBytes: 100_000 })).digest, app.digest);
  assert.deepEqual(registry.blobs.get(big.digest), big.bytes);
  assert.equal(count(registry, /^POST/), 3);
});

test('a registry that fails for a while, or forgets an upload, gets the blob all the same', async () => {
  await using registry = await startPushRegistry();
  registry.mishaps.statuses.push(
    ...['HEAD', 'POST', 'PATCH', 'PUT', 'PUT'].map((method) => ({ method, status: 503 })),
    { method: 'PATCH', status: 429 },
  );
  registry.mishaps.forgotten = 1;
  assert.equal((await push(registry, [app], { pieceBytes: 100_000 })).digest, app.digest);
  assert.deepEqual(registry.blobs.get(big.digest), big.bytes);
});

test('a registry that stays out of order is given up with its answer', async () => {
  await using registry = await startPushRegistry();
  registry.mishaps.statuses.push(...Array.from({ length: 100 }, () => ({ method: 'PUT', status: 500 })));
  await assert.rejects(
    push(registry, [app]),
    isFault('registry/failed', /writing blob sha256:.* answered 500 UNKNOWN/),
  );
});

test('a push logs in for pulling and pushing as it is asked to, and a second origin gets no credentials', async () => {
  await using registry = await startPushRegistry({ tokens: true, elsewhere: true });
  const credentials: FindCredentials = async () => ({ kind: 'basic', username: 'u', password: 'p' });
  assert.equal((await push(registry, [app], { credentials, pieceBytes: 100_000 })).digest, app.digest);
  assert.deepEqual(registry.leaked, []);
});

test('an index is pushed after its images', async () => {
  await using registry = await startPushRegistry();
  const arm = image({ layers: [base], platform: 'linux/arm64' });
  const both = index([image({ layers: [base, big] }), arm], { tag: 'all' });
  assert.equal((await push(registry, [both], { reference: 'team/app:all' })).digest, both.digest);
  await using pulled = await openImage(world, `${registry.host}/team/app:all`, {
    limits: defaultLimits,
    platform: 'linux/arm64',
  });
  assert.equal(pulled.digest, arm.digest);
});

test('a damaged layout is refused, by us or by the registry, and leaves no tag', async () => {
  await using registry = await startPushRegistry();
  const mismatch = isFault('image/digest-mismatch');
  await assert.rejects(push(registry, [app], { damage: big.digest }), mismatch);
  await assert.rejects(push(registry, [app], { damage: big.digest, pieceBytes: 100_000 }), mismatch);
  await assert.rejects(push(registry, [app], { damage: app.digest }), mismatch);
  await assert.rejects(push(registry, [app, image({ layers: [base] })]), isFault('input/invalid', /holds 2 images/));
  await assert.rejects(push(registry, []), isFault('input/invalid', /holds 0 images/));
  assert.equal(registry.manifests.size, 0);
});

/** `host:port` of a registry on loopback that is not ours (Debian's docker-registry). */
const foreign = process.env['PLIMSOLL_TEST_REGISTRY'] || null;
const note = foreign === null ? 'skipped: PLIMSOLL_TEST_REGISTRY names no registry' : `at ${foreign}`;

test(`a foreign registry takes an image whole and in pieces (${note})`, { skip: foreign === null }, async () => {
  for (const pieceBytes of [32_000_000, 100_000]) {
    // New each time, or nothing would be sent.
    const fresh = image({ layers: [base, layer([{ path: 'big', content: randomBytes(300_000) }])], tag: 'new' });
    const target = { host: foreign! } as PushRegistry;
    const { digest, blobs } = await push(target, [fresh], { pieceBytes });
    assert.equal(digest, fresh.digest);
    assert.equal(blobs.at(-1), 'pushed');
    await using pulled = await openImage(world, `${foreign}/team/app:1.0`, { limits: defaultLimits });
    assert.equal(pulled.digest, fresh.digest);
    await readLayers(pulled);
  }
});
