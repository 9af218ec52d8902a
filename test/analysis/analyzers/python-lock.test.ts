import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pythonLock } from '#analysis/analyzers/python-lock.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const names = (path: string, text: string | Uint8Array) =>
  analyzeFiles(pythonLock, { [path]: text }).packages.map(({ name, version }) => `${name} ${version}`);

test('lock files are known by their names', () => {
  for (const [path, wanted] of [
    ['poetry.lock', true],
    ['srv/uv.lock', true],
    ['srv/pdm.lock', true],
    ['srv/Pipfile.lock', true],
    ['srv/pylock.toml', true],
    ['srv/pylock.dev.toml', true],
    ['srv/requirements.txt', true],
    ['srv/dev-requirements.txt', true],
    ['srv/requirements/base.txt', true],
    ['requirements/base.txt', true],
    ['srv/Cargo.lock', false],
    ['srv/pyproject.toml', false],
    ['srv/pylock.a.b.toml', false],
    ['srv/requirements.in', false],
    ['srv/my-requirements/base.txt', false],
    ['srv/notes.txt', false],
    ['srv/requirements.txt/x', false],
  ] as const) {
    assert.equal(pythonLock.wants(path, 100, 0o644), wanted, path);
  }
});

test('of a requirements file only what is pinned to one version counts', () => {
  for (const [line, found] of [
    ['flask==2.0.1', 'flask 2.0.1'],
    ['Flask == 2.0.1 # web', 'Flask 2.0.1'],
    ['flask[async,dotenv]==2.0.1 ; python_version >= "3.8"', 'flask 2.0.1'],
    ['flask==2.0.1;python_version<"3"', 'flask 2.0.1'],
    ['flask (==2.0.1)', 'flask 2.0.1'],
    ['flask===2.0.1', 'flask 2.0.1'],
    ['flask==2.0.1 --hash=sha256:00', 'flask 2.0.1'],
    ['flask==2.0.1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01', 'flask 2.0.1'],
    ['flask\\\n==2.0.1', 'flask 2.0.1'],
    ['flask==2.0.1\\', 'flask 2.0.1'],
    ['flask==2.0.1 \\\n# web', 'flask 2.0.1'],
    ['# flask==1.0 \\\nflask==2.0.1', 'flask 2.0.1'],
    ['flask==1!2.0+local.1', 'flask 1!2.0+local.1'],
    ['flask', null],
    ['flask>=2.0.1', null],
    ['flask~=2.0.1', null],
    ['flask==2.0.*', null],
    ['flask==2.0.1,!=2.0.2', null],
    ['# flask==2.0.1', null],
    ['-r base.txt', null],
    ['-e git+https://example.org/flask.git@2.0.1#egg=flask==2.0.1', null],
    ['--extra-index-url https://example.org/flask==2.0.1', null],
    ['flask @ https://example.org/flask-2.0.1.whl', null],
    ['./flask==2.0.1', null],
    ['==2.0.1', null],
  ] as const) {
    assert.deepEqual(names('requirements.txt', `${line}\n`), found === null ? [] : [found], line);
  }
});

test('a requirements file that PowerShell wrote is UTF-16, and pip reads it', () => {
  const text = 'flask==2.0.1\r\nrope==1.0\r\n';
  assert.deepEqual(names('requirements.txt', Buffer.from(`\ufeff${text}`, 'utf16le')), ['flask 2.0.1', 'rope 1.0']);
  assert.deepEqual(names('requirements.txt', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()), [
    'flask 2.0.1',
    'rope 1.0',
  ]);
  assert.deepEqual(names('requirements.txt', `\ufeff${text}`), ['flask 2.0.1', 'rope 1.0']);
});

