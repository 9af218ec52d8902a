import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Package } from '#core/package.ts';
import { contentTypes } from '#functions/api/content-types.ts';

function found(more: Partial<Package>): Package {
  return {
    ...{ type: 'rpm', name: 'bash', version: '5.1.8-6.el9', arch: 'x86_64', source: null, origin: null },
    ...{ purl: '', paths: ['/var/lib/rpm/rpmdb.sqlite'], layer: null, licenses: [], vendor: null, size: null },
    files: [],
    ...more,
  };
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
  assert.deepEqual(contentTypes.os(shadow), [
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
  const types = (['deb', 'rpm', 'apk'] as const).flatMap((type) => contentTypes.os(found({ type })));
  assert.deepEqual(
    types.map((item) => 'type' in item && item.type),
    ['dpkg', 'rpm', 'APKG'],
  );
});

test('what a package does not say is Unknown', () => {
  const [item] = contentTypes.os(found({}));
  assert.deepEqual(item, {
    ...{ package: 'bash', version: '5.1.8-6.el9', license: 'Unknown', licenses: ['Unknown'], origin: 'Unknown' },
    ...{ size: 'Unknown', type: 'rpm', cpes: [], sourcepkg: 'bash' },
  });
});

test('a package of a language is an item a place, and stands under its own type only', () => {
  const npm = found({ type: 'npm', paths: ['/a/package.json', '/b/package.json'] });
  assert.deepEqual(
    contentTypes.npm(npm).map((item) => 'location' in item && item.location),
    ['/a/package.json', '/b/package.json'],
  );
  assert.deepEqual([contentTypes.os(npm), contentTypes.python(npm), contentTypes.go(npm)], [[], [], []]);
});

test('a Python package lies where it is imported from, whatever form its metadata has', () => {
  const location = (path: string, name: string, files: string[]) =>
    contentTypes
      .python(found({ type: 'python', name, paths: [path], files }))
      .map((item) => 'location' in item && item.location);
  const site = '/usr/lib/python3/site-packages';
  const yaml = [`${site}/yaml/__init__.py`, `${site}/yaml/nodes.py`, `${site}/PyYAML-6.0.dist-info/METADATA`];
  assert.deepEqual(location(`${site}/PyYAML-6.0.dist-info/METADATA`, 'PyYAML', yaml), [`${site}/yaml`]);
  assert.deepEqual(location(`${site}/six-1.0.dist-info/METADATA`, 'six', [`${site}/six.py`]), [`${site}/six`]);
  const both = [`${site}/_distutils_hack/x.py`, `${site}/setuptools/y.py`, '/elsewhere/z.py'];
  assert.deepEqual(location(`${site}/setuptools-65.dist-info/METADATA`, 'setuptools', both), [`${site}/setuptools`]);
  for (const path of [`${site}/old-1.egg-info`, `${site}/old.egg-info/PKG-INFO`, `${site}/old-1.egg/EGG-INFO/PKG-INFO`])
    assert.deepEqual(location(path, 'old', []), [`${site}/old`], path);
});
