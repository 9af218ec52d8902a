import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composer } from '#analysis/analyzers/composer.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const installed = 'srv/vendor/composer/installed.json';
const one = { name: 'harbour/rope', version: 'v1.4.2', license: 'MIT' };
const versions = (files: Readonly<Record<string, string>>) =>
  analyzeFiles(composer, files).packages.map(({ name, version }) => `${name} ${version}`);

test('what Composer 1 and 2 write is read alike, wherever the folder of vendors is', () => {
  for (const path of [installed, 'vendor/composer/installed.json', 'app/lib/composer/installed.json']) {
    assert.deepEqual(versions({ [path]: JSON.stringify([one]) }), ['harbour/rope v1.4.2'], path);
    assert.deepEqual(versions({ [path]: JSON.stringify({ packages: [one] }) }), ['harbour/rope v1.4.2'], path);
  }
});

test('other files are none of Composer', () => {
  for (const path of [
    'srv/installed.json',
    'srv/vendor/composer/installed.php',
    'srv/mycomposer.lock',
    'composer.json',
  ]) {
    assert.equal(composer.wants(path, 100, 0o644), false, path);
  }
  for (const path of ['composer.lock', 'srv/composer.lock']) assert.equal(composer.wants(path, 100, 0o644), true, path);
});

test('an installed package is not declared, and what a lock file alone names is, for development or not', () => {
  const { packages } = analyzeFiles(composer, {
    [installed]: JSON.stringify([one]),
    'srv/composer.lock': JSON.stringify({ packages: [one], 'packages-dev': [{ name: 'a/b', version: '2' }] }),
  });
  assert.deepEqual(
    packages.map(({ name, declared, metadata }) => [name, declared, metadata]),
    [
      ['harbour/rope', 'lock', undefined],
      ['a/b', 'lock', { dev: 'true' }],
      ['harbour/rope', undefined, undefined],
    ],
  );
});

test('a branch is told with its commit, a release without', () => {
  const reference = '991727f8aa9b59ae5464e885373244a66d0d3c47';
  for (const [version, metadata] of [
    ['dev-main', { commit: reference }],
    ['2.x-dev', { commit: reference }],
    ['2.0.0', undefined],
  ] as const) {
    const { packages } = analyzeFiles(composer, {
      [installed]: JSON.stringify([{ ...one, version, source: { reference } }]),
    });
    assert.deepEqual(packages[0]?.metadata, metadata, version);
  }
});

test('package URLs are in lower case, and what is required are packages only', () => {
  const { packages } = analyzeFiles(composer, {
    [installed]: JSON.stringify([
      {
        ...one,
        name: 'Harbour/Rope',
        require: { php: '>=8', 'ext-json': '*', 'a/b': '^1', 'composer-runtime-api': '^2' },
      },
    ]),
  });
  assert.equal(packages[0]?.purl, 'pkg:composer/harbour/rope@v1.4.2');
  assert.deepEqual(packages[0]?.requires, ['a/b']);
});

test('broken packages are counted in a note and hide no others; foreign documents are nothing', () => {
  const { packages, notes } = analyzeFiles(composer, {
    [installed]: JSON.stringify([
      7,
      null,
      { name: 'x', version: '1' },
      { name: '../../etc/passwd', version: '1' },
      { name: 'a/b', version: 3 },
      { name: 'a/b', version: 'x '.repeat(9) },
      { ...one, license: [{}, 5, 'MIT'], authors: 'me', require: [], source: [] },
    ]),
  });
  assert.deepEqual(
    packages.map(({ name, licenses }) => [name, licenses]),
    [['harbour/rope', ['MIT']]],
  );
  assert.deepEqual(notes, [`${installed}: 6 of its packages have no valid name and version`]);
  for (const text of ['{}', '"x"', 'null', '{"packages":{"a":1}}', '[]']) {
    assert.deepEqual(
      analyzeFiles(composer, { [installed]: text, 'composer.lock': text }),
      { packages: [], notes: [] },
      text,
    );
  }
  assert.match(analyzeFiles(composer, { [installed]: '[' }).notes.join(), /is not JSON/);
});

test('a list without end is kept up to its limit, with a note', () => {
  const { packages, notes } = analyzeFiles(composer, {
    [installed]: JSON.stringify(
      Array.from({ length: 20_010 }, (_, index) => ({ name: `a/p${index}`, version: '1.0' })),
    ),
  });
  assert.equal(packages.length, 20_000);
  assert.match(notes.join(), /lists more than 20000 packages/);
});
