import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoModules } from '#analysis/programs/go-modules.ts';

const modules = (...lines: string[]) => parseGoModules(`${lines.join('\n')}\n`);

test('main module, dependencies and build settings are told apart', () => {
  assert.deepEqual(
    modules(
      'path\texample.org/a/cmd/a',
      'mod\texample.org/a\tv1.2.3\th1:x=',
      'dep\tgolang.org/x/sys\tv0.5.0\th1:y=',
      'build\t-compiler=gc',
      'build\tGOOS=linux',
      'build\tvcs.revision=0123abcd',
    ),
    {
      main: { path: 'example.org/a', version: 'v1.2.3' },
      deps: [{ path: 'golang.org/x/sys', version: 'v0.5.0' }],
      settings: { GOOS: 'linux', 'vcs.revision': '0123abcd' },
      unreadable: 0,
    },
  );
});

test('a replacement by another module wins', () => {
  const { deps } = modules(
    'dep\texample.org/a\tv1.0.0',
    '=>\texample.org/fork\tv1.0.1\th1:x=',
    'dep\texample.org/b\tv2.0.0',
  );
  assert.deepEqual(deps, [
    { path: 'example.org/fork', version: 'v1.0.1', replaces: 'example.org/a@v1.0.0' },
    { path: 'example.org/b', version: 'v2.0.0' },
  ]);
});

test('a replacement by a folder keeps the name, and its version is not known', () => {
  for (const folder of ['./fork', '../fork', '/src/fork', 'C:\\src\\fork', '.', '..']) {
    const { deps } = modules('dep\texample.org/a\tv1.0.0', `=>\t${folder}\t(devel)\t`);
    assert.deepEqual(deps, [{ path: 'example.org/a', version: '(devel)', replaces: 'example.org/a@v1.0.0' }], folder);
  }
});

test('versions with more than one plus sign become semantic versions', () => {
  const { main, deps } = modules(
    'mod\texample.org/a\tv0.0.0-20250101000000-0123456789ab+dirty',
    'dep\texample.org/b\tv2.0.0+incompatible+dirty+more',
    'dep\texample.org/c\t',
  );
  assert.equal(main?.version, 'v0.0.0-20250101000000-0123456789ab+dirty');
  assert.deepEqual(
    deps.map(({ version }) => version),
    ['v2.0.0+incompatible.dirty.more', '(devel)'],
  );
});

test('of the linker flags only stamped versions are kept', () => {
  const { settings } = modules(
    'build\t-ldflags="-s -w -X main.version=1.2.3 -X \'example.org/a/b.appVersion=v9\' -X main.token=secret"',
  );
  assert.deepEqual(settings, { '-X main.version': '1.2.3', '-X example.org/a/b.appVersion': 'v9' });
});

test('lines that cannot be read are counted', () => {
  const { main, deps, unreadable } = modules(
    'mod',
    'dep\ta b\tv1',
    `dep\t${'x'.repeat(2000)}\tv1`,
    '=>\tx\ty',
    'dep\tok.org/a\tv1.0.0',
    '=>\t\t',
  );
  assert.deepEqual(
    { main, deps, unreadable },
    { main: null, deps: [{ path: 'ok.org/a', version: 'v1.0.0' }], unreadable: 4 },
  );
});

test('more modules than any program has are counted, not kept', () => {
  const { deps, unreadable } = parseGoModules('dep\ta.org/a\tv1\n'.repeat(25_000));
  assert.deepEqual([deps.length, unreadable], [20_000, 5000]);
});
