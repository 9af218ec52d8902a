import assert from 'node:assert/strict';
import { test } from 'node:test';
import { julia } from '#analysis/analyzers/julia.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const uuid = 'cd3eb016-35fb-5094-929b-558a96fad6f3';
const found = (path: string, text: string) => {
  const { packages, notes } = analyzeFiles(julia, { [path]: text });
  return { packages: packages.map(({ name, version, declared }) => `${name} ${version} ${declared}`), notes };
};

test('manifests are known by name, and by uuids in them: a project of Rust may call a file so', () => {
  const entry = `[[deps.A]]\nuuid = "${uuid}"\nversion = "1.0.0"\n`;
  for (const path of ['Manifest.toml', 'a/Manifest-v1.11.toml', 'a/JuliaManifest.toml'])
    assert.deepEqual(found(path, entry).packages, ['A 1.0.0 lock'], path);
  for (const path of ['a/MyManifest.toml', 'Manifest-v1.toml', 'Cargo.toml'])
    assert.equal(julia.wants(path, 1, 0o644), false, path);
  assert.deepEqual(found('Manifest.toml', '[[A]]\nversion = "1.0.0"\n[b]\nc = 1\n'), { packages: [], notes: [] });
});

test('two packages of one name are two', () => {
  const other = uuid.replace('c', 'd');
  const text = [uuid, other].map((id, at) => `[[deps.A]]\nuuid = "${id}"\nversion = "1.0.${at}"\n`).join('');
  const { packages } = analyzeFiles(julia, { 'Manifest.toml': text });
  assert.deepEqual(
    packages.map(({ purl }) => purl),
    [`pkg:julia/A@1.0.0?uuid=${uuid}`, `pkg:julia/A@1.0.1?uuid=${other}`],
  );
});

test('a version that is no text is counted, broken TOML is a note', () => {
  const { packages, notes } = found(
    'Manifest.toml',
    `[[deps.A]]\nuuid = "${uuid}"\nversion = 1.0\n[[deps.B]]\nuuid = "${uuid}"\nversion = "2"\n`,
  );
  assert.deepEqual(packages, ['B 2 lock']);
  assert.match(notes[0]!, /lists 1 packages/);
  assert.match(found('Manifest.toml', '[[deps.A\n').notes[0]!, /is not TOML/);
  assert.equal(julia.wants('Manifest.toml', 2_000_000, 0o644), false);
});

test('what lies in a depot is installed; a project and the standard library are not packages', () => {
  const project = `name = "A"\nuuid = "${uuid}"\nversion = "1.0.0"\n`;
  assert.deepEqual(found('opt/depot/packages/A/QXB8U/Project.toml', project).packages, ['A 1.0.0 undefined']);
  assert.deepEqual(found('julia/stdlib/v1.11/Zlib_jll/Project.toml', project).packages, ['A 1.0.0 undefined']);
  for (const path of [
    'srv/A/Project.toml',
    'julia/stdlib/v1.11/Dates/Project.toml',
    'opt/depot/packages/A/QXB8U/test/Project.toml',
  ])
    assert.equal(julia.wants(path, 1, 0o644), false, path);
  assert.deepEqual(found('packages/a/web1/Project.toml', '[project]\nname = "x"\n'), { packages: [], notes: [] });
});
