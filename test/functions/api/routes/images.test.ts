import assert from 'node:assert/strict';
import { test } from 'node:test';
import { images } from '#schema/api/images.ts';
import { errorAnswer } from '#schema/api/system.ts';
import { alpineApp, alpineAppNext, indexed, otherArchitecture, signature } from '#test/support/api-images.ts';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { admin, ann, apiServer, type ImageRecord } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const nobody = `sha256:${'0'.repeat(64)}`;

test('an image that is added is analysed, and its record says what it is', async () => {
  const { ask, analyzed, registry } = await apiServer();
  const { digest, configDigest } = alpineApp;
  const imageId = configDigest.slice(7);
  await analyzed(`${registry}/team/app:v1`);
  const [record, ...more] = fits(images, (await ask('GET', `/v1/images/${digest}`)).json);
  assert.equal(more.length, 0);
  const { created_at, last_updated, analyzed_at, image_detail, ...rest } = record!;
  assert.deepEqual(rest, {
    ...{ imageDigest: digest, parentDigest: digest, userId: 'admin', image_type: 'docker', annotations: {} },
    platform: 'linux/amd64',
    ...{ image_status: 'active', analysis_status: 'analyzed', analysis_status_detail: null, removed_at: null },
    image_content: {
      metadata: {
        ...{ arch: 'amd64', distro: 'alpine', distro_version: '3.20.3', dockerfile_mode: 'Guessed' },
        ...{ image_size: alpineApp.layers.reduce((sum, { bytes }) => sum + bytes.length, 0), layer_count: 2 },
      },
    },
  });
  for (const time of [created_at, last_updated, analyzed_at])
    assert.match(time ?? '', /^\d{4}(-\d\d){2}T(\d\d:){2}\d\dZ$/);
  const detail = image_detail.find(({ fulltag }) => fulltag === `${registry}/team/app:v1`);
  const since = detail!.created_at;
  assert.deepEqual(detail, {
    ...{ registry, repo: 'team/app', tag: 'v1', digest, imageDigest: digest, imageId, userId: 'admin' },
    ...{ fulltag: `${registry}/team/app:v1`, fulldigest: `${registry}/team/app@${digest}`, dockerfile: null },
    ...{ created_at: since, last_updated: since, tag_detected_at: since },
  });
  const same = [
    `/images/${digest}`,
    `/v1/images/${digest.replace(':', '%3A')}/?history=false`,
    `/v1/images/by_id/${imageId}`,
    `/v1/images/by_id/${digest}`,
    `/v1/images?fulltag=${registry}/team/app:v1`,
    `/v1/images?fulltag=${registry}/team/app@${digest}&lookuptag=x`,
  ];
  for (const path of same) assert.deepEqual((await ask('GET', path)).json, [record], path);
});

test('adding an image again changes nothing, and a second tag of it is a second detail of one record', async () => {
  const { ask, analyzed, registry } = await apiServer();
  const before = await analyzed(`${registry}/team/app:v1`);
  const again = await ask<ImageRecord[]>('POST', '/v1/images?autosubscribe=True', {
    body: { tag: `${registry}/team/app:v1` },
  });
  assert.deepEqual(again.json, [before]);
  const source = {
    digest: { pullstring: `${registry}/team/app@${alpineApp.digest}`, tag: `${registry}/team/app:also` },
  };
  const [second] = fits(images, (await ask('POST', '/v1/images', { body: { source } })).json);
  assert.equal(second!.analysis_status, 'analyzed');
  assert.deepEqual(
    second!.image_detail.flatMap((detail) => (/^(also|v1)$/.test(detail.tag) ? detail.tag : [])).sort(),
    ['also', 'v1'],
  );
});

test('of an index the linux/amd64 image is taken; the digest of the index leads to it', async () => {
  const { ask, analyzed, registry } = await apiServer();
  const record = await analyzed(`${registry}/team/app:multi`);
  assert.equal(record.parentDigest, indexed.digest);
  assert.equal(record.imageDigest, indexed.manifests[1]!.digest);
  assert.deepEqual((await ask('GET', `/v1/images/${indexed.digest}`)).json, [record]);
  assert.equal((await ask('GET', `/v1/images/${indexed.digest}/content/os`)).status, 200);
  assert.equal((await ask('GET', `/v1/images/by_id/${indexed.digest}/vuln/all`)).status, 200);
});

test('lists hold active images of the account, newest first, and are filtered by state', async () => {
  const { ask, analyzed, registry } = await apiServer();
  await analyzed(`${registry}/team/app:v1`);
  await analyzed(`${registry}/team/app:v2`);
  const all = fits(images, (await ask('GET', '/v1/images')).json);
  const digests = all.map(({ imageDigest }) => imageDigest);
  assert.ok(digests.includes(alpineApp.digest) && digests.includes(alpineAppNext.digest));
  const times = all.map(({ created_at }) => created_at);
  assert.deepEqual(times, times.toSorted().reverse());
  const count = async (query: string) => fits(images, (await ask('GET', `/v1/images?${query}`)).json).length;
  assert.equal(await count('image_status=all&analysis_status=analyzed'), all.length);
  assert.equal(await count('image_status=deleting'), 0);
  assert.equal(await count('analysis_status=analysis_failed'), 0);
  const own = await ask('GET', '/v1/images', { sender: ann });
  assert.deepEqual([own.status, own.json], [200, []], 'another account sees nothing of it');
});

