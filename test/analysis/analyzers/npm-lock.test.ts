import assert from 'node:assert/strict';
import { test } from 'node:test';
import { npmLock } from '#analysis/analyzers/npm-lock.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const commit = 'cb28ef0014e6ea83f008a916d75dcec70a9cdce3';
const gitPurl = (name: string, url: string) =>
  `pkg:npm/${name}?vcs_url=git%2B${encodeURIComponent(url).replaceAll('%3A', ':')}%40${commit}`;

/** The package URLs that a lock file names. */
function locked(path: string, text: string): readonly string[] {
  const { packages, notes } = analyzeFiles(npmLock, { [path]: text });
  assert.deepEqual(notes, []);
  for (const { type, declared, evidence } of packages) {
    assert.deepEqual([type, declared, evidence.path], ['npm', 'lock', path]);
  }
  return packages.map(({ purl }) => purl);
}

test('a lock file counts where a project lies, not within a module', () => {
  const text = JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } });
  for (const [path, count] of [
    ['package-lock.json', 1],
    ['srv/app/package-lock.json', 1],
    ['usr/lib/node_modules_20_old/package-lock.json', 1],
    ['srv/app/npm-shrinkwrap.json', 1],
    ['srv/app/node_modules/.package-lock.json', 0],
    ['srv/app/node_modules/x/package-lock.json', 0],
    ['node_modules/x/npm-shrinkwrap.json', 0],
    ['usr/lib/node_modules_20/npm/package-lock.json', 0],
    ['usr/share/nodejs/postcss/package-lock.json', 0],
    ['usr/lib/x86_64-linux-gnu/nodejs/iconv/package-lock.json', 0],
    ['srv/usr/share/nodejs/package-lock.json', 1],
    ['usr/lib/ruby/gems/3.1.0/gems/typeprof-0.21.2/vscode/package-lock.json', 0],
    ['srv/gems/app/package-lock.json', 1],
    ['usr/lib/python3/dist-packages/jupyterlab/staging/package-lock.json', 0],
    ['srv/app/my-package-lock.json', 0],
    ['srv/app/package-lock.json.bak', 0],
  ] as const) {
    assert.equal(analyzeFiles(npmLock, { [path]: text }).packages.length, count, path);
  }
});

test('package-lock.json by places: the last module folder names the package, unless the entry does', () => {
  const text = JSON.stringify({
    name: 'app',
    lockfileVersion: 3,
    packages: {
      '': { name: 'app', version: '1.0.0' },
      'packages/a': { name: 'a', version: '1.0.0' },
      'node_modules/a': { resolved: 'packages/a', link: true, version: '9.9.9' },
      'packages/a/node_modules/@s/b': { version: '2.0.0-rc.1' },
      'node_modules/c/node_modules/d': { version: '3.1.0', inBundle: true },
      'node_modules/d': { version: '3.0.0' },
      'node_modules/alias': { name: 'real', version: '4.0.0', dev: true },
      'node_modules/e': { version: '5.0.0', resolved: `git+ssh://git@example.org/e.git#${commit}` },
      'node_modules/f': { version: 'file:../f' },
      'node_modules/g': {},
      'node_modules/../h': { version: '1.0.0' },
      'node_modules/i': null,
    },
    dependencies: { ignored: { version: '1.0.0' } },
  });
  assert.deepEqual(locked('package-lock.json', text), [
    'pkg:npm/%40s/b@2.0.0-rc.1',
    'pkg:npm/d@3.1.0',
    'pkg:npm/d@3.0.0',
    'pkg:npm/real@4.0.0',
    gitPurl('e@5.0.0', 'ssh://git@example.org/e.git'),
  ]);
});

