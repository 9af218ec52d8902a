import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Analyzer, RandomAccess, WantedFile } from '#analysis/analyzer.ts';
import { type ReadLayerOptions, readLayer } from '#analysis/read-layer.ts';
import { type Digest, digestOf } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import { layerSource } from '#test/support/built-source.ts';
import { type BuiltLayer, layer } from '#test/support/image-builder.ts';
import { lineAnalyzer } from '#test/support/line-analyzer.ts';
import { tar } from '#test/support/tar-builder.ts';

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

async function recordsOf(source: SourceLayer, options: Partial<ReadLayerOptions> = {}): Promise<LayerRecord[]> {
  const records: LayerRecord[] = [];
  const temporaryPath = join(tmpdir(), 'read-layer-test');
  const all = { analyzers: [lineAnalyzer], limits: defaultLimits, temporaryPath, ...options };
  for await (const record of readLayer(source, all)) records.push(record);
  return records;
}

function of<K extends LayerRecord['kind']>(records: readonly LayerRecord[], kind: K) {
  return records.filter((record): record is Extract<LayerRecord, { kind: K }> => record.kind === kind);
}

/** An analyzer that wants some paths and does with their content what the test says. */
function wanting(path: string, read: (content: RandomAccess, path: string) => unknown, name = 'probe'): Analyzer {
  return {
    name,
    reads: 'files of tests',
    version: 1,
    wants: (asked) => asked === path,
    *read(file) {
      yield { key: 'read', data: read(file.content, file.path) ?? null };
    },
    assemble: () => [],
  };
}

for (const compression of ['gzip', 'zstd', 'none'] as const) {
  test(`a layer stored as ${compression} gives its entries, facts, and an end that names what was verified`, async () => {
    const built = layer(
      [
        { path: 'etc/', mode: 0o755 },
        { path: 'etc/packages.txt', content: 'a 1\nb 2\n', mode: 0o4640, uid: 1, gid: 2 },
        { path: 'etc/link', link: '../a' },
        { path: 'etc/.wh.gone', content: '' },
        { path: 'etc/.wh..wh..opq', content: '' },
        { path: 'pipe', type: 'fifo' },
      ],
      { compression },
    );
    const records = await recordsOf(layerSource(built));
    const bare = { uid: 0, gid: 0, size: 0, sha256: null, link: null };
    assert.deepEqual(records.slice(1), [
      { kind: 'file', ...bare, path: 'etc', type: 'dir', mode: 0o755 },
      {
        kind: 'file',
        ...bare,
        path: 'etc/packages.txt',
        type: 'file',
        mode: 0o4640,
        uid: 1,
        gid: 2,
        size: 8,
        sha256: sha256('a 1\nb 2\n'),
      },
      {
        kind: 'facts',
        analyzer: 'line',
        path: 'etc/packages.txt',
        facts: [
          { key: 'a 1', data: { line: 'a 1' } },
          { key: 'b 2', data: { line: 'b 2' } },
        ],
      },
      { kind: 'file', ...bare, path: 'etc/link', type: 'symlink', mode: 0o777, link: '../a' },
      { kind: 'whiteout', path: 'etc/gone' },
      { kind: 'opaque', path: 'etc' },
      { kind: 'file', ...bare, path: 'pipe', type: 'fifo', mode: 0o644 },
      {
        kind: 'end',
        diffId: built.diffId,
        digest: built.digest,
        size: built.bytes.length,
        inflated: built.tar.length,
        entries: 6,
      },
    ]);
    assert.equal(records[0]!.kind, 'head');
  });
}

test('bytes after the end mark of the tar belong to the diff_id and are not read as entries', async () => {
  const padded = Buffer.concat([tar([{ path: 'a', content: 'x' }]), Buffer.alloc(200_000), tar([{ path: 'hidden' }])]);
  const records = await recordsOf(layerSource(layer(padded)));
  assert.deepEqual(
    of(records, 'file').map(({ path }) => path),
    ['a'],
  );
  assert.equal(of(records, 'end')[0]!.diffId, digestOf(padded));
});

