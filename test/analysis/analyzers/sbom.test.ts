import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sbom } from '#analysis/analyzers/sbom.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const cyclonedx = (...components: readonly unknown[]) =>
  JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components });
const found = (text: string, path = 'a.cdx.json') => {
  const { packages, notes } = analyzeFiles(sbom, { [path]: text });
  return { packages: packages.map(({ type, name, version }) => `${type} ${name} ${version}`), notes };
};

test('documents are known by their names and folders', () => {
  for (const path of [
    'bom.json',
    'a/sbom.json',
    'a/x.spdx.json',
    'a/x.cdx.json',
    'x.spdx',
    'usr/share/sbom/x.json',
    'var/lib/db/sbom/x.json',
    'p.dist-info/sboms/auditwheel.cdx.json',
  ])
    assert.equal(sbom.wants(path, 1, 0o644), true, path);
  for (const path of [
    'package.json',
    'a/mybom.json',
    'x.spdx.txt',
    'usr/share/sbom/a/x.json',
    'opt/bitnami/redis/.spdx-redis.spdx',
    'manifest.json',
  ])
    assert.equal(sbom.wants(path, 1, 0o644), false, path);
});

test('components within components count, as deep as they go', () => {
  const depth = 100_000;
  const deepest = `${'{"components":['.repeat(depth)}{"purl":"pkg:npm/deepest@1"}${']}'.repeat(depth)}`;
  const text = `{"bomFormat":"CycloneDX","components":[{"purl":"pkg:npm/a@1","components":[{"purl":"pkg:npm/b@2"}]},${deepest}]}`;
  assert.deepEqual(found(text).packages.sort(), ['npm a 1', 'npm b 2', 'npm deepest 1']);
});

test('names and versions are those that the analyzers of these kinds give', () => {
  for (const [purl, want] of [
    ['pkg:npm/%40a/b@1.0.0', 'npm @a/b 1.0.0'],
    ['pkg:maven/org.a/b@1.0?type=jar', 'java org.a:b 1.0'],
    ['pkg:golang/example.org/a/b@v1.0.0', 'golang example.org/a/b v1.0.0'],
    ['pkg:composer/a/b@1.0', 'composer a/b 1.0'],
    ['pkg:rpm/fedora/a@1.0-1.fc40?arch=x86_64&epoch=2', 'rpm a 2:1.0-1.fc40'],
    ['pkg:rpm/fedora/a@1.0-1.fc40?epoch=0', 'rpm a 1.0-1.fc40'],
    ['pkg:deb/debian/a@1:2.0-1?arch=amd64', 'deb a 1:2.0-1'],
    ['pkg:ebuild/app/a@1.0', 'portage a 1.0'],
    ['pkg:generic/a@1.0', 'binary a 1.0'],
  ] as const)
    assert.deepEqual(found(cyclonedx({ purl })).packages, [want], purl);
});

test('a version beside the purl counts where the purl has none; without any there is no package', () => {
  assert.deepEqual(
    found(cyclonedx({ purl: 'pkg:npm/a', version: '2.0' }, { purl: 'pkg:npm/b' }, { purl: 'pkg:npm/c', version: 7 })),
    { packages: ['npm a 2.0'], notes: [] },
  );
});

test('licences and suppliers are told in any of their forms', () => {
  const text = cyclonedx({
    purl: 'pkg:npm/a@1',
    supplier: { name: 'Harbour' },
    author: 'x',
    licenses: [
      { license: { id: 'MIT' } },
      { license: { name: 'Apache License 2.0' } },
      { expression: 'ISC OR BSD-2-Clause' },
      7,
    ],
  });
  const [one] = analyzeFiles(sbom, { 'bom.json': text }).packages;
  assert.deepEqual(one?.licenses, ['MIT', 'Apache-2.0', 'ISC', 'BSD-2-Clause']);
  assert.equal(one?.vendor, 'Harbour');
  assert.equal(one?.declared, 'sbom');
});

test('kinds that are not known are counted in one note, images and repositories are no packages', () => {
  const { packages, notes } = analyzeFiles(sbom, {
    'a.cdx.json': cyclonedx(
      { purl: 'pkg:huggingface/a/b@1' },
      { purl: 'pkg:oci/a@1' },
      { purl: 'pkg:github/a/b@1' },
      { purl: 'pkg:qpkg/a@1' },
    ),
    'b.cdx.json': cyclonedx({ purl: 'pkg:huggingface/a/c@1' }),
  });
  assert.deepEqual(packages, []);
  assert.deepEqual(notes, [
    'null: packages of kinds that are not known, stated by SBOMs, are left out: huggingface (2), qpkg (1)',
  ]);
});

test('what shows no sign of being an SBOM is nothing, what shows one and is broken is a note', () => {
  for (const text of [
    '',
    '[]',
    '{}',
    '{"parts":[]}',
    'bom',
    '# a list\n',
    '<bom/>',
    '{"components":[{"purl":"pkg:npm/a@1"}]}',
  ])
    assert.deepEqual(found(text, 'bom.json'), { packages: [], notes: [] }, text);
  assert.match(found('{"bomFormat":"CycloneDX","components":[').notes[0]!, /is not JSON/);
  assert.match(found(`{"bomFormat":"CycloneDX","x":"${'x'.repeat(26_000_000)}"}`).notes[0]!, /JSON is read up to/);
  for (const components of ['x', 7, null, { a: 1 }, [null, 7, [], { purl: 7 }, { purl: 'x' }, { purl: 'pkg:npm/%' }]])
    assert.deepEqual(found(JSON.stringify({ bomFormat: 'CycloneDX', components })), { packages: [], notes: [] });
  for (const packages of ['x', [null, { externalRefs: 7 }, { externalRefs: [null, { referenceType: 'purl' }] }]])
    assert.deepEqual(found(JSON.stringify({ spdxVersion: 'SPDX-2.2', packages })), { packages: [], notes: [] });
});

test('more packages than fifty thousand of a document are not kept', () => {
  const { packages, notes } = found(
    cyclonedx(...Array.from({ length: 50_001 }, (_, at) => ({ purl: `pkg:npm/p${at}@1` }))),
  );
  assert.equal(packages.length, 50_000);
  assert.match(notes[0]!, /more than the 50000 packages kept/);
});

test('tags in front of any package, and after the packages, belong to none', () => {
  const text =
    'SPDXVersion: SPDX-2.2\nExternalRef: PACKAGE-MANAGER purl pkg:npm/none@1\nPackageName: a\nExternalRef: PACKAGE_MANAGER purl pkg:npm/a@1\nExternalRef: PACKAGE-MANAGER purl pkg:npm/second@1\nPackageName: b\nPackageVersion: 3\nFileName: x\nExternalRef: PACKAGE-MANAGER purl pkg:npm/file@1\n';
  assert.deepEqual(found(`# made by hand\r\n${text.replaceAll('\n', '\r\n')}`, 'x.spdx').packages, ['npm a 1']);
});