test('package-lock.json of version 1 is a tree, however deep', () => {
  const text = JSON.stringify({
    lockfileVersion: 1,
    dependencies: {
      a: { version: '1.0.0', dependencies: { b: { version: '2.0.0', bundled: true } } },
      alias: { version: 'npm:@s/real@3.0.0' },
      c: { version: `git+ssh://git@example.org/c.git#${commit}`, from: 'c@git' },
      d: { version: 'https://example.org/d-1.0.0.tgz' },
      e: { version: 'file:e' },
    },
  });
  assert.deepEqual(locked('package-lock.json', text).toSorted(), [
    'pkg:npm/%40s/real@3.0.0',
    'pkg:npm/a@1.0.0',
    'pkg:npm/b@2.0.0',
  ]);
  const deep = `${'{"dependencies":{"a":{"version":"1.0.0",'.repeat(1)}${'"dependencies":{"a":{'.repeat(20_000)}"version":"2.0.0"${'}}'.repeat(20_000)}}}}`;
  assert.deepEqual(locked('package-lock.json', deep), ['pkg:npm/a@1.0.0', 'pkg:npm/a@2.0.0']);
});

test('yarn.lock of Yarn 1: aliases are what they stand for, links and folders are left out', () => {
  const text = `# yarn lockfile v1


"@s/a@^1.0.0", "@s/a@~1.2.0":
  version "1.2.3"
  resolved "https://registry.yarnpkg.com/@s/a/-/a-1.2.3.tgz#00"
  dependencies:
    version "9.9.9"

b@^2, b@^2.1:
  version "2.1.0"

"alias@npm:@s/real@^3":
  version "3.0.0"

"c@npm:^4.0.0":
  version "4.0.0"

"link@link:../link":
  version "0.0.0"

"folder@file:../folder":
  version "5.0.0"

"ball@file:./ball.tgz":
  version "6.0.0"
  resolved "file:./ball.tgz#00"

"git@https://example.org/git.git#main":
  version "7.0.0"
  resolved "git+https://example.org/git.git#${commit}"
`;
  for (const one of [text, text.replaceAll('\n', '\r\n')]) {
    assert.deepEqual(locked('yarn.lock', one), [
      'pkg:npm/%40s/a@1.2.3',
      'pkg:npm/b@2.1.0',
      'pkg:npm/%40s/real@3.0.0',
      'pkg:npm/c@4.0.0',
      'pkg:npm/ball@6.0.0',
      gitPurl('git@7.0.0', 'https://example.org/git.git'),
    ]);
  }
});

test('yarn.lock of Yarn 2 and later: resolutions name the package, workspaces and portals are left out', () => {
  const text = `__metadata:
  version: 8
  cacheKey: 10c0

"@s/a@npm:^1.0.0, @s/a@npm:~1.2.0":
  version: 1.2.3
  resolution: "@s/a@npm:1.2.3"
  languageName: node
  linkType: hard

"typescript@patch:typescript@npm%3A^4.5.2#~builtin<compat/typescript>":
  version: 4.5.2
  resolution: "typescript@patch:typescript@npm%3A4.5.2#~builtin<compat/typescript>::version=4.5.2&hash=bcec9a"
  linkType: hard

"alias@npm:real@^3":
  version: "3.0.0"
  resolution: "real@npm:3.0.0"
  linkType: hard

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  languageName: unknown
  linkType: soft

? "long@npm:^1.0.0, long@npm:^1.0.1"
:
  version: 1.0.1
  resolution: "long@npm:1.0.1"
  linkType: hard

"git@https://example.org/git.git":
  version: 7.0.0
  resolution: "git@https://example.org/git.git#workspace=git&commit=${commit}"
  linkType: hard
`;
  assert.deepEqual(locked('yarn.lock', text), [
    'pkg:npm/%40s/a@1.2.3',
    'pkg:npm/typescript@4.5.2',
    'pkg:npm/real@3.0.0',
    'pkg:npm/long@1.0.1',
    gitPurl('git@7.0.0', 'https://example.org/git.git'),
  ]);
});

