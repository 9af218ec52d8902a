import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { importContent, importContents, importOperation, importOperations } from '#schema/api/imports.ts';
import { images } from '#schema/api/images.ts';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { type ApiServer, apiServer, type Sender } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const diffId = `sha256:${'d'.repeat(64)}`;

/** As Syft writes it, cut to what is read. */
const sbom = {
  artifacts: [
    {
      id: 'a',
      name: 'musl',
      version: '1.1.20-r3',
      type: 'apk',
      locations: [{ path: '/lib/apk/db/installed', layerID: diffId }],
      licenses: ['MIT'],
      language: '',
      cpes: [],
      purl: 'pkg:apk/alpine/musl@1.1.20-r3?arch=x86_64&distro=alpine-3.9.0',
      metadataType: 'ApkMetadata',
      metadata: { originPackage: 'musl', installedSize: 598016, maintainer: 'A <a@example.test>' },
    },
    {
      name: 'left-pad',
      version: '1.0.0',
      type: 'npm',
      locations: [{ path: '/srv/node_modules/left-pad/package.json' }],
      licenses: [{ value: 'WTFPL', spdxExpression: 'WTFPL' }],
      purl: 'pkg:npm/left-pad@1.0.0',
      metadataType: 'NpmPackageJsonMetadata',
    },
    { name: 'odd', version: '1', type: 'mystery', locations: [], licenses: [] },
  ],
  distro: { name: 'alpine', version: '3.9.0', idLike: '' },
  descriptor: { name: 'syft', version: '0.30.1' },
  schema: { version: '1.1.0', url: 'https://example.test' },
  source: { type: 'image', target: {} },
};
const config = {
  architecture: 'amd64',
  os: 'linux',
  config: { Cmd: ['/bin/sh'], ExposedPorts: { '22/tcp': {} } },
  history: [{ created_by: '/bin/sh -c #(nop) ADD file:0' }],
  rootfs: { type: 'layers', diff_ids: [diffId] },
};
const manifest = {
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 7, digest: `sha256:${'c'.repeat(64)}` },
  layers: [
    { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: 11, digest: `sha256:${'b'.repeat(64)}` },
  ],
};
const image = `sha256:${'e'.repeat(64)}`;

interface Importer {
  readonly server: ApiServer;
  readonly sender: Sender;
  begin(): Promise<string>;
  upload(operation: string, kind: string, body: unknown): Promise<string>;
}

async function importer(): Promise<Importer> {
  const server = await apiServer();
  const sender = await makeUser(server, await makeAccount(server, 'importer'));
  return {
    server,
    sender,
    async begin() {
      const { json, status } = await server.ask('POST', '/v1/imports/images', { sender });
      assert.equal(status, 200);
      const { uuid, status: state } = fits(importOperation, json);
      assert.equal(state, 'pending');
      return uuid;
    },
    async upload(operation, kind, body) {
      const answer = await server.ask('POST', `/v1/imports/images/${operation}/${kind}`, { sender, body });
      assert.equal(answer.status, 200, answer.text);
      return fits(importContent, answer.json).digest;
    },
  };
}

async function uploadAll({ upload }: Importer, operation: string) {
  return {
    packages: await upload(operation, 'packages', sbom),
    manifest: await upload(operation, 'manifest', manifest),
    image_config: await upload(operation, 'image_config', config),
    dockerfile: await upload(operation, 'dockerfile', 'FROM scratch\nUSER app\n'),
  };
}

const finish = ({ server, sender }: Importer, source: object) =>
  server.ask('POST', '/v1/images', { sender, body: { source: { import: source } } });

const stateOf = async ({ server, sender }: Importer, operation: string) =>
  fits(importOperation, (await server.ask('GET', `/v1/imports/images/${operation}`, { sender })).json).status;

test('an image is made of what was uploaded, judged by its packages, and nothing is pulled', async () => {
  const here = await importer();
  const { server, sender } = here;
  const operation = await here.begin();
  const contents = await uploadAll(here, operation);
  const tags = ['registry.example.test/team/imported:v1', 'registry.example.test/team/imported:latest'];
  const request = { operation_uuid: operation, digest: image, tags, contents };
  const added = await finish(here, request);
  assert.equal(added.status, 200, added.text);
  const [record] = fits(images, added.json);
  assert.equal(record!.imageDigest, image);
  assert.equal(record!.annotations['anchore.system/import_operation_id'], operation);
  assert.deepEqual(record!.image_detail.map(({ fulltag }) => fulltag).sort(), [...tags].sort());
  const shown = await server.until(
    async () => fits(images, (await server.ask('GET', `/v1/images/${image}`, { sender })).json)[0]!,
    ({ analysis_status: state }) => state === 'analyzed' || state === 'analysis_failed',
  );
  assert.equal(shown.analysis_status, 'analyzed', shown.analysis_status_detail ?? '');
  assert.equal(await stateOf(here, operation), 'complete');

  const os = await server.ask<{ content: { package: string; version: string; sourcepkg: string }[] }>(
    'GET',
    `/v1/images/${image}/content/os`,
    { sender },
  );
  assert.deepEqual(
    os.json.content.map((one) => [one.package, one.version]),
    [['musl', '1.1.20-r3']],
  );
  const npm = await server.ask<{ content: { package: string; location: string; license: string }[] }>(
    'GET',
    `/v1/images/${image}/content/npm`,
    { sender },
  );
  assert.deepEqual(
    npm.json.content.map((one) => [one.package, one.location, one.license]),
    [['left-pad', '/srv/node_modules/left-pad/package.json', 'WTFPL']],
  );
  const files = await server.ask('GET', `/v1/images/${image}/content/files`, { sender });
  assert.equal(files.status, 404, files.text);
  const metadata = await server.ask<{ metadata: string }>('GET', `/v1/images/${image}/metadata/manifest`, { sender });
  assert.deepEqual(JSON.parse(Buffer.from(metadata.json.metadata, 'base64').toString()), manifest);
  const check = await server.ask('GET', `/v1/images/${image}/check?tag=${tags[0]}`, { sender });
  assert.match(check.text, /exposes port \(22\/tcp\)|exposes port \(22\)|HEALTHCHECK/);

  const again = await finish(here, request);
  assert.equal(again.status, 409, 'it is complete');
});