test('a project is no package of its lock file, and what comes from version control names its commit', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const purl = `pkg:pypi/a@1.0?vcs_url=git%2Bhttps:%2F%2Fexample.org%2Fa%40${commit}`;
  for (const [path, text, expected] of [
    ['uv.lock', `[[package]]\nname="a"\nversion="1.0"\nsource={git="https://example.org/a?rev=main#${commit}"}`, purl],
    [
      'uv.lock',
      `[[package]]\nname="a"\nversion="1.0"\nsource={git="https://ghp_secret@example.org/a?rev=main#${commit}"}`,
      purl,
    ],
    ['uv.lock', '[[package]]\nname="a"\nversion="1.0"\nsource={editable="."}', null],
    ['uv.lock', '[[package]]\nname="a"\nversion="1.0"\nsource={virtual="."}', null],
    ['uv.lock', '[[package]]\nname="a"\nversion="1.0"\nsource={directory="../a"}', null],
    ['uv.lock', '[[package]]\nname="a"\nsource={virtual="."}', null],
    [
      'poetry.lock',
      `[[package]]\nname="a"\nversion="1.0"\n[package.source]\ntype="git"\nurl="https://example.org/a"\nresolved_reference="${commit}"`,
      purl,
    ],
    ['poetry.lock', '[[package]]\nname="a"\nversion="1.0"\n[package.source]\ntype="directory"\nurl="../a"', null],
    ['pdm.lock', `[[package]]\nname="a"\nversion="1.0"\ngit="https://example.org/a"\nrevision="${commit}"`, purl],
    ['pdm.lock', '[[package]]\nname="a"\nversion="1.0"\npath="./a"\neditable=true', null],
    ['pdm.lock', '[[package]]\nname="a"\nversion="1.0"\npath="./a-1.0.whl"', 'pkg:pypi/a@1.0'],
    [
      'pylock.toml',
      `lock-version="1.0"\n[[packages]]\nname="a"\nversion="1.0"\n[packages.vcs]\ntype="git"\nurl="https://example.org/a"\ncommit-id="${commit}"`,
      purl,
    ],
    ['pylock.toml', 'lock-version="1.0"\n[[packages]]\nname="a"\nversion="1.0"\n[packages.directory]\npath="."', null],
  ] as const) {
    const { packages, notes } = analyzeFiles(pythonLock, { [path]: text });
    assert.deepEqual([packages.map((one) => one.purl), notes], [expected === null ? [] : [expected], []], text);
  }
});

test('what only development asks for is marked', () => {
  for (const [path, text, dev] of [
    ['poetry.lock', '[[package]]\nname="a"\nversion="1.0"\ncategory="dev"', true],
    ['poetry.lock', '[[package]]\nname="a"\nversion="1.0"\ncategory="main"', false],
    ['poetry.lock', '[[package]]\nname="a"\nversion="1.0"\ngroups=["test","docs"]', true],
    ['pdm.lock', '[[package]]\nname="a"\nversion="1.0"\ngroups=["default","dev"]', false],
    ['Pipfile.lock', '{"_meta":{},"default":{},"develop":{"a":{"version":"==1.0"}}}', true],
    ['Pipfile.lock', '{"_meta":{},"default":{"a":{"version":"==1.0"}},"develop":{"a":{"version":"==1.0"}}}', false],
  ] as const) {
    const { packages } = analyzeFiles(pythonLock, { [path]: text });
    assert.deepEqual(
      packages.map(({ metadata }) => metadata?.['dev'] === 'true'),
      [dev],
      text,
    );
  }
});

test('foreign and broken documents are nothing or a note, and hide no others', () => {
  for (const [path, text, problem] of [
    ['poetry.lock', '[[package', /is not TOML/],
    ['Pipfile.lock', '{', /is not JSON/],
    ['uv.lock', 'version = 1', null],
    ['pylock.toml', 'package = 3', null],
    [
      'pylock.toml',
      'packages = [1, {name = 2, version = "1"}, {name = "a b", version = "1"}, {name = "a", version = "1 2"}]',
      null,
    ],
    ['Pipfile.lock', '{"default":{"a":{"version":"==1.0"}}}', null],
    [
      'Pipfile.lock',
      '{"_meta":{},"default":[1],"develop":{"a":"==1","b":{"version":3},"../c":{"version":"==1"}}}',
      null,
    ],
    ['requirements.txt', Buffer.from([0xff, 0x00, 0x80]).toString('latin1'), null],
  ] as const) {
    const { packages, notes } = analyzeFiles(pythonLock, { [path]: text, 'srv/requirements.txt': 'rope==1.0' });
    assert.deepEqual(
      packages.map(({ name }) => name),
      ['rope'],
      text,
    );
    assert.match(notes.join(), problem ?? /^$/, text);
  }
});

test('a file that names packages without end is kept up to its limit, with a note', () => {
  const text = Array.from({ length: 20_010 }, (_, index) => `p${index}==1.0\n`).join('');
  const { packages, notes } = analyzeFiles(pythonLock, { 'requirements.txt': text });
  assert.equal(packages.length, 20_000);
  assert.match(notes.join(), /names more than 20000 packages/);
});