test('a tag is what it points to now; with its history, all that it pointed to', async () => {
  const { ask, registry } = await apiServer();
  const add = (digest: string, created_at: string) =>
    ask('POST', '/v1/images', { body: { tag: `${registry}/team/app:moved`, digest, created_at } });
  assert.equal((await add(alpineAppNext.digest, '2020-01-02T00:00:00Z')).status, 200);
  assert.equal((await add(alpineApp.digest, '2020-01-01T00:00:00+01:00')).status, 200);
  const digests = async (query: string) =>
    fits(images, (await ask('GET', `/v1/images?fulltag=${registry}/team/app:moved${query}`)).json).map(
      ({ imageDigest }) => imageDigest,
    );
  assert.deepEqual(await digests(''), [alpineAppNext.digest]);
  assert.deepEqual(await digests('&history=False'), [alpineAppNext.digest]);
  assert.deepEqual(await digests('&history=True'), [alpineAppNext.digest, alpineApp.digest]);
});

test('what is not there is told as such', async () => {
  const { ask } = await apiServer();
  for (const path of [`/v1/images/${nobody}`, '/v1/images/no-digest', '/v1/images/by_id/no-id', '/v1/images/a%2Fb']) {
    const answer = await ask('GET', path);
    assert.equal(answer.status, 404, path);
    assert.equal(fits(errorAnswer, answer.json).message, 'image not found in DB');
  }
  const tag = await ask('GET', '/v1/images?fulltag=example.test/nothing:here');
  assert.equal(tag.status, 404);
  assert.equal(fits(errorAnswer, tag.json).message, 'image data not found in DB');
  assert.equal((await ask('GET', '/v1/images?fulltag=no%20tag')).status, 400);
});

test('annotations are merged, the text null removes one, and together they are bounded', async () => {
  const { ask, registry } = await apiServer();
  const tag = `${registry}/team/app:v2`;
  const annotate = (annotations: unknown) => ask<ImageRecord[]>('POST', '/v1/images', { body: { tag, annotations } });
  assert.deepEqual((await annotate({ a: '1', b: '2' })).json[0]!['annotations'], { a: '1', b: '2' });
  assert.deepEqual((await annotate({ b: 'null', c: '3' })).json[0]!['annotations'], { a: '1', c: '3' });
  assert.equal((await annotate({ a: 1 })).status, 400);
  const large = (key: string) => Object.fromEntries([1, 2].map((at) => [key + at, 'x'.repeat(3900)]));
  assert.equal((await annotate({ ...large('d'), ...large('e') })).status, 400);
  assert.equal((await annotate(large('d'))).status, 200);
  assert.equal((await annotate(large('e'))).status, 200);
  const refused = await annotate(large('f'));
  assert.equal(refused.status, 413);
  assert.match(fits(errorAnswer, refused.json).message, /annotations/);
  const none = Object.fromEntries(['a', 'c', 'd1', 'd2', 'e1', 'e2'].map((key) => [key, 'null']));
  assert.deepEqual((await annotate(none)).json[0]!['annotations'], {});
});

test('a Dockerfile comes with a new image, later only by force; the record then holds it', async () => {
  const { ask, until, registry } = await apiServer();
  const dockerfile = Buffer.from('FROM scratch\nUSER nobody\n').toString('base64');
  const sender = { ...admin, account: 'team' };
  const tag = `${registry}/team/app:v2`;
  const add = (query: string) =>
    ask<ImageRecord[]>('POST', `/v1/images${query}`, {
      sender,
      body: { source: { tag: { pullstring: tag, dockerfile } } },
    });
  assert.equal((await add('')).status, 200);
  const refused = await add('');
  assert.equal(refused.status, 400);
  assert.match(fits(errorAnswer, refused.json).message, /dockerfile.*force/);
  const path = `/v1/images/${alpineAppNext.digest}`;
  const state = async () => (await ask<ImageRecord[]>('GET', path, { sender })).json[0]!;
  await until(state, (record) => record.analysis_status === 'analyzed');
  const forced = await add('?force=True');
  assert.equal(forced.json[0]!.analysis_status, 'not_analyzed', 'force analyses again');
  const record = await until(state, ({ analysis_status }) => analysis_status === 'analyzed');
  const [shown] = fits(images, [record]);
  assert.equal(shown!.userId, 'team');
  assert.equal(shown!.image_content.metadata.dockerfile_mode, 'Actual');
  assert.deepEqual(
    shown!.image_detail.map((detail) => detail.dockerfile),
    [dockerfile],
  );
  const content = await ask<{ content: string }>('GET', `${path}/content/dockerfile`, { sender });
  assert.equal(Buffer.from(content.json.content, 'base64').toString(), 'FROM scratch\nUSER nobody\n');
});

