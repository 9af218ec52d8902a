import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { python } from '#analysis/analyzers/python.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const metadata = 'Metadata-Version: 2.1\nName: Zope.Interface\nVersion: 5.4.0\n\nText\n';
const site = 'usr/lib/python3.11/site-packages';

test('a distribution is found by its metadata wherever it lies', () => {
  for (const path of [
    `${site}/zope.interface-5.4.0.dist-info/METADATA`,
    'usr/lib/python3/dist-packages/zope.interface-5.4.0.egg-info/PKG-INFO',
    'usr/lib/python3/dist-packages/zope.interface-5.4.0.egg-info',
    'opt/venv/lib/python3.8/site-packages/zope.interface-5.4.0-py3.8.egg/EGG-INFO/PKG-INFO',
    'srv/app/src/zope.interface.egg-info/PKG-INFO',
    'zope.interface-5.4.0.dist-info/METADATA',
  ]) {
    const { packages, notes } = analyzeFiles(python, { [path]: metadata });
    assert.deepEqual(
      packages.map(({ name, version, purl, evidence }) => ({ name, version, purl, path: evidence.path })),
      [{ name: 'Zope.Interface', version: '5.4.0', purl: 'pkg:pypi/zope-interface@5.4.0', path }],
    );
    assert.deepEqual(notes, []);
  }
});

test('other files, and what pip left of a broken uninstallation, are no distributions', () => {
  for (const path of [
    `${site}/zope/METADATA`,
    `${site}/zope.interface-5.4.0/PKG-INFO`,
    `${site}/~ope.interface-5.4.0.dist-info/METADATA`,
    `${site}/zope.dist-info/entry_points.txt`,
    `${site}/zope.dist-info/licenses/METADATA`,
    'METADATA',
    'PKG-INFO',
  ]) {
    assert.equal(python.wants(path, 100, 0o644), false, path);
  }
});

test('the files of a wheel are those of its RECORD, scripts above the folder included', () => {
  const { packages } = analyzeFiles(python, {
    [`${site}/z-5.4.0.dist-info/METADATA`]: metadata,
    [`${site}/z-5.4.0.dist-info/RECORD`]:
      'z/__init__.py,sha256=x,10\n../../../bin/z,sha256=y,32\n/etc/z.conf,,\n../../../../../../../../outside,,\nz/__init__.py,,\n',
  });
  assert.deepEqual(packages[0]?.files, ['/etc/z.conf', '/outside', '/usr/bin/z', `/${site}/z/__init__.py`]);
  assert.equal(packages[0]?.size, 42);
});

test('an egg owns what installed-files.txt lists, else what there is of its sources', () => {
  const egg = 'usr/lib/python3/dist-packages/z.egg-info';
  const listed = analyzeFiles(python, {
    [`${egg}/PKG-INFO`]: metadata,
    [`${egg}/installed-files.txt`]: '../z/__init__.py\r\nPKG-INFO\r\n',
    [`${egg}/SOURCES.txt`]: 'setup.py\n',
  });
  assert.deepEqual(listed.packages[0]?.files, [`/${egg}/PKG-INFO`, '/usr/lib/python3/dist-packages/z/__init__.py']);
  const sources = analyzeFiles(python, {
    [`${egg}/PKG-INFO`]: metadata,
    [`${egg}/SOURCES.txt`]: 'setup.py\nz/__init__.py\n',
    'usr/lib/python3/dist-packages/z/__init__.py': '',
  });
  assert.deepEqual(sources.packages[0]?.files, ['/usr/lib/python3/dist-packages/z/__init__.py']);
});

test('what was installed from version control names its commit, and no password', () => {
  const folder = `${site}/z-5.4.0.dist-info`;
  const { packages } = analyzeFiles(python, {
    [`${folder}/METADATA`]: metadata,
    [`${folder}/direct_url.json`]: JSON.stringify({
      url: 'https://jo:secret@example.org/z.git',
      vcs_info: { vcs: 'git', commit_id: '0123abcd', requested_revision: 'main' },
    }),
    [`${folder}/INSTALLER`]: 'pip\n',
  });
  assert.equal(
    packages[0]?.purl,
    'pkg:pypi/zope-interface@5.4.0?vcs_url=git%2Bhttps:%2F%2Fexample.org%2Fz.git%400123abcd',
  );
  const editable = analyzeFiles(python, {
    [`${folder}/METADATA`]: metadata,
    [`${folder}/direct_url.json`]: JSON.stringify({ url: 'file:///src/z', dir_info: { editable: true } }),
  });
  const signed = analyzeFiles(python, {
    [`${folder}/METADATA`]: metadata,
    [`${folder}/direct_url.json`]: '{"url":"https://u@example.org/z.whl?sig=secret#sha256=0","archive_info":{}}',
  });
  assert.deepEqual(signed.packages[0]?.metadata, { url: 'https://example.org/z.whl' });
  assert.equal(editable.packages[0]?.purl, 'pkg:pypi/zope-interface@5.4.0');
});

