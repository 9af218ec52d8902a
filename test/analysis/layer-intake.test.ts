import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyzeImage, type AnalyzeImageOptions } from '#analysis/analyze-image.ts';
import type { Analyzer } from '#analysis/analyzer.ts';
import { nameAnalyzerSet } from '#analysis/analyzer-set.ts';
import type { AnalysisProgress } from '#analysis/layers/layer-intake.ts';
import { openLayerPool } from '#analysis/layer-pool.ts';
import { listFiles } from '#analysis/list-files.ts';
import { readLayer } from '#analysis/read-layer.ts';
import { layerReportKey, readLayerReport } from '#analysis/report-store.ts';
import { digestHex } from '#core/digest.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import type { Blobs } from '#platform/blobs.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import { imageSource, layerSource } from '#test/support/built-source.ts';
import { type BuiltLayer, image, layer } from '#test/support/image-builder.ts';
import { lineAnalyzer } from '#test/support/line-analyzer.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

const script = new URL('../support/misbehaving-worker.ts', import.meta.url);

/** A reader of lines in files of one kind; `reads` hears the paths it is given. */
function linesOf(name: string, version: number, extension: string, reads: string[] = []): Analyzer {
  return {
    ...lineAnalyzer,
    name,
    version,
    wants: (path) => path.endsWith(extension),
    read(file) {
      reads.push(file.path);
      return lineAnalyzer.read(file);
    },
  };
}

/** Every kind of record, twice where that is allowed: links before and behind, the same path again, problems of all sorts. */
const tricky = layer([
  { path: 'etc/', type: 'dir' },
  { path: 'etc/one.a', content: 'a 1\nb 2\n' },
  { path: 'etc/two.b', content: 'c 3\n!\n' },
  { path: 'etc/.wh.old', content: '' },
  { path: 'etc/both.a.b', content: 'd 4\n' },
  { path: 'store', content: 'e 5\n' },
  { path: 'link.a', type: 'hardlink', link: 'store' },
  { path: 'link.b', type: 'hardlink', link: 'store' },
  { path: '../outside.a', content: 'f 6\n' },
  { path: 'etc/one.a', content: 'a 1\nbroken 1\n!\n' },
  { path: 'x/.wh..wh..opq', content: '' },
  { path: 'etc/late.b', content: 'g 7\n' },
]);

const plain = layer([
  { path: 'readme', content: 'text' },
  { path: 'x.a', content: 'a 1\n' },
]);

interface Taken {
  readonly report: ImageReport;
  readonly progress: readonly AnalysisProgress[];
  /** How often the bytes of a layer were asked for. */
  readonly opened: number;
}

interface Bench extends AsyncDisposable {
  readonly blobs: Blobs;
  take(
    built: BuiltLayer,
    analyzers: readonly Analyzer[],
    options?: Partial<AnalyzeImageOptions> & { readonly source?: SourceLayer; readonly blobs?: Blobs },
  ): Promise<Taken>;
  records(built: BuiltLayer, analyzers: readonly Analyzer[], limits?: Limits): Promise<LayerRecord[] | null>;
  /** Sets whose report of the layer is stored. */
  sets(built: BuiltLayer): Promise<string[]>;
}