test('bytes that do not have the digest of the layer are refused', async () => {
  const built = layer([{ path: 'a' }]);
  for (const wrong of [{ digest: digestOf('x') }, { diffId: digestOf('x') }]) {
    await assert.rejects(recordsOf({ ...layerSource(built), ...wrong }), { code: 'image/digest-mismatch' });
  }
});

test('a layer without a digest of its stored bytes is known by its diff_id', async () => {
  const built = layer([{ path: 'a' }], { compression: 'none' });
  const records = await recordsOf({ ...layerSource(built), digest: null });
  assert.equal(of(records, 'end')[0]!.digest, null);
});

test('a layer that is cut off is refused', async () => {
  const random = Buffer.from(sha256('seed').repeat(5000));
  const built = layer([{ path: 'a', content: random }]);
  for (const part of [0.3, 0.9]) {
    const cut: BuiltLayer = { ...built, bytes: built.bytes.subarray(0, Math.floor(built.bytes.length * part)) };
    await assert.rejects(recordsOf(layerSource(cut)), { code: 'image/corrupt' });
  }
});

test('the limits of a layer end it by their name, while it streams', async () => {
  const zeros = layer(Array.from({ length: 70 }, (_, i) => ({ path: `z${i}`, content: Buffer.alloc(1024 * 1024) })));
  const cases = { layerBytes: 1000, layerInflatedBytes: 5_000_000, layerRatio: 20, layerEntries: 5 };
  for (const [limit, most] of Object.entries(cases)) {
    await assert.rejects(
      recordsOf(layerSource(zeros), { limits: { ...defaultLimits, [limit]: most } }),
      (fault: { code: string; message: string; detail: { limit: string } }) =>
        fault.code === 'image/too-large' && fault.message.includes(limit) && fault.detail.limit === limit,
    );
  }
});

test('a wanted file over fileBytes is a note by the name of the limit, and is listed with its digest', async () => {
  const content = 'x'.repeat(300_000);
  const built = layer([{ path: 'packages.txt', content }]);
  const records = await recordsOf(layerSource(built), { limits: { ...defaultLimits, fileBytes: 1000 } });
  assert.deepEqual(of(records, 'facts'), []);
  assert.equal(of(records, 'file')[0]!.sha256, sha256(content));
  const [note] = of(records, 'note');
  assert.equal(note!.path, '/packages.txt');
  assert.match(note!.problem, /fileBytes/);
});

test('a file is read at any position, from memory or from a temporary file that leaves no trace', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
  const built = layer([{ path: 'big', content }]);
  const probe = wanting('big', (file) => {
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(file.size, content.length);
    assert.deepEqual(Buffer.from(file.read(299_990, 100)), content.subarray(299_990));
    assert.deepEqual(Buffer.from(file.read(70_000, 80_000)), content.subarray(70_000, 150_000));
    for (const offset of [300_000, 1e15, Number.POSITIVE_INFINITY]) assert.equal(file.read(offset, 10).length, 0);
    assert.deepEqual(Buffer.from(file.read(-5, 3)), content.subarray(0, 3));
    for (const length of [0, -1, Number.NaN]) assert.equal(file.read(0, length).length, 0);
    assert.throws(() => file.all(1000), { code: 'input/too-large' });
    return sha256(Buffer.from(file.all()));
  });
  for (const fileMemoryBytes of [1_000_000, 1000]) {
    const limits = { ...defaultLimits, fileMemoryBytes };
    const records = await recordsOf(layerSource(built), {
      analyzers: [probe],
      limits,
      temporaryPath: join(folder, 'layer'),
    });
    assert.deepEqual(of(records, 'note'), []);
    assert.deepEqual(of(records, 'facts')[0]!.facts, [{ key: 'read', data: sha256(content) }]);
  }
  assert.deepEqual(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
});

