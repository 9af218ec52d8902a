import assert from 'node:assert/strict';
import { test } from 'node:test';
import { haskell } from '#analysis/analyzers/haskell.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const found = (path: string, text: string) => {
  const { packages, notes } = analyzeFiles(haskell, { [path]: text });
  return { packages: packages.map(({ name, version, declared }) => `${name} ${version} ${declared}`), notes };
};

test('a freeze file names exact versions, on one line or many, with flags and comments between', () => {
  const text =
    'constraints: any.aeson ==2.0.3.0, aeson -cffi +ordered-keymap,any.base==4.15\n  , setup.Cabal ==3.4.1.0,\n -- any.old ==1.0\n any.text >=1.2 , any.vector ==0.12.*,\n any.time installed\nindex-state: hackage.haskell.org 2026-01-01T00:00:00Z\n';
  assert.deepEqual(found('cabal.project.freeze', text), {
    packages: ['aeson 2.0.3.0 lock', 'base 4.15 lock', 'Cabal 3.4.1.0 lock'],
    notes: [],
  });
});

test('a library inside a package is the package, and half a registration is nothing', () => {
  const path = 'root/.cabal/store/ghc-9.4/package.db/z.conf';
  assert.deepEqual(found(path, 'name: z-rope-z-inner\npackage-name: rope\nlib-name: inner\nversion: 1.2\n').packages, [
    'rope 1.2 undefined',
  ]);
  assert.deepEqual(found(path, 'version: 1.2\n'), { packages: [], notes: [] });
  assert.deepEqual(found('etc/nginx/conf.d/x.conf', 'name: a\nversion: 1\n').packages, []);
  assert.deepEqual(found('etc/package.conf.d/deep/x.conf', 'name: a\nversion: 1\n').packages, []);
});

test('a file over the limit is not wanted', () => {
  for (const path of ['cabal.project.freeze', 'stack.yaml.lock', 'package.db/x.conf']) {
    assert.equal(haskell.wants(path, 4 * 1024 * 1024, 0o644), true, path);
    assert.equal(haskell.wants(path, 4 * 1024 * 1024 + 1, 0o644), false, path);
  }
});

test('entries of a Stack lock that cannot be read are counted', () => {
  const { packages, notes } = found(
    'stack.yaml.lock',
    'packages:\n- completed:\n    hackage: a-b-1.2@sha256:00,1\n- completed: {hackage: nothing}\n- x\n- completed:\n    name: c\n    version: 0.1\n',
  );
  assert.deepEqual(packages, ['a-b 1.2 lock', 'c 0.1 lock']);
  assert.deepEqual(notes, ['stack.yaml.lock: lists 2 packages without a name or version that can be read']);
  assert.deepEqual(found('stack.yaml.lock', 'snapshots: []\n'), { packages: [], notes: [] });
});
