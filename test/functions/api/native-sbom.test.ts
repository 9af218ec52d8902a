import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readSyft } from '#analysis/imports/syft.ts';
import type { Image } from '#catalog/image.ts';
import { nativeSbom } from '#functions/api/native-sbom.ts';
import { somePackage, someReport } from '#test/support/reports.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;
const image = { digest, imageId: 'b'.repeat(64) } as Image;

async function written(...packages: Parameters<typeof someReport>[0]) {
  const distro = { id: 'debian', versionId: '12', codename: null, name: 'Debian', idLike: ['a', 'b'] };
  const { bytes, ...rest } = nativeSbom(image, someReport(packages, { distro }));
  const pieces = await Array.fromAsync(bytes);
  return { ...rest, document: JSON.parse(gunzipSync(Buffer.concat(pieces)).toString()) };
}

test('the document is a gzip file with the name that clients of the original know', async () => {
  const { type, name, document } = await written(somePackage({ type: 'npm', name: 'left-pad', version: '1.0.0' }));
  assert.deepEqual([type, name], ['application/gzip', `${digest}_native.json.gzip`]);
  const { artifacts, source, descriptor, schema, distro } = document;
  assert.deepEqual([artifacts[0].name, artifacts[0].type, artifacts[0].language], ['left-pad', 'npm', 'javascript']);
  assert.deepEqual([source.type, descriptor.name, schema.version], ['image', 'plimsoll', '1.1.0']);
  assert.deepEqual(distro, { name: 'debian', version: '12', idLike: 'a b' });
});

test('what is written is read again as it was: an image can be told of by it elsewhere', async () => {
  const packages = [
    somePackage({
      ...{ type: 'deb', name: 'libssl3', version: '3.0.11-1', arch: 'amd64', source: 'openssl 3.0.11-1' },
      ...{ origin: { name: 'openssl', version: '3.0.11-1' }, licenses: ['Apache-2.0'], size: 7 },
      purl: 'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl',
    }),
    somePackage({
      ...{ type: 'rpm', name: 'nodejs', version: '1:16-5', arch: 'x86_64', source: 'nodejs-16-5.src.rpm' },
      origin: { name: 'nodejs', version: '1:16-5' },
      purl: 'pkg:rpm/rhel/nodejs@16-5?arch=x86_64&epoch=1&rpmmod=nodejs:16:1:2&upstream=nodejs-16-5.src.rpm',
    }),
    somePackage({ type: 'java', name: 'org.a:b', version: '1', purl: 'pkg:maven/org.a/b@1' }),
  ];
  const { document } = await written(...packages);
  const read = readSyft(document)!;
  assert.equal(read.unread, 0);
  for (const [at, wanted] of packages.entries()) {
    const { package: found, paths } = read.packages[at]!;
    for (const field of ['type', 'name', 'version', 'arch', 'source', 'origin', 'purl', 'licenses', 'size'] as const)
      assert.deepEqual(found[field], wanted[field], `${wanted.name} ${field}`);
    assert.deepEqual(paths, wanted.paths);
  }
  assert.equal(read.distro?.id, 'debian');
});

test('an image without packages has a document too', async () => {
  assert.deepEqual((await written()).document.artifacts, []);
});
