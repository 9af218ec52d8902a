import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packageTypes } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import { contentTypes, packageItems } from '#functions/api/content-types.ts';

function found(more: Partial<Package>): Package {
  return {
    ...{ type: 'rpm', name: 'bash', version: '5.1.8-6.el9', arch: 'x86_64', source: null, origin: null },
    ...{ purl: '', paths: ['/var/lib/rpm/rpmdb.sqlite'], layer: null, licenses: [], vendor: null, size: null },
    files: [],
    ...more,
  };
}

/** The items of a package under a content type. */
function items(type: string, one: Package): readonly Record<string, unknown>[] {
  const make = packageItems(type);
  assert.ok(make, type);
  return make(one) as Record<string, unknown>[];
}

test('a distribution package is shown with version and release joined, its epoch, and its licences', () => {
  const shadow = found({
    name: 'shadow-utils',
    version: '2:4.9-8.el9',
    licenses: ['BSD-3-Clause', 'GPL-2.0-or-later'],
    vendor: 'AlmaLinux',
    size: 3_865_000,
    origin: { name: 'shadow-utils', version: '4.9-8.el9' },
  });
  assert.deepEqual(items('os', shadow), [
    {
      package: 'shadow-utils',
      version: '2:4.9-8.el9',
      license: 'BSD-3-Clause GPL-2.0-or-later',
      licenses: ['BSD-3-Clause', 'GPL-2.0-or-later'],
      origin: 'AlmaLinux',
      size: '3865000',
      type: 'rpm',
      cpes: [],
      sourcepkg: 'shadow-utils',
    },
  ]);
  const types = (['deb', 'rpm', 'apk'] as const).flatMap((type) => items('os', found({ type })));
  assert.deepEqual(
    types.map((item) => item['type']),
    ['dpkg', 'rpm', 'APKG'],
  );
});

test('what a package does not say is Unknown', () => {
  const [item] = items('os', found({}));
  assert.deepEqual(item, {
    ...{ package: 'bash', version: '5.1.8-6.el9', license: 'Unknown', licenses: ['Unknown'], origin: 'Unknown' },
    ...{ size: 'Unknown', type: 'rpm', cpes: [], sourcepkg: 'bash' },
  });
});

test('a package of a language is an item a place, and stands under its own type only', () => {
  const npm = found({ type: 'npm', paths: ['/a/package.json', '/b/package.json'] });
  assert.deepEqual(
    items('npm', npm).map((item) => item['location']),
    ['/a/package.json', '/b/package.json'],
  );
  assert.deepEqual([items('os', npm), items('python', npm), items('go', npm)], [[], [], []]);
});

test('a Python package lies where it is imported from, whatever form its metadata has', () => {
  const location = (path: string, name: string, files: string[]) =>
    items('python', found({ type: 'python', name, paths: [path], files })).map((item) => item['location']);
  const site = '/usr/lib/python3/site-packages';
  const yaml = [`${site}/yaml/__init__.py`, `${site}/yaml/nodes.py`, `${site}/PyYAML-6.0.dist-info/METADATA`];
  assert.deepEqual(location(`${site}/PyYAML-6.0.dist-info/METADATA`, 'PyYAML', yaml), [`${site}/yaml`]);
  assert.deepEqual(location(`${site}/six-1.0.dist-info/METADATA`, 'six', [`${site}/six.py`]), [`${site}/six`]);
  const both = [`${site}/_distutils_hack/x.py`, `${site}/setuptools/y.py`, '/elsewhere/z.py'];
  assert.deepEqual(location(`${site}/setuptools-65.dist-info/METADATA`, 'setuptools', both), [`${site}/setuptools`]);
  for (const path of [`${site}/old-1.egg-info`, `${site}/old.egg-info/PKG-INFO`, `${site}/old-1.egg/EGG-INFO/PKG-INFO`])
    assert.deepEqual(location(path, 'old', []), [`${site}/old`], path);
});

test('an archive of Java says the versions that it says itself, and what holds it', () => {
  const metadata = {
    ...{ 'specification-version': '1.8', 'implementation-version': '1.8.2', 'maven-version': '1.8.2' },
    ...{ origin: 'org.harbour', extension: 'jar', 'pom.properties': 'groupId=org.harbour' },
  };
  const paths = ['/srv/app.war:WEB-INF/lib/keel-1.8.2.jar'];
  assert.deepEqual(
    items(
      'java',
      found({ type: 'java', name: 'org.harbour:keel', version: '1.8.2', paths, metadata, cpes: ['cpe:x'] }),
    ),
    [
      {
        ...{ package: 'keel', type: 'JAVA-JAR', location: paths[0], version: '1.8.2', 'maven-version': '1.8.2' },
        ...{ 'specification-version': '1.8', 'implementation-version': '1.8.2', origin: 'org.harbour' },
        ...{ license: 'Unknown', licenses: ['Unknown'], cpes: ['cpe:x'] },
        metadata: { 'pom.properties': 'groupId=org.harbour' },
      },
    ],
  );
  const [bare] = items('java', found({ type: 'java', name: 'hull', version: '1', paths: ['/srv/hull.war'] }));
  assert.deepEqual(
    [bare?.['type'], bare?.['specification-version'], bare?.['metadata']],
    ['JAVA-WAR', 'N/A', { 'pom.properties': 'None' }],
  );
});

test('every ecosystem has a content type, by its own name or that of its language', () => {
  assert.deepEqual(contentTypes.slice(0, 9), [
    ...['os', 'files', 'npm', 'gem', 'python', 'java', 'binary', 'go', 'malware'],
  ]);
  for (const type of packageTypes) {
    const shown = contentTypes.filter((one) => (packageItems(one)?.(found({ type })) ?? []).length > 0);
    assert.equal(shown.length, 1, `${type}: ${shown}`);
  }
  const crate = found({ type: 'cargo', name: 'serde', version: '1.0.0', paths: ['/app'], declared: 'lock' });
  assert.deepEqual(items('rust', crate), items('cargo', crate));
  assert.deepEqual(items('rust', crate)[0], {
    ...{ package: 'serde', type: 'CARGO', location: '/app', version: '1.0.0', origin: 'Unknown' },
    ...{ license: 'Unknown', licenses: ['Unknown'], cpes: [], declared: 'lock' },
  });
  for (const type of ['files', 'malware', 'manifest', 'cobol', 'toString', 'deb'])
    assert.equal(packageItems(type), null, type);
});
