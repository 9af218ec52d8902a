import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import { parsePlatforms } from '#registry/image/image-platform.ts';
import { resolveImages } from '#registry/image/resolve-images.ts';
import { artifact, type Built, image, index, layer } from '#test/support/image-builder.ts';

const layers = [layer([{ path: 'a', content: 'a' }])];
const on = (platform: string, user = '') => image({ layers, platform, config: { config: { User: user } } });

/** What a registry with these blobs gives; those of `missing` it does not have. */
function resolve(
  built: Built,
  platforms: string,
  missing: readonly Digest[] = [],
  code: Fault['code'] = 'registry/not-found',
) {
  const content = {
    async document({ digest }: { readonly digest: Digest }) {
      if (missing.includes(digest)) throw new Fault(code, `no manifest ${digest}`);
      return built.blobs.get(digest)!;
    },
    layer: () => ({ kind: 'file', path: '', offset: 0, length: 0 }) as const,
  };
  const root = { mediaType: built.mediaType, digest: built.digest, size: built.bytes.length };
  return resolveImages(content, root, parsePlatforms(platforms), {
    reference: 'r.example/app:1',
    limits: defaultLimits,
  });
}

const platformsOf = async (...asked: Parameters<typeof resolve>) =>
  (await resolve(...asked)).images.map(({ platform }) => platform);

const many = index([
  on('linux/s390x'),
  on('windows/amd64'),
  on('linux/arm/v6'),
  on('linux/arm64/v8'),
  on('linux/arm/v7'),
  on('linux/amd64'),
]);

test('of an index the wanted platforms are taken, linux/amd64 first, of variants the one that fits best', async () => {
  assert.deepEqual(await platformsOf(many, 'linux/arm64,linux/amd64'), ['linux/amd64', 'linux/arm64/v8']);
  assert.deepEqual(await platformsOf(many, 'linux/arm64,linux/s390x'), ['linux/arm64/v8', 'linux/s390x']);
  assert.deepEqual(await platformsOf(many, 'linux/arm,linux/arm/v6,linux/arm/v7'), ['linux/arm/v7', 'linux/arm/v6']);
  assert.deepEqual(await platformsOf(many, 'windows/amd64'), ['windows/amd64']);
});

test('all platforms are all but Windows', async () => {
  const all = ['linux/amd64', 'linux/s390x', 'linux/arm/v6', 'linux/arm64/v8', 'linux/arm/v7'];
  const { images, digest } = await resolve(many, 'all');
  assert.deepEqual(
    images.map(({ platform }) => platform),
    all,
  );
  assert.equal(digest, many.digest);
  for (const { parentDigest } of images) assert.equal(parentDigest, many.digest);
});

test('an index with one platform is taken for that, whatever is wanted; of several unwanted ones nobody can choose', async () => {
  assert.deepEqual(await platformsOf(index([on('linux/riscv64')]), 'linux/amd64'), ['linux/riscv64']);
  assert.deepEqual(await platformsOf(index([on('windows/amd64')]), 'all'), ['windows/amd64']);
  await assert.rejects(resolve(index([on('linux/riscv64'), on('linux/s390x')]), 'linux/amd64'), {
    code: 'image/platform-missing',
    message: /linux\/riscv64, linux\/s390x/,
  });
});

test('a single image is itself, whatever is wanted', async () => {
  const one = on('linux/s390x');
  const { images, digest } = await resolve(one, 'linux/amd64');
  assert.deepEqual(
    [images.length, images[0]!.digest, images[0]!.parentDigest, digest],
    [1, one.digest, null, one.digest],
  );
});

test('attestations are no images of an index, whatever tells them', async () => {
  const attestation = image({
    layers,
    platform: 'unknown/unknown',
    manifest: { layers: [{ mediaType: 'application/vnd.in-toto+json', digest: layers[0]!.digest, size: 1 }] },
  });
  assert.deepEqual(await platformsOf(index([on('linux/amd64'), attestation, artifact()]), 'all'), ['linux/amd64']);
  // An index that does not say platforms has its manifests read.
  const silent = index([on('linux/amd64'), attestation], { descriptor: () => ({ platform: undefined }) });
  assert.deepEqual(await platformsOf(silent, 'all'), ['linux/amd64']);
  await assert.rejects(resolve(attestation, 'all'), { code: 'image/not-an-image', message: /an attestation/ });
});

test('an image that the registry does not have, or that is damaged, is left out with its reason and does not fail the others', async () => {
  const [amd64, arm64] = [on('linux/amd64'), on('linux/arm64')];
  const both = index([amd64, arm64]);
  const { images, leftOut } = await resolve(both, 'all', [arm64.digest]);
  assert.deepEqual(
    [images.map(({ platform }) => platform), leftOut],
    [['linux/amd64'], [{ digest: arm64.digest, platform: 'linux/arm64', reason: `no manifest ${arm64.digest}` }]],
  );
  assert.deepEqual(await platformsOf(both, 'all', [amd64.configDigest], 'image/corrupt'), ['linux/arm64']);
  await assert.rejects(resolve(both, 'all', [arm64.digest, amd64.digest]), { code: 'registry/not-found' });
  await assert.rejects(resolve(both, 'all', [arm64.digest], 'registry/failed'), { code: 'registry/failed' });
});

test('an index of very many images is taken as far as sixty-four', async () => {
  const crowd = index(Array.from({ length: 70 }, (_, n) => on('linux/amd64', `user${n}`)));
  const { images, leftOut } = await resolve(crowd, 'all');
  assert.deepEqual([images.length, leftOut.length], [64, 6]);
  assert.match(leftOut[0]!.reason, /at most 64/);
});

test('platforms are given as a list or as all', () => {
  assert.equal(parsePlatforms('all'), 'all');
  assert.deepEqual(parsePlatforms('arm64'), [{ os: 'linux', architecture: 'arm64', variant: null }]);
  assert.throws(() => parsePlatforms('linux/amd64,'), { code: 'input/invalid' });
});
