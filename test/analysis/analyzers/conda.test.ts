import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conda } from '#analysis/analyzers/conda.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const path = 'opt/conda/conda-meta/openssl-3.0.13-h7f8727e_0.json';
const record = { name: 'openssl', version: '3.0.13', build: 'h7f8727e_0', subdir: 'linux-64' };
const found = (fields: object) => analyzeFiles(conda, { [path]: JSON.stringify({ ...record, ...fields }) }).packages[0];

test('records of an environment are packages, other JSON is not', () => {
  for (const [at, wanted] of [
    [path, true],
    ['conda-meta/a-1-0.json', true],
    ['opt/conda/conda-meta/history', false],
    ['opt/conda/pkgs/a/info/index.json', false],
    ['opt/conda/conda-meta/deeper/a.json', false],
    ['opt/my-conda-meta/a.json', false],
  ] as const) {
    assert.equal(conda.wants(at, 100, 0o644), wanted, at);
  }
  assert.equal(found({})?.purl, 'pkg:conda/openssl@3.0.13?build=h7f8727e_0&subdir=linux-64');
});

test('the channel has its short name however it is written, and never a token or a password', () => {
  for (const [fields, channel] of [
    [{ channel: 'conda-forge' }, 'conda-forge'],
    [{ channel: 'conda-forge/linux-64' }, 'conda-forge'],
    [{ channel: 'https://conda.anaconda.org/conda-forge/linux-64' }, 'conda-forge'],
    [{ channel: 'https://conda.anaconda.org/conda-forge/noarch/' }, 'conda-forge'],
    [{ channel: 'https://conda.anaconda.org/conda-forge/label/dev/linux-64' }, 'conda-forge/label/dev'],
    [{ channel: 'https://repo.anaconda.com/pkgs/main/linux-64' }, 'main'],
    [{ channel: 'pkgs/main' }, 'main'],
    [{ channel: 'https://conda.anaconda.org/t/xy-0123-secret/private/linux-64' }, 'private'],
    [{ channel: 'https://jo:secret@example.org/private/linux-64' }, 'private'],
    [{ url: 'https://conda.anaconda.org/bioconda/noarch/a-1-0.tar.bz2' }, 'bioconda'],
    [{ channel: 'file:///home/jo/channel/linux-64' }, 'channel'],
    [{ channel: '<unknown>' }, undefined],
    [{ channel: 7 }, undefined],
  ] as const) {
    assert.equal(found(fields)?.metadata?.['channel'], channel, JSON.stringify(fields));
  }
});

test('files lie in the environment, and what the machine gives is not required', () => {
  const { files, requires } = found({
    files: ['lib/libssl.so.3', 'bin/openssl', 5],
    depends: ['__glibc >=2.17', 'ca-certificates', 'conda-forge::zlib >=1.2', 'zlib', null],
  })!;
  assert.deepEqual(files, ['/opt/conda/bin/openssl', '/opt/conda/lib/libssl.so.3']);
  assert.deepEqual(requires, ['ca-certificates', 'zlib']);
  const root = analyzeFiles(conda, { 'conda-meta/a.json': JSON.stringify({ ...record, files: ['bin/a'] }) });
  assert.deepEqual(root.packages[0]?.files, ['/bin/a']);
});

test('what is no record is a note, and the other packages are found all the same', () => {
  for (const text of [
    '{',
    '[]',
    '{}',
    '{"name":"a"}',
    '{"name":"a\\u0000","version":"1"}',
    '{"name":["a"],"version":"1"}',
  ]) {
    const { packages, notes } = analyzeFiles(conda, {
      [path]: text,
      'opt/conda/conda-meta/b.json': JSON.stringify({ ...record, depends: 'x', files: {}, license: [], build: 4 }),
    });
    assert.equal(packages.length, 1, text);
    assert.equal(notes.length, 1, text);
  }
});
