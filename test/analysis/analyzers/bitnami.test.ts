import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitnami } from '#analysis/analyzers/bitnami.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

test("only documents under /opt/bitnami count, and only Bitnami's own kind is installed", () => {
  const document = (purl: string) =>
    JSON.stringify({
      spdxVersion: 'SPDX-2.3',
      packages: [{ externalRefs: [{ referenceType: 'purl', referenceLocator: purl }] }],
    });
  const at = (path: string, purl: string) =>
    analyzeFiles(bitnami, { [path]: document(purl) }).packages.map(
      ({ name, version, arch, declared }) => `${name} ${version} ${arch} ${declared}`,
    );
  assert.deepEqual(at('opt/bitnami/redis/.spdx-redis.spdx', 'pkg:bitnami/redis@7.4.1-0?arch=arm64'), [
    'redis 7.4.1-0 arm64 undefined',
  ]);
  assert.deepEqual(at('opt/bitnami/common/bin/.spdx-gosu.spdx', 'pkg:golang/example.org/x@v1.0.0?arch=a'), [
    'example.org/x v1.0.0 null sbom',
  ]);
  assert.deepEqual(at('srv/redis/.spdx-redis.spdx', 'pkg:bitnami/redis@7.4.1-0'), []);
});

test('a list of components is read as far as it can be', () => {
  const list = (text: string) => analyzeFiles(bitnami, { 'opt/bitnami/.bitnami_components.json': text });
  const { packages, notes } = list('{"a":{"version":"1.0-1","arch":7},"b":{"version":2},"c":null}');
  assert.deepEqual(
    packages.map(({ purl }) => purl),
    ['pkg:bitnami/a@1.0-1'],
  );
  assert.deepEqual(notes, []);
  assert.match(list('{').notes[0]!, /is not JSON/);
  assert.match(analyzeFiles(bitnami, { 'opt/bitnami/a/.spdx-a.spdx': '{"spdxVersion":' }).notes[0]!, /is not JSON/);
});