test('parts are named by the digest of their bytes, whatever their media type, and once', async () => {
  const here = await importer();
  const operation = await here.begin();
  const body = '{ "artifacts" : [ ] }\n';
  const digest = createHash('sha256').update(body).digest('hex');
  assert.equal(await here.upload(operation, 'packages', body), digest);
  assert.equal(await here.upload(operation, 'packages', body), digest);
  const list = await here.server.ask('GET', `/v1/imports/images/${operation}/packages`, { sender: here.sender });
  assert.deepEqual(
    fits(importContents, list.json).map((one) => one.digest),
    [digest],
  );
  const none = await here.server.ask('GET', `/v1/imports/images/${operation}/manifest`, { sender: here.sender });
  assert.deepEqual(none.json, []);
});

const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ['packages', 'not json', /not JSON/],
  ['packages', { components: [] }, /no list 'artifacts'/],
  ['manifest', { schemaVersion: 2, manifests: [] }, /parent_manifest/],
  ['manifest', { layers: 'none' }, /not what it should be/],
  ['parent_manifest', manifest, /send it as manifest/],
  ['image_config', { rootfs: { type: 'layers', diff_ids: ['x'] } }, /diff_id/],
];

for (const [kind, body, reason] of wrong)
  test(`${JSON.stringify(body).slice(0, 40)} is refused as ${kind}, and nothing is kept`, async () => {
    const here = await importer();
    const operation = await here.begin();
    const path = `/v1/imports/images/${operation}/${kind}`;
    const answer = await here.server.ask<{ message: string }>('POST', path, { sender: here.sender, body });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.message, reason);
    assert.deepEqual((await here.server.ask('GET', path, { sender: here.sender })).json, []);
  });

test('an empty part is refused', async () => {
  const here = await importer();
  const operation = await here.begin();
  const answer = await here.server.ask('POST', `/v1/imports/images/${operation}/dockerfile`, { sender: here.sender });
  assert.equal(answer.status, 400);
});

test('an image without what it is made of is refused, and the operation stays open', async () => {
  const here = await importer();
  const operation = await here.begin();
  const contents = await uploadAll(here, operation);
  const tags = ['registry.example.test/team/imported:v2'];
  const good = { operation_uuid: operation, digest: image, tags, contents };
  const { image_config: _, ...without } = contents;
  for (const [request, status] of [
    [{ ...good, contents: without }, 400],
    [{ ...good, contents: { ...contents, packages: '0'.repeat(64) } }, 400],
    [{ ...good, digest: 'sha256:1' }, 400],
    [{ ...good, tags: [`registry.example.test/team/imported@${image}`] }, 400],
    [{ ...good, operation_uuid: 'nobody-has-it' }, 404],
  ] as const) {
    const answer = await finish(here, request);
    assert.equal(answer.status, status, answer.text);
  }
  assert.equal(await stateOf(here, operation), 'pending');
});

test('an operation that is given up takes nothing any more, and stays listed', async () => {
  const here = await importer();
  const { server, sender } = here;
  const operation = await here.begin();
  for (let round = 0; round < 2; round++) {
    const given = await server.ask('DELETE', `/v1/imports/images/${operation}`, { sender });
    assert.equal(given.status, 200);
    assert.equal(fits(importOperation, given.json).status, 'invalidated');
  }
  const late = await server.ask('POST', `/v1/imports/images/${operation}/packages`, { sender, body: sbom });
  assert.equal(late.status, 409, late.text);
  const other = await here.begin();
  const all = fits(importOperations, (await server.ask('GET', '/v1/imports/images', { sender })).json);
  assert.deepEqual(new Set(all.map(({ uuid }) => uuid)), new Set([operation, other]));
  assert.equal((await server.ask('GET', '/v1/imports/images/unknown', { sender })).status, 404);
});