async function openBench(): Promise<Bench> {
  const folder = await temporaryFolder();
  const blobs = await openFolderBlobs(join(folder.path, 'blobs'), { alone: true });
  return {
    blobs,
    async take(built, analyzers, { source, blobs: other, ...options } = {}) {
      const progress: AnalysisProgress[] = [];
      const opened = { count: 0 };
      const report = await analyzeImage(
        { blobs: other ?? blobs, log: silentLog },
        imageSource(image({ layers: [built] }), [source ?? layerSource(built, opened)]),
        {
          limits: defaultLimits,
          temporaryFile: (name) => join(folder.path, name),
          analyzers,
          onProgress: (step) => progress.push(step),
          ...options,
        },
      );
      return { report, progress, opened: opened.count };
    },
    async records(built, analyzers, limits = defaultLimits) {
      const stored = await readLayerReport(blobs, nameAnalyzerSet(analyzers, limits), built.diffId);
      return stored === null ? null : await Array.fromAsync(stored);
    },
    async sets(built) {
      const keys = await Array.fromAsync(blobs.list(`layer-reports/${digestHex(built.diffId)}/`));
      return keys.map((key) => key.split('/')[2]!.split('.')[0]!);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** What one pass by these analyzers gives. */
async function cold(built: BuiltLayer, analyzers: readonly Analyzer[]): Promise<LayerRecord[]> {
  const options = { analyzers, limits: defaultLimits, temporaryPath: '/tmp/layer-intake-test' };
  return await Array.fromAsync(readLayer(layerSource(built), options));
}

test('a new version of an analyzer opens no layer that has nothing for it, and the report is as if it had', async () => {
  await using bench = await openBench();
  const before = [linesOf('a', 1, '.a'), linesOf('none', 1, '.none'), linesOf('b', 1, '.b')];
  const after = [before[0]!, linesOf('none', 2, '.none'), before[2]!];
  await bench.take(tricky, before);
  const { opened, report, progress } = await bench.take(tricky, after);
  assert.equal(opened, 0);
  assert.equal(report.layers[0]!.cached, true);
  assert.deepEqual(await bench.records(tricky, after), await cold(tricky, after));
  assert.deepEqual(progress, [
    { kind: 'layers', known: 0, updated: 0, total: 1 },
    { kind: 'layers', known: 0, updated: 1, total: 1 },
  ]);
});

test('a new version of an analyzer reads its own files and no others, and the report is that of one pass', async () => {
  await using bench = await openBench();
  const [readA, readB]: [string[], string[]] = [[], []];
  const before = [linesOf('a', 1, '.a', readA), linesOf('b', 1, '.b', readB)];
  await bench.take(tricky, before);
  const bumps = [
    [linesOf('a', 2, '.a', readA), linesOf('b', 1, '.b', readB)],
    [linesOf('a', 2, '.a', readA), linesOf('b', 2, '.b', readB)],
  ];
  for (const [index, analyzers] of bumps.entries()) {
    readA.length = readB.length = 0;
    const { opened, report } = await bench.take(tricky, analyzers);
    // Twice: a hard link is wanted whose file was not.
    assert.equal(opened, 2);
    assert.equal(report.layers[0]!.cached, false);
    assert.deepEqual(
      index === 0 ? [readA.length, readB.length] : [readB.length, readA.length],
      [index === 0 ? 3 : 4, 0],
      'reads of the one that changed, and of the other',
    );
    assert.deepEqual(sorted(await bench.records(tricky, analyzers)), sorted(await cold(tricky, analyzers)));
  }
});

test('but for facts of hard links a report brought up to date is the same record for record', async () => {
  await using bench = await openBench();
  const many = layer(
    Array.from({ length: 300 }, (_, i) => ({ path: `f${i}.${'abc'[i % 3]}${'ab'[i % 2]}`, content: `n ${i}\n` })),
  );
  const set = (versions: readonly number[]) => [
    linesOf('ends-a', versions[0]!, 'a'),
    linesOf('ends-b', versions[1]!, 'b'),
    { ...linesOf('all', versions[2]!, ''), read: () => [{ key: 'k', data: 1 }] },
  ];
  await bench.take(many, set([1, 1, 1]));
  for (const versions of [
    [2, 1, 1],
    [2, 2, 1],
    [2, 2, 2],
    [3, 3, 2],
  ]) {
    await bench.take(many, set(versions));
    assert.deepEqual(await bench.records(many, set(versions)), await cold(many, set(versions)));
  }
});

test('a layer is opened for a hard link that is wanted, though the file behind it is not', async () => {
  await using bench = await openBench();
  const linked = layer([
    { path: 'store', content: 'a 1\n' },
    { path: 'link.a', type: 'hardlink', link: 'store' },
    { path: 'last', content: '' },
  ]);
  const [before, after] = [[linesOf('a', 1, '.a')], [linesOf('a', 2, '.a')]];
  await bench.take(linked, before);
  assert.equal((await bench.take(linked, after)).opened, 2);
  assert.deepEqual(await bench.records(linked, after), await cold(linked, after));
});

test('what an analyzer said that is no longer there, or has other settings, is gone; a new one reads what it wants', async () => {
  await using bench = await openBench();
  const [a, b] = [linesOf('a', 1, '.a'), linesOf('b', 1, '.b')];
  await bench.take(tricky, [a, b]);
  const { opened } = await bench.take(tricky, [b]);
  assert.equal(opened, 0);
  assert.deepEqual(sorted(await bench.records(tricky, [b])), sorted(await cold(tricky, [b])));
  const other = { ...a, settings: '.a', read: () => [{ key: 'other', data: null }] };
  await bench.take(tricky, [other, b]);
  assert.deepEqual(sorted(await bench.records(tricky, [other, b])), sorted(await cold(tricky, [other, b])));
});

test('notes past the limit are counted for each analyzer, so that they are the same however a report came about', async () => {
  await using bench = await openBench();
  const limits = { ...defaultLimits, notes: 3 };
  const bad = layer(
    Array.from({ length: 20 }, (_, i) => ({ path: i % 5 === 0 ? `../${i}` : `${i}.${'ab'[i % 2]}`, content: '!\n' })),
  );
  const [a, b] = [linesOf('a', 1, '.a'), linesOf('b', 1, '.b')];
  await bench.take(bad, [a], { limits });
  await bench.take(bad, [a, b], { limits });
  const options = { analyzers: [a, b], limits, temporaryPath: '/tmp/layer-intake-test' };
  const wanted = await Array.fromAsync(readLayer(layerSource(bad), options));
  assert.equal(wanted.filter(({ kind }) => kind === 'note').length, 3 * 4);
  assert.deepEqual(await bench.records(bad, [a, b], limits), wanted);
});

test('a limit whose passing is a note reads known layers anew when it is raised; a limit of whole images does not', async () => {
  await using bench = await openBench();
  const analyzers = [linesOf('a', 1, '.a')];
  await bench.take(plain, analyzers);
  assert.equal((await bench.take(plain, analyzers, { limits: { ...defaultLimits, layerBytes: 1e9 } })).opened, 0);
  assert.equal((await bench.take(plain, analyzers, { limits: { ...defaultLimits, fileBytes: 2 ** 31 } })).opened, 1);
});

test('two versions of the program that run side by side do not read for each other again and again', async () => {
  await using bench = await openBench();
  const [old, now] = [[linesOf('a', 1, '.a')], [linesOf('a', 2, '.a')]];
  const opened = [];
  for (const analyzers of [old, now, old, now, old, now]) opened.push((await bench.take(plain, analyzers)).opened);
  assert.deepEqual(opened, [1, 1, 0, 0, 0, 0]);
});

test('of a layer the reports of four sets are kept: the last one, and those that have most in common with it', async () => {
  await using bench = await openBench();
  const set = (version: number) => Array.from({ length: 8 }, (_, i) => linesOf(`${i}`, version > i ? 2 : 1, '.none'));
  for (let version = 0; version <= 7; version += 1) await bench.take(plain, set(version));
  const kept = [4, 5, 6, 7].map((version) => nameAnalyzerSet(set(version)));
  assert.deepEqual((await bench.sets(plain)).sort(), kept.sort());
});

test('files of an image are listed though the report it was composed of has made room', async () => {
  await using bench = await openBench();
  const { report } = await bench.take(plain, [linesOf('a', 1, '.a')]);
  await bench.take(plain, [linesOf('a', 2, '.a')]);
  await bench.blobs.delete(layerReportKey(report.analyzers, plain.diffId));
  const listed = await Array.fromAsync(listFiles(bench, report), ({ path }) => path);
  assert.deepEqual(listed, ['readme', 'x.a']);
});

for (const [how, damage] of [
  ['is no report at all', () => Buffer.from('damaged')],
  ['is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 9)],
] as const)
  for (const extension of ['.a', '.none'])
    test(`an earlier report that ${how} is ignored, when ${extension === '.a' ? 'much' : 'nothing'} is wanted`, async () => {
      await using bench = await openBench();
      const [before, after] = [1, 2].map((version) => [linesOf('a', version, extension), linesOf('b', 1, '.b')]);
      await bench.take(tricky, before!);
      const key = layerReportKey(nameAnalyzerSet(before!), tricky.diffId);
      const bytes = Buffer.concat(await Array.fromAsync((await bench.blobs.read(key))!));
      await bench.blobs.replace(key, damage(bytes));
      const { report } = await bench.take(tricky, after!);
      assert.equal(report.layers[0]!.cached, false);
      assert.deepEqual(await bench.records(tricky, after!), await cold(tricky, after!));
    });

test('an earlier report of other files than the layer has is ignored and forgotten', async () => {
  await using bench = await openBench();
  const [before, after] = [[linesOf('a', 1, '.a')], [linesOf('a', 2, '.a')]];
  const other = layer([
    { path: 'else', content: 'text' },
    { path: 'x.a', content: 'z 9\n' },
  ]);
  await bench.take(other, before);
  // Its end names the layer that it is kept under, its files are those of another.
  const { encodeLayerReport } = await import('#analysis/layers/layer-report.ts');
  const wrong = (await bench.records(other, before))!.map((record) =>
    record.kind === 'end' ? { ...record, diffId: plain.diffId } : record,
  );
  const stream = async function* () {
    yield* wrong;
  };
  await bench.blobs.put(layerReportKey(nameAnalyzerSet(before), plain.diffId), encodeLayerReport(stream()));
  await bench.take(plain, after);
  assert.deepEqual(await bench.records(plain, after), await cold(plain, after));
  assert.deepEqual(await bench.sets(plain), [nameAnalyzerSet(after)]);
});

test('a layer that breaks off while it is read again leaves what was known, and nothing else', async () => {
  await using bench = await openBench();
  const [before, after] = [[linesOf('a', 1, '.a')], [linesOf('a', 2, '.a')]];
  await bench.take(tricky, before);
  const open = async () =>
    (async function* () {
      yield tricky.bytes.subarray(0, 100);
      throw new Error('connection lost');
    })();
  const broken = { ...layerSource(tricky), bytes: { kind: 'stream' as const, open } };
  await assert.rejects(bench.take(tricky, after, { source: broken }), /connection lost/);
  assert.deepEqual(await bench.sets(tricky), [nameAnalyzerSet(before)]);
  await bench.take(tricky, after);
  assert.deepEqual(sorted(await bench.records(tricky, after)), sorted(await cold(tricky, after)));
});

test('a process that ends before it has tidied up leaves whole reports, and the next one tidies', async () => {
  await using bench = await openBench();
  const set = (version: number) => Array.from({ length: 8 }, (_, i) => linesOf(`${i}`, version > i ? 2 : 1, '.none'));
  for (let version = 0; version <= 3; version += 1) await bench.take(plain, set(version));
  const failing: Blobs = { ...bench.blobs, delete: () => Promise.reject(new Error('killed')) };
  await assert.rejects(bench.take(plain, set(4), { blobs: failing }), /killed/);
  assert.equal((await bench.sets(plain)).length, 5);
  assert.equal((await bench.take(plain, set(4))).opened, 0);
  await bench.take(plain, set(5));
  assert.equal((await bench.sets(plain)).length, 4);
});

test('a slow analyzer is stopped after its time in a layer, with one note; the others and the layer go on', async () => {
  await using bench = await openBench();
  let now = 0;
  const slow: Analyzer = {
    ...linesOf('slow', 1, ''),
    *read() {
      yield { key: 'first', data: now };
      now += 40_000;
      yield { key: 'second', data: now };
    },
  };
  const files = layer(Array.from({ length: 6 }, (_, i) => ({ path: `${i}.a`, content: `p${i} 1\n` })));
  const { report } = await bench.take(files, [slow, linesOf('a', 1, '.a')], { elapsed: () => now });
  assert.deepEqual(
    report.notes.map(({ analyzer, path, problem }) => [analyzer, path, problem]),
    [
      [
        'slow',
        '/1.a',
        'not read to its end: the analyzer has taken more than 60 s in this layer (limit analyzerSeconds)',
      ],
      ['slow', null, 'stopped after 60 s (limit analyzerSeconds): 4 files not read'],
    ],
  );
  assert.equal(report.packages.filter(({ name }) => name.startsWith('p')).length, 6);
  assert.equal(report.packages.find(({ name }) => name === 'second')?.paths.length, 1);
});

test('a file that makes an analyzer hang, crash or fill its memory is a note, and the layer is read without it', async () => {
  await using bench = await openBench();
  await using pool = openLayerPool({ size: 1, script, heapMiB: 64, stallSeconds: 1 });
  const names = ['line', 'misbehaving'].map((name) => ({ ...lineAnalyzer, name }));
  const built = layer([
    { path: 'a.pkg', content: 'a 1\n' },
    { path: 'b.do', content: 'spin' },
    { path: 'c.do', content: 'grow' },
    { path: 'd.do', content: 'exit' },
    { path: 'e.pkg', content: 'e 5\n' },
  ]);
  const { report, opened } = await bench.take(built, names, { pool });
  assert.equal(opened, 4);
  assert.deepEqual(
    report.packages.map(({ name }) => name),
    ['a', 'e'],
  );
  assert.deepEqual(
    report.notes.map(({ analyzer, path, problem }) => [analyzer, path, problem]),
    [
      ['misbehaving', '/b.do', 'not read: has kept its thread busy for 1 s without a result (limit stallSeconds)'],
      ['misbehaving', '/c.do', 'not read: needs more than 64 MiB of memory (limit heapMiB)'],
      ['misbehaving', '/d.do', 'not read: ended the thread that read it'],
    ],
  );
});

test('a thread that goes from one long read to the next is not taken for one that hangs', async () => {
  await using bench = await openBench();
  await using pool = openLayerPool({ size: 1, script, stallSeconds: 2 });
  const names = ['line', 'misbehaving'].map((name) => ({ ...lineAnalyzer, name }));
  const built = layer(Array.from({ length: 4 }, (_, i) => ({ path: `${i}.do`, content: 'busy' })));
  const { report, opened } = await bench.take(built, names, { pool });
  assert.deepEqual([report.notes, opened], [[], 1]);
});

test('a layer with more than three such files fails by what the last of them did', async () => {
  await using bench = await openBench();
  await using pool = openLayerPool({ size: 1, script });
  const names = ['line', 'misbehaving'].map((name) => ({ ...lineAnalyzer, name }));
  const built = layer(Array.from({ length: 4 }, (_, i) => ({ path: `${i}.do`, content: 'exit' })));
  await assert.rejects(bench.take(built, names, { pool }), { code: 'internal/failed', message: /thread that read/ });
  assert.deepEqual(await bench.sets(built), []);
});

test('an image that takes longer than imageSeconds fails by that name, and its layers so far are kept', async () => {
  await using bench = await openBench();
  await using pool = openLayerPool({ size: 1, script });
  const names = ['line', 'misbehaving'].map((name) => ({ ...lineAnalyzer, name }));
  const open = async () =>
    (async function* () {
      for (;;) {
        yield new Uint8Array(0);
        await new Promise((done) => setTimeout(done, 20));
      }
    })();
  const endless = { ...layerSource(tricky), bytes: { kind: 'stream' as const, open } };
  await bench.take(plain, names, { pool });
  const limits = { ...defaultLimits, imageSeconds: 0.3 };
  await assert.rejects(bench.take(tricky, names, { pool, limits, source: endless }), {
    code: 'image/too-large',
    message: /limit imageSeconds/,
  });
  assert.equal((await bench.sets(plain)).length, 1);
  assert.equal((await bench.sets(tricky)).length, 0);
});

test('a layer is brought up to date on a thread as it is here', async () => {
  await using bench = await openBench();
  await using pool = openLayerPool({ size: 1, script });
  const names = ['line', 'misbehaving'].map((name) => ({ ...lineAnalyzer, name }));
  const built = layer([
    { path: 'a.pkg', content: 'a 1\n' },
    { path: 'x.do', content: 'nothing' },
    { path: 'b.pkg', content: 'b 2\n' },
  ]);
  const here = { ...names[1]!, wants: (path: string) => path.endsWith('.do'), read: () => [] };
  await bench.take(built, [linesOf('line', 0, '.pkg'), here]);
  const { opened } = await bench.take(built, names, { pool });
  assert.equal(opened, 1);
  assert.deepEqual(await bench.records(built, names), await cold(built, [names[0]!, here]));
});

/** Records in an order of their own; within one path, analyzer and kind they keep theirs. */
function sorted(records: readonly LayerRecord[] | null): LayerRecord[] {
  const keyOf = (record: LayerRecord) =>
    JSON.stringify([record.kind, 'path' in record ? record.path : null, 'analyzer' in record ? record.analyzer : null]);
  return (records ?? []).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}
