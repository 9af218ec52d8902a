import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentTypes as everyType } from '#functions/api/content-types.ts';
import {
  contentTypes,
  imageContent,
  imageMetadata,
  metadataTypes,
  retrievedFiles,
  textMatches,
} from '#schema/api/images.ts';
import { errorAnswer } from '#schema/api/system.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { apiServer } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const nobody = `sha256:${'0'.repeat(64)}`;

/** The content of the image of all kinds, of one type. */
async function contentOf(type: string) {
  const { ask, analyzed, registry } = await apiServer();
  await analyzed(`${registry}/team/app:v1`);
  const answer = await ask('GET', `/v1/images/${alpineApp.digest}/content/${type}`);
  assert.equal(answer.status, 200, answer.text);
  const { imageDigest, content_type, content } = fits(imageContent, answer.json);
  assert.deepEqual([imageDigest, content_type], [alpineApp.digest, type]);
  return content;
}

const documentOf = async (type: string) => Buffer.from(String(await contentOf(type)), 'base64').toString();

test('the types of content are those of the contract in its order', async () => {
  const { ask, analyzed, registry } = await apiServer();
  await analyzed(`${registry}/team/app:v1`);
  for (const image of [alpineApp.digest, `by_id/${alpineApp.configDigest.slice(7)}`])
    assert.deepEqual(fits(contentTypes, (await ask('GET', `/v1/images/${image}/content`)).json), everyType);
  assert.equal((await ask('GET', `/v1/images/${nobody}/content`)).status, 404);
});

test('packages of the distribution', async () => {
  const common = { version: '1.2.5-r0', type: 'APKG', cpes: [], sourcepkg: 'musl' };
  assert.deepEqual(await contentOf('os'), [
    {
      ...{ package: 'musl', license: 'MIT', licenses: ['MIT'], origin: 'Timo <timo@example.test>', size: '667648' },
      ...common,
    },
    {
      ...{ package: 'musl-utils', license: 'MIT BSD-2-Clause', licenses: ['MIT', 'BSD-2-Clause'], origin: 'Unknown' },
      ...{ size: '139264', ...common },
    },
  ]);
});

test('packages of languages, one item a place', async () => {
  const hull = {
    ...{ package: 'hull', type: 'NPM', version: '1.2.2', origin: 'A. Shipwright', license: 'MIT', licenses: ['MIT'] },
    cpes: [],
  };
  assert.deepEqual(await contentOf('npm'), [
    { ...hull, location: '/srv/node_modules/hull/package.json' },
    { ...hull, location: '/srv/one/node_modules/hull/package.json' },
  ]);
  assert.deepEqual(await contentOf('python'), [
    {
      ...{ package: 'PyShip', type: 'PYTHON', location: '/usr/lib/python3.12/site-packages/ship', version: '2.0' },
      ...{ origin: 'B. Shipwright', license: 'BSD-3-Clause', licenses: ['BSD-3-Clause'], cpes: [] },
    },
  ]);
  assert.deepEqual(await contentOf('go'), [], 'looked for, none found');
});

test('files with mode, owner, target and digest', async () => {
  const files = (await contentOf('files')) as Record<string, unknown>[];
  const named = new Map(files.map((file) => [file['filename'], file]));
  const sha256 = 'd69ea8cda2433733c1ce02de65da8f48e6a3dbba6bb18876a2062908e54ef7cb';
  const busybox = { size: 9, mode: '04755', sha256, type: 'file', uid: 7, gid: 8 };
  assert.deepEqual(named.get('/bin/busybox'), { filename: '/bin/busybox', linkdest: null, ...busybox });
  assert.deepEqual(named.get('/bin/ash'), { filename: '/bin/ash', linkdest: '/bin/busybox', ...busybox });
  assert.deepEqual(named.get('/bin/sh'), {
    ...{ filename: '/bin/sh', linkdest: '/bin/busybox', size: 0, mode: '00777', sha256: null, type: 'slink' },
    ...{ uid: 0, gid: 0 },
  });
  assert.deepEqual(named.get('/etc'), {
    ...{ filename: '/etc', linkdest: null, size: 0, mode: '00755', sha256: null, type: 'dir', uid: 0, gid: 0 },
  });
});

