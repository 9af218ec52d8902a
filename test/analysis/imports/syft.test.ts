import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSyft } from '#analysis/imports/syft.ts';

const one = (artifact: object, distro: object = {}) => readSyft({ artifacts: [artifact], distro })!;

test('a Debian package has the source package that its metadata names', () => {
  const purl = 'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&upstream=openssl&distro=debian-12';
  const metadata = { source: 'openssl', sourceVersion: '3.0.11-1~src', architecture: 'amd64' };
  const { packages } = one({ name: 'libssl3', version: '3.0.11-1', purl, metadata });
  const { package: found } = packages[0]!;
  assert.deepEqual([found.type, found.arch, found.source], ['deb', 'amd64', 'openssl 3.0.11-1~src']);
  assert.deepEqual(found.origin, { name: 'openssl', version: '3.0.11-1~src' });
  const own = one({
    name: 'bash',
    version: '5.2',
    purl: 'pkg:deb/debian/bash@5.2?arch=amd64',
    metadata: { source: '' },
  });
  assert.deepEqual(own.packages[0]!.package.origin, { name: 'bash', version: '5.2' });
});

test('an rpm has its epoch, its source and the stream of its module', () => {
  const purl = 'pkg:rpm/rhel/nodejs@16.14.0-5.module?arch=x86_64&epoch=1&upstream=nodejs-16.14.0-5.module.src.rpm';
  const metadata = { sourceRpm: 'nodejs-16.14.0-5.module.src.rpm', modularityLabel: 'nodejs:16:1:2', size: 7 };
  const { package: found } = one({ name: 'nodejs', version: '1:16.14.0-5.module', purl, metadata }).packages[0]!;
  assert.deepEqual([found.version, found.size], ['1:16.14.0-5.module', 7]);
  assert.deepEqual(found.origin, { name: 'nodejs', version: '1:16.14.0-5.module' });
  assert.match(found.purl, /rpmmod=nodejs:16:1:2|rpmmod=nodejs%3A16%3A1%3A2/);
});

test('what a package is judged by stands in its URL, whatever its document says in it', () => {
  const judged = (name: string, purl: string, metadata: object) =>
    one({ name, version: '1', purl, metadata }).packages[0]!.package.purl;
  const deb = 'pkg:deb/debian/a@1?upstream=honest%402';
  assert.match(judged('a', deb, { source: 'b', sourceVersion: '9' }), /upstream=b(@|%40)9/);
  assert.doesNotMatch(judged('a', deb, {}), /upstream/);
  assert.match(judged('a', deb, { source: 'b' }), /upstream=b(&|$)/);
  assert.match(judged('a', 'pkg:rpm/rhel/a@1', { sourceRpm: 'b-7-8.src.rpm' }), /upstream=b-7-8\.src\.rpm/);
  const cpes = (cpe: string) => one({ name: 'a', purl: 'pkg:generic/a@1', cpes: [cpe] }).packages[0]!.package.purl;
  assert.notEqual(cpes('cpe:2.3:a:a:a:1:*:*:*:*:*:*:*'), cpes('cpe:2.3:a:a:b:1:*:*:*:*:*:*:*'));
});

test('names of languages are those that the analyzers give', () => {
  const named = (purl: string) => one({ name: 'x', version: '1', purl }).packages[0]!.package.name;
  assert.equal(named('pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1'), 'org.apache.logging.log4j:log4j-core');
  assert.equal(named('pkg:npm/%40babel/core@7.0.0'), '@babel/core');
  assert.equal(named('pkg:golang/golang.org/x/net@v0.1.0'), 'golang.org/x/net');
});

test('a program without a package manager keeps its CPEs, in both forms in which they are written', () => {
  const cpe = 'cpe:2.3:a:nodejs:node.js:18.0.0:*:*:*:*:*:*:*';
  for (const cpes of [[cpe], [{ cpe, source: 'generated' }]])
    assert.deepEqual(
      one({ name: 'node', version: '18.0.0', purl: 'pkg:generic/node@18.0.0', cpes }).packages[0]!.package.cpes,
      [cpe],
    );
});

test('the distribution is read as first and later versions of the form write it', () => {
  const first = one({}, { name: 'debian', version: '11', idLike: '' }).distro;
  assert.deepEqual([first?.id, first?.versionId, first?.idLike], ['debian', '11', []]);
  const later = one(
    {},
    { prettyName: 'Rocky Linux 9', name: 'Rocky Linux', id: 'rocky', idLike: ['rhel', 'fedora'], versionID: '9.3' },
  );
  assert.deepEqual(later.distro, {
    ...{ id: 'rocky', versionId: '9.3', codename: null, name: 'Rocky Linux 9', idLike: ['rhel', 'fedora'] },
  });
  assert.equal(readSyft({ artifacts: [] })!.distro, null);
});

test('what cannot be read is counted, and what is no such document is none', () => {
  const { packages, unread } = readSyft({
    artifacts: [
      null,
      7,
      {},
      { purl: 'pkg:unheard-of/x@1' },
      { purl: 'pkg:npm/a@1', locations: [{ path: 'a\0b' }, { path: 'srv/a' }] },
    ],
  })!;
  assert.equal(unread, 4);
  assert.deepEqual(packages[0]!.paths, ['/srv/a']);
  for (const other of [null, [], {}, { artifacts: {} }, 'artifacts']) assert.equal(readSyft(other), null);
});
