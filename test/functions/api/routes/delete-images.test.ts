import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageDeletion, imageDeletions } from '#schema/api/images.ts';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { alpineApp, alpineAppNext, indexed } from '#test/support/api-images.ts';
import { apiServer, type Sender } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const nobody = `sha256:${'0'.repeat(64)}`;
const latest = 'cannot delete image that is the latest of its tags, and has active subscription';

/** An account of its own and what it may ask. */
async function withAccount() {
  const server = await apiServer();
  const sender: Sender = await makeUser(server, await makeAccount(server));
  const { registry, until } = server;
  const ask = <T>(method: string, path: string, body?: unknown) =>
    server.ask<T>(method, path, { sender, ...(body === undefined ? {} : { body }) });
  const digests = async (query = '') =>
    (await ask<{ imageDigest: string }[]>('GET', `/v1/images${query}`)).json
      .map(({ imageDigest }) => imageDigest)
      .sort();
  const subscriptions = async () =>
    (await ask<{ subscription_key: string; active: boolean }[]>('GET', '/v1/subscriptions')).json.filter(
      ({ active }) => active,
    );
  return { ask, registry, until, digests, subscriptions, analyzed: (tag: string) => server.analyzed(tag, sender) };
}

test('the newest image of a tag with a subscription is deleted by force only, which switches the subscription off', async () => {
  const { ask, registry, analyzed, digests, subscriptions } = await withAccount();
  await analyzed(`${registry}/team/app:v1`);
  const path = `/v1/images/${alpineApp.digest}`;
  const refused = await ask('DELETE', path);
  assert.deepEqual(
    [refused.status, refused.json],
    [200, { digest: alpineApp.digest, status: 'delete_failed', detail: latest }],
  );
  assert.deepEqual(await digests(), [alpineApp.digest]);
  const forced = await ask('DELETE', `${path}?force=True`);
  assert.equal(forced.status, 200);
  assert.equal(fits(imageDeletion, forced.json).status, 'deleting');
  assert.deepEqual([await digests('?image_status=all'), await subscriptions()], [[], []]);
  assert.equal((await ask('GET', path)).status, 404);
  const again = fits(imageDeletion, (await ask('DELETE', `${path}?force=true`)).json);
  assert.deepEqual([again.digest, again.status], [alpineApp.digest, 'not_found']);
});

test('an older image of a tag is deleted as it is, by digest or id; the tag keeps what it points to', async () => {
  const { ask, registry, analyzed, digests } = await withAccount();
  const { image_detail } = await analyzed(`${registry}/team/app:v1`);
  const tag = `${registry}/team/app:v1`;
  await ask('POST', '/v1/images', { tag, digest: alpineAppNext.digest });
  const deleted = await ask('DELETE', `/v1/images/by_id/${image_detail[0]!.imageId}`);
  assert.deepEqual(deleted.json, { digest: alpineApp.digest, status: 'deleting', detail: 'the image' });
  assert.deepEqual(await digests(), [alpineAppNext.digest]);
  assert.deepEqual(await digests(`?fulltag=${tag}&history=true`), [alpineAppNext.digest]);
  const unknown = await ask('DELETE', '/v1/images/by_id/no-id');
  assert.deepEqual(unknown.json, { digest: 'no-id', status: 'not_found', detail: 'image not found in DB' });
});

test('several images are deleted at once, and each has its answer', async () => {
  const { ask, registry, analyzed, digests } = await withAccount();
  await analyzed(`${registry}/team/app:v1`);
  await analyzed(`${registry}/team/app:v2`);
  const asked = [alpineApp.digest, nobody, alpineAppNext.digest, alpineApp.digest].join(',');
  const refused = fits(imageDeletions, (await ask('DELETE', `/v1/images?imageDigests=${asked}`)).json);
  assert.deepEqual(
    refused.map(({ status }) => status),
    ['delete_failed', 'not_found', 'delete_failed', 'delete_failed'],
  );
  const forced = fits(imageDeletions, (await ask('DELETE', `/v1/images?imageDigests=${asked}&force=true`)).json);
  assert.deepEqual(
    forced.map(({ status }) => status),
    ['deleting', 'not_found', 'deleting', 'deleting'],
  );
  assert.deepEqual(await digests('?image_status=all'), []);
  for (const query of ['', '?imageDigests=']) assert.equal((await ask('DELETE', `/v1/images${query}`)).status, 400);
});

test('an index goes with all its images, by its digest and by that of the image that stands for it; another of them goes alone', async () => {
  const { ask, registry, analyzed, digests } = await withAccount();
  const tag = `${registry}/team/app:multi`;
  const [arm64, amd64] = indexed.manifests.map(({ digest }) => digest);
  const remove = async (digest: string | undefined) =>
    fits(imageDeletion, (await ask('DELETE', `/v1/images/${digest}?force=true`)).json).status;
  for (const digest of [indexed.digest, amd64]) {
    await analyzed(tag);
    assert.equal((await digests()).length, 2);
    assert.equal(await remove(digest), 'deleting');
    assert.deepEqual(await digests('?image_status=all'), []);
    assert.equal((await ask('GET', `/v1/images?fulltag=${tag}`)).status, 404);
  }
  await analyzed(tag);
  assert.equal(await remove(arm64), 'deleting');
  assert.deepEqual(await digests(), [amd64]);
});

test('an image that was deleted comes back when it is added again, and is analyzed anew', async () => {
  const { ask, registry, analyzed, digests } = await withAccount();
  const tag = `${registry}/team/app:v1`;
  await analyzed(tag);
  await ask('DELETE', `/v1/images/${alpineApp.digest}?force=true`);
  const record = await analyzed(tag);
  assert.deepEqual([record.analysis_status, await digests()], ['analyzed', [alpineApp.digest]]);
  const content = await ask<{ content: object[] }>('GET', `/v1/images/${alpineApp.digest}/content/os`);
  assert.equal(content.json.content.length, 2);
});