test('what a distribution needs is told without extras, and who installed it', () => {
  const folder = `${site}/z-5.4.0.dist-info`;
  const needs = [
    'knot (>=2)',
    'rope[fast]>=1; python_version < "3"',
    'sail; extra == "wind"',
    'knot',
    '-bad',
    'rum @ https://x',
  ];
  const { packages } = analyzeFiles(python, {
    [`${folder}/METADATA`]: `Name: z\nVersion: 5\n${needs.map((text) => `Requires-Dist: ${text}\n`).join('')}\n`,
    [`${folder}/INSTALLER`]: 'rpm\n',
  });
  assert.deepEqual(packages[0]?.requires, ['knot', 'rope', 'rum']);
  assert.deepEqual(packages[0]?.metadata, { installer: 'rpm' });
  const egg = analyzeFiles(python, {
    'srv/z.egg-info/PKG-INFO': metadata,
    'srv/z.egg-info/requires.txt': 'knot>=2\n\nrope\n[wind]\nsail\n',
  });
  assert.deepEqual(egg.packages[0]?.requires, ['knot', 'rope']);
});

test('an egg that is one file is a distribution, any other file of that name is nothing, and a damaged one a note', () => {
  const path = join(import.meta.dirname, '../python/installed-by-pip-and-uv/tree/opt/eggs/Sea.Chantey-1!0.9-py3.8.egg');
  const egg = readFileSync(path);
  const { packages } = analyzeFiles(python, { 'opt/a.egg': egg });
  assert.deepEqual(
    packages.map(({ name, version, evidence, inside }) => [name, version, evidence.path, inside]),
    [['Sea.Chantey', '1!0.9', 'opt/a.egg', 'EGG-INFO/PKG-INFO']],
  );
  for (const bytes of [Buffer.alloc(0), Buffer.from('no zip'), Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1')]) {
    assert.deepEqual(analyzeFiles(python, { 'opt/a.egg': bytes }), { packages: [], notes: [] });
  }
  const directory = egg.indexOf('PK\x01\x02', 0, 'latin1');
  const damaged = Buffer.from(egg);
  damaged.fill(0xff, directory + 4 + 46, directory + 4 + 90);
  const found = analyzeFiles(python, { 'opt/a.egg': damaged, 'srv/z.egg-info/PKG-INFO': metadata });
  assert.deepEqual(
    found.packages.map(({ name }) => name),
    ['Zope.Interface'],
  );
  assert.equal(found.notes.length, 1);
});

test('broken metadata is a note, and broken files beside good metadata do not lose the distribution', () => {
  const folder = `${site}/z-5.4.0.dist-info`;
  assert.deepEqual(analyzeFiles(python, { [`${folder}/METADATA`]: 'Name: z\n' }), {
    packages: [],
    notes: [`${folder}/METADATA: metadata of 'z' has no valid Version`],
  });
  const { packages, notes } = analyzeFiles(python, {
    [`${folder}/METADATA`]: metadata,
    [`${folder}/direct_url.json`]: '{',
    [`${folder}/RECORD`]: Buffer.from([0xff, 0x00, 0x0a, 0x22]),
  });
  assert.equal(packages.length, 1);
  assert.deepEqual(notes, [`${folder}/direct_url.json: is not JSON`]);
});

test('a list of files without end is kept up to its limit, with a note', () => {
  const { packages, notes } = analyzeFiles(python, {
    [`${site}/z.dist-info/METADATA`]: metadata,
    [`${site}/z.dist-info/RECORD`]: Array.from({ length: 300_000 }, (_, index) => `z/${index},,\n`).join(''),
  });
  assert.equal(packages[0]?.files.length, 250_000);
  assert.match(notes.join(), /RECORD: lists more files than the first 250000/);
});
