import assert from 'node:assert/strict';
import { test } from 'node:test';
import { images } from '#schema/api/images.ts';
import { indexed } from '#test/support/api-images.ts';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { apiServer, type ImageRecord, type Sender } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const [arm64, amd64] = indexed.manifests.map(({ digest }) => digest);

interface Scene {
  readonly sender: Sender;
  readonly fulltag: string;
  readonly get: (path: string) => Promise<readonly ImageRecord[]>;
  /** Digests of the images that a question finds. */
  readonly found: (path: string) => Promise<readonly string[]>;
}

/** An account of its own, in which the index is added and both images are analyzed. */
async function withIndex(): Promise<Scene> {
  const server = await apiServer();
  const sender = await makeUser(server, await makeAccount(server));
  const fulltag = `${server.registry}/team/app:multi`;
  await server.analyzed(fulltag, sender);
  const get = async (path: string) => fits(images, (await server.ask('GET', path, { sender })).json) as ImageRecord[];
  await server.until(
    async () => (await get(`/v1/images/${arm64}`))[0]!,
    ({ analysis_status }) => analysis_status === 'analyzed',
  );
  return { sender, fulltag, get, found: async (path) => (await get(path)).map(({ imageDigest }) => imageDigest) };
}

let scene: Promise<Scene> | null = null;
const opened = () => (scene ??= withIndex());

test('of an index every wanted image is analyzed, each with the index as its parent', async () => {
  const { get } = await opened();
  const all = await get('/v1/images');
  assert.deepEqual(
    all.map(({ imageDigest, parentDigest, analysis_status, platform }) => [
      ...[imageDigest, parentDigest, analysis_status, platform],
    ]),
    [
      [amd64, indexed.digest, 'analyzed', 'linux/amd64'],
      [arm64, indexed.digest, 'analyzed', 'linux/arm64'],
    ],
    'the one that stands for the index first',
  );
});

test('what was added, its tag and the digest of its index give one image: linux/amd64', async () => {
  const { sender, fulltag, found } = await opened();
  const { ask } = await apiServer();
  const again = await ask<ImageRecord[]>('POST', '/v1/images', { sender, body: { tag: fulltag } });
  assert.deepEqual(
    again.json.map(({ imageDigest }) => imageDigest),
    [amd64],
  );
  assert.deepEqual(await found(`/v1/images?fulltag=${fulltag}`), [amd64]);
  assert.deepEqual(await found(`/v1/images/${indexed.digest}`), [amd64]);
  assert.deepEqual(await found(`/v1/images?fulltag=${fulltag}&history=true`), [amd64, arm64]);
  assert.deepEqual(await found(`/v1/images?fulltag=${fulltag}&platform=linux/arm64`), [arm64]);
  assert.deepEqual(await found('/v1/images?platform=linux/arm64'), [arm64]);
});

test('the tag of an index is a tag of each of its images: in records, verdicts and summaries', async () => {
  const { sender, fulltag, get } = await opened();
  const { ask } = await apiServer();
  for (const digest of [amd64, arm64]) {
    const [record] = await get(`/v1/images/${digest}`);
    assert.deepEqual(
      record!.image_detail.map((detail) => detail.fulltag),
      [fulltag],
    );
    const check = await ask<object[]>('GET', `/v1/images/${digest}/check?tag=${fulltag}&history=true`, { sender });
    assert.equal(check.status, 200, check.text);
    assert.deepEqual(Object.keys(check.json[0]!), [digest]);
  }
  const summaries = await ask<{ imageDigest: string; parentDigest: string; fulltag: string }[]>(
    ...(['GET', '/v1/summaries/imagetags', { sender }] as const),
  );
  assert.deepEqual(
    summaries.json.map(({ imageDigest, parentDigest, fulltag: tag }) => [imageDigest, parentDigest, tag]).sort(),
    [amd64, arm64].map((digest) => [digest, indexed.digest, fulltag]).sort(),
  );
});

test('adding one image of the index under its tag leaves the tag where it was', async () => {
  const { sender, fulltag, found } = await opened();
  const { ask } = await apiServer();
  const added = await ask<ImageRecord[]>('POST', '/v1/images', { sender, body: { tag: fulltag, digest: arm64 } });
  assert.deepEqual(
    added.json.map(({ imageDigest, parentDigest }) => [imageDigest, parentDigest]),
    [[arm64, indexed.digest]],
  );
  assert.deepEqual(await found(`/v1/images?fulltag=${fulltag}`), [amd64]);
});