test('pnpm-lock.yaml: of every version, what stands in packages, without what it was resolved beside', () => {
  const resolution = 'resolution: {integrity: sha512-00==}';
  for (const [version, keys] of [
    [
      '5.4',
      [
        '/a/1.0.0',
        '/@s/b/2.0.0_react@17.0.2+x',
        '/c/3.0.0_a@1.0.0_b@2.0.0',
        'registry.example.org/d/4.0.0',
        'registry.example.org/@s/e/5.0.0',
      ],
    ],
    [
      "'6.0'",
      [
        '/a@1.0.0',
        '/@s/b@2.0.0(react@17.0.2)',
        "'/c@3.0.0(@s/b@2.0.0)(a@1.0.0)'",
        'registry.example.org/d@4.0.0',
        "'registry.example.org/@s/e@5.0.0'",
      ],
    ],
    ["'9.0'", ['a@1.0.0', "'@s/b@2.0.0'", 'c@3.0.0', 'd@4.0.0', "'@s/e@5.0.0'"]],
  ] as const) {
    const entries = keys.map(
      (key) =>
        `  ${key}:\n    ${resolution}\n    dependencies:\n      version: 9.9.9\n    deprecated: >-\n      name: no\n`,
    );
    const text = `lockfileVersion: ${version}\n\nimporters:\n\n  x@7.7.7:\n    version: 7.7.7\n\npackages:\n\n${entries.join('\n')}\nsnapshots:\n\n  'y@8.8.8(a@1.0.0)': {}\n`;
    assert.deepEqual(
      locked('pnpm-lock.yaml', text),
      ['pkg:npm/a@1.0.0', 'pkg:npm/%40s/b@2.0.0', 'pkg:npm/c@3.0.0', 'pkg:npm/d@4.0.0', 'pkg:npm/%40s/e@5.0.0'],
      version,
    );
  }
});

test('pnpm-lock.yaml: git, tarballs and long keys have their version beside, folders are left out', () => {
  const text = `lockfileVersion: '9.0'

packages:

  git@git+https://example.org/git.git#${commit}:
    resolution: {commit: ${commit}, repo: https://example.org/git.git, type: git}
    version: 7.0.0

  folder@file:../folder:
    resolution: {directory: ../folder, type: directory}
    version: 1.0.0

  ball@https://example.org/ball.tgz:
    resolution: {tarball: https://example.org/ball.tgz}
    version: 6.0.0

  nobody@https://example.org/nobody.tgz:
    resolution: {tarball: https://example.org/nobody.tgz}

  ? long@1.0.0
  : resolution: {integrity: sha512-00==}

  block@2.0.0:
    resolution:
      type: git
      repo: https://example.org/block.git
      commit: ${commit}
`;
  assert.deepEqual(locked('pnpm-lock.yaml', text), [
    gitPurl('git@7.0.0', 'https://example.org/git.git'),
    'pkg:npm/ball@6.0.0',
    'pkg:npm/long@1.0.0',
    gitPurl('block@2.0.0', 'https://example.org/block.git'),
  ]);
  const old = `lockfileVersion: 5.4\n\npackages:\n\n  example.org/u/git/${commit}:\n    resolution: {tarball: https://example.org/}\n    name: '@s/git'\n    version: 7.0.0\n`;
  assert.deepEqual(locked('pnpm-lock.yaml', old), ['pkg:npm/%40s/git@7.0.0']);
});

test('bun.lock: comments and trailing commas are read, what has no version of a registry is left out', () => {
  const text = `// made by bun
{
  "lockfileVersion": 1, /* , } */
  "packages": {
    "@s/a": ["@s/a@1.0.0", "", { "x": "a, ] // no comment", }, "sha512-00=="],
    "alias": ["real@2.0.0", "", {}, "sha512-\\"00,}"],
    "app": ["app@workspace:packages/app"],
    "git": ["git@github:u/git#cb28ef0", {}, "u-git-cb28ef0"],
    "ball": ["ball@./ball.tgz", {}],
    "odd": [],
    "odder": 7,
  },
}
`;
  assert.deepEqual(locked('bun.lock', text), ['pkg:npm/%40s/a@1.0.0', 'pkg:npm/real@2.0.0']);
});