test('what an analyzer throws is a note with its name, the layer and the path; other analyzers and files go on', async () => {
  const failing = wanting('packages.txt', () => {
    throw new Error('not\nreadable');
  });
  const built = layer([
    { path: 'packages.txt', content: 'a 1\n' },
    { path: 'b.pkg', content: 'b 1\n!\nc 1\n' },
  ]);
  const records = await recordsOf(layerSource(built), { analyzers: [failing, lineAnalyzer] });
  assert.deepEqual(
    of(records, 'facts').map(({ path, facts }) => [path, facts.map(({ key }) => key)]),
    [
      ['packages.txt', ['a 1']],
      ['b.pkg', ['b 1']],
    ],
  );
  assert.deepEqual(of(records, 'note'), [
    { kind: 'note', analyzer: 'probe', layer: built.diffId, path: '/packages.txt', problem: 'not readable' },
    { kind: 'note', analyzer: 'line', layer: built.diffId, path: '/b.pkg', problem: 'line ! is damaged' },
  ]);
  assert.equal(records.at(-1)!.kind, 'end');
});

test('facts are bounded by factBytes, for all files of a layer together', async () => {
  const line = `${'n'.repeat(500)} 1\n`;
  const built = layer([
    { path: 'a.pkg', content: line },
    { path: 'b.pkg', content: line },
  ]);
  const records = await recordsOf(layerSource(built), { limits: { ...defaultLimits, factBytes: 1500 } });
  assert.deepEqual(
    of(records, 'facts').map(({ path }) => path),
    ['a.pkg'],
  );
  assert.match(of(records, 'note')[0]!.problem, /factBytes/);
});

test('a file that is read whole is bounded by jsonBytes, whatever its analyzer asks for', async () => {
  const greedy = {
    ...lineAnalyzer,
    read: ({ content }: WantedFile) => [{ key: `${content.all(1e9).length}`, data: 1 }],
  };
  const built = layer([
    { path: 'a.pkg', content: 'x'.repeat(100) },
    { path: 'b.pkg', content: 'x'.repeat(101) },
  ]);
  const records = await recordsOf(layerSource(built), {
    analyzers: [greedy],
    limits: { ...defaultLimits, jsonBytes: 100 },
  });
  assert.deepEqual(
    of(records, 'facts').map(({ path, facts }) => [path, facts[0]!.key]),
    [['a.pkg', '100']],
  );
  assert.deepEqual(
    of(records, 'note').map(({ path }) => path),
    ['/b.pkg'],
  );
});

test('a file that tells of more things than any does is read as far', async () => {
  const lines = Array.from({ length: 50_001 }, (_, n) => `${n} 1\n`).join('');
  const records = await recordsOf(layerSource(layer([{ path: 'a.pkg', content: lines }])));
  assert.equal(of(records, 'facts')[0]!.facts.length, 50_000);
  assert.match(of(records, 'note')[0]!.problem, /more than 50000 things/);
});

test('entries that an engine would refuse are noted and left out', async () => {
  const built = layer([
    { path: '../../etc/passwd', content: 'x' },
    { path: 'ok' },
    { path: '/abs/packages.txt', content: 'a 1' },
  ]);
  const records = await recordsOf(layerSource(built));
  assert.deepEqual(
    of(records, 'file').map(({ path }) => path),
    ['ok', 'abs/packages.txt'],
  );
  assert.deepEqual(
    of(records, 'note').map(({ analyzer }) => analyzer),
    ['layer'],
  );
});

test('more problems than the limit notes are counted, not listed', async () => {
  const built = layer(Array.from({ length: 20 }, (_, i) => ({ path: `${i}/.wh.`, content: '' })));
  const notes = of(await recordsOf(layerSource(built), { limits: { ...defaultLimits, notes: 5 } }), 'note');
  assert.equal(notes.length, 6);
  assert.match(notes[5]!.problem, /^15 more/);
});