test('requests that do not fit together are refused in words', async () => {
  const { ask, registry } = await apiServer();
  const tag = `${registry}/team/app:v1`;
  const { digest } = alpineApp;
  const refused: readonly [unknown, RegExp][] = [
    [{}, /give 'tag'/],
    [{ digest }, /give 'tag'/],
    [{ digest: `${registry}/team/app@${digest}` }, /give 'tag'/],
    [{ tag: 'Not A Tag' }, /not an image reference/],
    [{ tag, digest: 'sha256:short' }, /not an image reference/],
    [{ tag, digest: `example.test/other@${digest}` }, /different repositories/],
    [{ tag: `${tag}@${nobody}`, digest }, /another digest/],
    [{ tag, source: { tag: { pullstring: tag } } }, /either 'source' or 'tag'/],
    [{ source: {} }, /exactly one/],
    [{ source: { archive: { digest }, tag: { pullstring: tag } } }, /exactly one/],
  ];
  for (const [body, words] of refused) {
    const answer = await ask('POST', '/v1/images', { body });
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.match(fits(errorAnswer, answer.json).message, words);
  }
  const force = await ask('POST', '/v1/images?force=true', { body: { tag, digest: nobody } });
  assert.equal(force.status, 400);
  assert.equal(
    fits(errorAnswer, force.json).message,
    'image digest must already exist to force re-analyze using tag+digest',
  );
});

test('what the registry does not give is the answer to the request, with the code of the contract', async () => {
  const { ask, registry } = await apiServer();
  const cases: readonly [string, string][] = [
    [`${registry}/team/app:none`, 'REGISTRY_IMAGE_NOT_FOUND'],
    [`${registry}/no/such:v1`, 'REGISTRY_IMAGE_NOT_FOUND'],
    [`${registry}/team/other`, 'OSARCH_MISMATCH'],
    ['locked.example.test/team/app:v1', 'REGISTRY_PERMISSION_DENIED'],
    ['169.254.169.254/team/app:v1', 'REGISTRY_NOT_ACCESSIBLE'],
  ];
  for (const [tag, code] of cases) {
    const answer = await ask('POST', '/v1/images', { body: { tag } });
    assert.equal(answer.status, 400, tag);
    const { message, httpcode, detail } = fits(errorAnswer, answer.json);
    assert.equal(message, 'cannot fetch image digest/manifest from registry');
    assert.equal(httpcode, 400);
    assert.deepEqual(detail.error_codes, [code], `${tag}: ${detail['raw_exception_message']}`);
    assert.equal(typeof detail['raw_exception_message'], 'string');
  }
  assert.equal((await ask('GET', `/v1/images/${otherArchitecture.digest}`)).status, 404, 'nothing is kept of them');
});

test('a signature is refused as what it is', async () => {
  const { ask, registry } = await apiServer();
  const answer = await ask('POST', '/v1/images', { body: { tag: `${registry}/team/app:${signature.tag}` } });
  assert.equal(answer.status, 400);
  const { message, detail } = fits(errorAnswer, answer.json);
  assert.match(message, /sha256-[0-9a-f]{64}\.sig is not an image: a signature$/);
  assert.deepEqual(detail.error_codes, ['REGISTRY_NOT_SUPPORTED']);
  assert.equal((await ask('GET', `/v1/images/${signature.digest}`)).status, 404);
});

test('a lookup that fails is told in the log of events', async () => {
  const server = await apiServer();
  const sender = await makeUser(server, await makeAccount(server));
  const tag = `${server.registry}/team/app:none`;
  await server.ask('POST', '/v1/images', { sender, body: { tag } });
  const type = 'system.image_analysis.registry_lookup_failed';
  const { json } = await server.ask<{ results: { event: { type: string; resource: { id: string } } }[] }>(
    ...(['GET', `/v1/events?event_type=${type}`, { sender }] as const),
  );
  assert.deepEqual(
    json.results.map(({ event }) => [event.type, event.resource.id]),
    [[type, tag]],
  );
});

test('an image that is asked for again by force and digest is as old as it was, and so is its tag', async () => {
  const server = await apiServer();
  const sender = await makeUser(server, await makeAccount(server));
  const tag = `${server.registry}/team/app:aged`;
  const { digest } = alpineApp;
  const add = (query: string, body: object) =>
    server.ask<ImageRecord[]>('POST', `/v1/images${query}`, { sender, body: { tag, digest, ...body } });
  const created_at = '2020-01-02T00:00:00Z';
  const since = ({ json }: Awaited<ReturnType<typeof add>>) => [json[0]!['created_at'], json[0]!.image_detail.length];
  assert.deepEqual(since(await add('', { created_at })), [created_at, 1]);
  const forced = await add('?force=true', {});
  assert.deepEqual(since(forced), [created_at, 1]);
  const [detail] = forced.json[0]!.image_detail as unknown as { tag_detected_at: string }[];
  assert.equal(detail!.tag_detected_at, created_at);
});

test('an image of the archive is restored by adding it, and told when it is not there', async () => {
  const { ask } = await apiServer();
  const answer = await ask('POST', '/v1/images', { body: { source: { archive: { digest: nobody } } } });
  assert.equal(answer.status, 404, answer.text);
});