test('documents are base64 in lines: the manifest byte for byte, the history, an empty Dockerfile when none was given', async () => {
  assert.deepEqual(await documentOf('manifest'), alpineApp.bytes.toString());
  assert.match(String(await contentOf('manifest')), /^([A-Za-z0-9+/=]{1,76}\n)+$/);
  const step = { Created: '2024-01-01T00:00:00Z', Comment: '', Tags: [] };
  const [base, program] = JSON.parse(alpineApp.bytes.toString()).layers as { digest: string; size: number }[];
  assert.deepEqual(JSON.parse(await documentOf('docker_history')), [
    { ...step, CreatedBy: 'layer 1', Id: base!.digest, Size: base!.size },
    { ...step, CreatedBy: 'layer 2', Id: program!.digest, Size: program!.size },
  ]);
  assert.equal(await contentOf('dockerfile'), '');
});

test('a type that nobody knows, that was not looked for, of an image that is not there', async () => {
  const { ask, analyzed, registry } = await apiServer();
  await analyzed(`${registry}/team/app:v1`);
  const cases: readonly [string, number, RegExp][] = [
    [`${alpineApp.digest}/content/cobol`, 404, /^content type \(cobol\) not available$/],
    [`${alpineApp.digest}/content/toString`, 404, /not available/],
    [`${alpineApp.digest}/content/malware`, 400, /not available when the image was analyzed/],
    [`${nobody}/content/os`, 404, /not found/],
    [`${alpineApp.digest}/metadata/history`, 404, /^metadata type \(history\) not available$/],
    [`${nobody}/metadata`, 404, /not found/],
    [`${nobody}/metadata/manifest`, 404, /not found/],
    [`${nobody}/artifacts/secret_search`, 404, /not found/],
  ];
  for (const [path, status, words] of cases) {
    const answer = await ask('GET', `/v1/images/${path}`);
    assert.equal(answer.status, status, path);
    assert.match(fits(errorAnswer, answer.json).message, words);
  }
});

test('the same documents are metadata, by digest and by the id of the config', async () => {
  const { ask, analyzed, registry } = await apiServer();
  await analyzed(`${registry}/team/app:v1`);
  for (const image of [alpineApp.digest, `by_id/${alpineApp.configDigest.slice(7)}`]) {
    const types = fits(metadataTypes, (await ask('GET', `/v1/images/${image}/metadata`)).json);
    assert.deepEqual(types, ['manifest', 'docker_history', 'dockerfile']);
    for (const type of types) {
      const { json } = await ask('GET', `/v1/images/${image}/metadata/${type}`);
      assert.deepEqual(fits(imageMetadata, json), {
        ...{ imageDigest: alpineApp.digest, metadata_type: type },
        metadata: await contentOf(type),
      });
    }
  }
});

test('kept files, searched content and secrets are told by path; of what matched, the lines only', async () => {
  const { ask, analyzed, registry } = await apiServer();
  await analyzed(`${registry}/team/app:v1`);
  for (const image of [alpineApp.digest, `by_id/${alpineApp.configDigest.slice(7)}`]) {
    const artifact = async (name: string) => (await ask('GET', `/v1/images/${image}/artifacts/${name}`)).json;
    assert.deepEqual(fits(retrievedFiles, await artifact('retrieved_files')), [
      { path: '/etc/passwd', b64_content: Buffer.from('root:x:0:0::/root:/bin/sh\n').toString('base64') },
    ]);
    assert.deepEqual(fits(textMatches, await artifact('file_content_search')), []);
    const regex = '(?i).*api(-|_)key( *=+ *).*(?<![A-Z0-9])[A-Z0-9]{20,60}(?![A-Z0-9]).*';
    assert.deepEqual(fits(textMatches, await artifact('secret_search')), [
      { path: '/srv/app.env', matches: [{ name: 'API_KEY', regex, lines: [1] }] },
    ]);
  }
});
