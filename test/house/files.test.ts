import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { version } from '#core/version.ts';
import { root, sources } from './sources.ts';

const all = sources('bin', 'layers', 'schema', 'functions', 'infra', 'bench', 'fuzz', 'tools');

test('no source file is longer than 400 lines', () => {
  for (const { path, text } of all)
    assert.ok(text.split('\n').length <= 400, `${path} has ${text.split('\n').length} lines`);
});

test('no barrels', () => {
  for (const { path, text } of all) {
    assert.ok(!path.endsWith('/index.ts'), path);
    assert.doesNotMatch(text, /^export \* from/m, path);
  }
});

/** Other people's names for their things: docker's credential helpers, AWS's Secrets Manager and Lambda functions of services. */
const terms = ['credential-helper', 'secrets-manager', 'service-function'];

test('files are named in kebab case after what they hold', () => {
  for (const { path } of all) {
    assert.match(path, /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/, path);
    if (!terms.some((term) => path.endsWith(`/${term}.ts`)))
      assert.doesNotMatch(
        path,
        /(^|[/-])(utils?|helpers?|common|manager|service|impl|base(?!-image))(\.ts|[/-])/,
        path,
      );
  }
});

test('only what Node can erase is written', () => {
  for (const { path, text } of all)
    assert.doesNotMatch(text, /^\s*(export )?(const )?enum \w+ \{|^\s*(export )?namespace [\w.]+ \{/m, path);
});

test('the version is the one of the package', () => {
  assert.equal(version, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
});

test('dependencies are pinned exactly and each has its line in DESIGN.md', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const design = readFileSync(join(root, 'DESIGN.md'), 'utf8');
  for (const [name, range] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
    assert.match(range, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
    assert.ok(design.includes(`\`${name}\``), `${name} has no line in DESIGN.md`);
  }
});

test('every room stands in the map of the README', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const room of readdirSync(join(root, 'layers'))) assert.ok(readme.includes(`layers/${room}`), `layers/${room}`);
  for (const [, path] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g))
    assert.ok(existsSync(join(root, path ?? '')), path);
});