test('deno.lock: packages of npm in each version of the format, without what they were resolved beside', () => {
  const npm = { '@s/a@1.0.0': {}, 'b@2.0.0_react@18.0.0__x@1.0.0': {}, 'c@latest': {} };
  for (const lock of [
    { version: '2', remote: { 'https://deno.land/x': '00' }, npm: { specifiers: {}, packages: npm } },
    { version: '3', packages: { specifiers: {}, jsr: { '@std/x@1.0.0': {} }, npm } },
    { version: '5', specifiers: {}, jsr: { '@std/x@1.0.0': {} }, npm },
  ]) {
    assert.deepEqual(
      locked('deno.lock', JSON.stringify(lock)),
      ['pkg:npm/%40s/a@1.0.0', 'pkg:npm/b@2.0.0'],
      lock.version,
    );
  }
  assert.deepEqual(locked('deno.lock', '{"https://deno.land/std/x.ts": "00"}'), []);
});

test('a lock file that cannot be read is a note, what only has its name is nothing', () => {
  const good = { 'z/package-lock.json': JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }) };
  for (const [path, text, problem] of [
    ['package-lock.json', '{"packages":', /is not JSON/],
    ['package-lock.json', '[]', /no object/],
    ['package-lock.json', ' '.repeat(16 * 1024 * 1024 + 1), /16777217 bytes/],
    ['package-lock.json', '{"packages": 7, "dependencies": []}', null],
    ['deno.lock', 'nothing', /is not JSON/],
    ['bun.lock', '{"packages": {,,}}', /is not JSON, not even with comments/],
    ['bun.lock', '"a', /is not JSON, not even/],
    ['bun.lock', '[7,]', /no object/],
    ['bun.lock', '{}', null],
    ['bun.lockb', '#!/usr/bin/env bun\nbun-lockfile-format-v0\n', /binary lock file of Bun before 1.2/],
    ['bun.lockb', 'something else', null],
    ['yarn.lock', '', null],
    ['yarn.lock', '{"a": {"version": "1.0.0"}}', null],
    ['yarn.lock', '<<<<<<< HEAD\n  version "1.0.0"\n', null],
    ['pnpm-lock.yaml', 'packages:\n  version: 1\n  /a/1.0.0\n', null],
  ] as const) {
    const { packages, notes } = analyzeFiles(npmLock, { [path]: text, ...good });
    assert.equal(packages.length, 1, `${path}: ${text.slice(0, 40)}`);
    assert.equal(notes.length, problem === null ? 0 : 1, `${path}: ${text.slice(0, 40)}`);
    if (problem !== null) assert.match(notes[0]!, problem);
  }
});

test('hostile lock files of megabytes are read in one pass', () => {
  const most = 1024 * 1024;
  for (const [path, text] of [
    ['bun.lock', '"\\'.repeat(most / 2)],
    ['bun.lock', ','.repeat(most)],
    ['bun.lock', '/*'.repeat(most / 2)],
    ['bun.lock', '['.repeat(most)],
    ['bun.lock', ` ${', '.repeat(most / 4)}`],
    ['yarn.lock', `"${'a@1, '.repeat(most / 5)}`],
    ['yarn.lock', 'a@1:\n'.repeat(most / 5)],
    ['yarn.lock', ' '.repeat(most)],
    ['pnpm-lock.yaml', `packages:\n  a@1:\n    resolution:\n${`      ${'x'.repeat(50)}\n`.repeat(most / 60)}`],
    ['pnpm-lock.yaml', `packages:\n${'  ? \n'.repeat(most / 5)}`],
    ['package-lock.json', `{"packages":${'['.repeat(most)}`],
  ] as const) {
    assert.deepEqual(analyzeFiles(npmLock, { [path]: text }).packages, [], `${path}: ${text.slice(0, 20)}`);
  }
});