test('a hard link that is wanted costs a second pass over the layer only when its file was not', async () => {
  const opened = { count: 0 };
  const links = [
    { path: 'store/1', content: 'a 1\n' },
    { path: 'x/a.pkg', type: 'hardlink' as const, link: 'store/1' },
    { path: 'x/b.pkg', type: 'hardlink' as const, link: 'x/a.pkg' },
    { path: 'own.pkg', content: 'o 1\n' },
    { path: 'other.pkg', type: 'hardlink' as const, link: 'own.pkg' },
  ];
  const records = await recordsOf(layerSource(layer(links), opened));
  assert.equal(opened.count, 2);
  assert.deepEqual(
    of(records, 'facts').map(({ path, facts }) => [path, facts[0]!.key]),
    [
      ['own.pkg', 'o 1'],
      ['x/a.pkg', 'a 1'],
      ['x/b.pkg', 'a 1'],
    ],
  );
  await recordsOf(layerSource(layer(links.slice(3)), opened));
  assert.equal(opened.count, 3);
});

test('bytes that change between the two passes are refused', async () => {
  const one = layer([
    { path: 'store', content: 'a 1\n' },
    { path: 'a.pkg', type: 'hardlink', link: 'store' },
  ]);
  const other = layer([
    { path: 'store', content: 'b 2\n' },
    { path: 'a.pkg', type: 'hardlink', link: 'store' },
  ]);
  const first = layerSource(one);
  let opened = 0;
  const open = async () => {
    const bytes = layerSource(opened === 0 ? one : other).bytes;
    opened += 1;
    return bytes.kind === 'stream' ? bytes.open() : assert.fail();
  };
  await assert.rejects(recordsOf({ ...first, bytes: { kind: 'stream', open } }), { code: 'image/digest-mismatch' });
});

test('a folder is read as one layer that is named by its listing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
  mkdirSync(join(folder, 'lib'));
  writeFileSync(join(folder, 'lib/packages.txt'), 'a 1\n');
  writeFileSync(join(folder, '.wh.name'), 'a file like any other');
  symlinkSync('lib', join(folder, 'link'));
  const source: SourceLayer = {
    digest: null,
    diffId: null,
    mediaType: 'x',
    size: null,
    bytes: { kind: 'folder', path: folder },
  };
  const records = await recordsOf(source);
  assert.deepEqual(
    of(records, 'file').map(({ path }) => path),
    ['.wh.name', 'lib', 'lib/packages.txt', 'link'],
  );
  assert.deepEqual(
    of(records, 'facts').map(({ path }) => path),
    ['lib/packages.txt'],
  );
  const [end] = of(records, 'end');
  assert.equal(end!.size, 25);
  assert.deepEqual(of(await recordsOf(source), 'end'), [end]);
  writeFileSync(join(folder, 'lib/packages.txt'), 'b 1\n');
  assert.notEqual(of(await recordsOf(source), 'end')[0]!.diffId, end!.diffId as Digest);
  rmSync(folder, { recursive: true });
});

test('progress tells stored bytes up to the size of the layer', async () => {
  const built = layer([{ path: 'a', content: Buffer.from(sha256('x').repeat(1000)) }]);
  const heard: number[] = [];
  await recordsOf(layerSource(built), { onBytes: (done) => heard.push(done) });
  assert.deepEqual(
    heard,
    heard.toSorted((a, b) => a - b),
  );
  assert.equal(heard.at(-1), built.bytes.length);
});

test('a layer that is no longer wanted is closed', async () => {
  let closed = false;
  const built = layer([{ path: 'a', content: Buffer.alloc(5_000_000, 'abc') }, { path: 'b' }], { compression: 'none' });
  const open = async () =>
    (async function* () {
      try {
        for (let at = 0; at < built.bytes.length; at += 65536) yield built.bytes.subarray(at, at + 65536);
      } finally {
        closed = true;
      }
    })();
  const source = { ...layerSource(built), bytes: { kind: 'stream' as const, open } };
  const options = { analyzers: [lineAnalyzer], limits: defaultLimits, temporaryPath: join(tmpdir(), 'x') };
  for await (const record of readLayer(source, options)) if (record.kind === 'file') break;
  assert.equal(closed, true);
});
