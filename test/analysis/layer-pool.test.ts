import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeLayerReport } from '#analysis/layers/layer-report.ts';
import { type LayerPool, type LayerPoolOptions, openLayerPool } from '#analysis/layer-pool.ts';
import { nameAnalyzerSet } from '#analysis/analyzer-set.ts';
import { analyzeImage } from '#analysis/analyze-image.ts';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { analyzers } from '#analysis/analyzers.ts';
import { digestOf } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import { imageSource, layerSource } from '#test/support/built-source.ts';
import { type BuiltLayer, image, layer } from '#test/support/image-builder.ts';
import { lineAnalyzer } from '#test/support/line-analyzer.ts';
import { tarHeader } from '#test/support/tar-builder.ts';

const script = new URL('../support/misbehaving-worker.ts', import.meta.url);
const temporaryPath = join(tmpdir(), 'layer-pool-test');
const never = new AbortController().signal;

/** Bytes that do not compress. */
function noise(length: number, seed: string): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest();
}

function pool(options: LayerPoolOptions = {}): LayerPool {
  return openLayerPool({ size: 2, script, ...options });
}

/** Paths of a layer's report, made on a thread. */
async function read(from: LayerPool, source: SourceLayer, signal = never, onBytes: (done: number) => void = () => {}) {
  const report = from.read(source, {
    limits: defaultLimits,
    settings: defaultAnalysisSettings,
    analyzers: ['line', 'misbehaving'],
    lost: [],
    temporaryPath,
    onBytes,
    signal,
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of report.bytes) pieces.push(piece);
  const set = nameAnalyzerSet([lineAnalyzer, { ...lineAnalyzer, name: 'misbehaving' }]);
  const paths: string[] = [];
  const bytes = (async function* () {
    yield* pieces;
  })();
  for await (const record of decodeLayerReport(bytes, set, source.diffId!)) {
    if (record.kind === 'file') paths.push(record.path);
    if (record.kind === 'facts') paths.push(`facts of ${record.path}`);
  }
  assert.equal(report.end()!.diffId, source.diffId);
  return paths;
}

const ordered = (order: string) => layerSource(layer([{ path: 'x.do', content: order }]));

test('layers are read on threads, streamed or from a file, several at once and more than there are threads', async () => {
  await using threads = pool();
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  const built = Array.from({ length: 6 }, (_, i) =>
    layer([
      { path: `big${i}`, content: noise(700_000, `${i}`) },
      { path: `${i}.pkg`, content: 'a 1\n' },
    ]),
  );
  const fromFile = async (it: BuiltLayer, i: number): Promise<SourceLayer> => {
    const path = join(folder, `${i}`);
    await writeFile(path, Buffer.concat([Buffer.from('before'), it.bytes, Buffer.from('after')]));
    return { ...layerSource(it), bytes: { kind: 'file', path, offset: 6, length: it.bytes.length } };
  };
  const sources = await Promise.all(built.map((it, i) => (i % 2 === 0 ? layerSource(it) : fromFile(it, i))));
  const found = await Promise.all(sources.map((source) => read(threads, source)));
  assert.deepEqual(
    found,
    built.map((_, i) => [`big${i}`, `${i}.pkg`, `facts of ${i}.pkg`]),
  );
  await rm(folder, { recursive: true });
});

test('a stream that is needed twice is opened twice', async () => {
  await using threads = pool();
  const opened = { count: 0 };
  const content = [
    { path: 'store', content: 'a 1\n' },
    { path: 'filler', content: noise(3_000_000, 'filler') },
    { path: 'a.pkg', type: 'hardlink' as const, link: 'store' },
  ];
  const found = await read(threads, layerSource(layer(content), opened));
  assert.deepEqual(found, ['store', 'filler', 'a.pkg', 'facts of a.pkg']);
  assert.equal(opened.count, 2);
});

test('a large report arrives whole however slowly it is taken', async () => {
  await using threads = pool();
  const many = layer(Array.from({ length: 20_000 }, (_, i) => ({ path: noise(20, `${i}`).toString('hex') })));
  assert.equal((await read(threads, layerSource(many))).length, 20_000);
});

test('a layer that fails on a thread fails with the fault it would have here, and the thread goes on', async () => {
  await using threads = pool({ size: 1 });
  const good = layer([{ path: 'a', content: noise(1_000_000, 'a') }]);
  const wrong = { ...layerSource(good), diffId: digestOf('other') };
  await assert.rejects(read(threads, wrong), { name: 'Fault', code: 'image/digest-mismatch', message: /exchanged/ });
  assert.deepEqual(await read(threads, layerSource(good)), ['a']);
});

test('a stream that breaks off fails its layer with the fault of the stream', async () => {
  await using threads = pool({ size: 1 });
  const good = layer([{ path: 'a', content: noise(1_000_000, 'a') }]);
  const open = async () =>
    (async function* () {
      yield good.bytes.subarray(0, 500_000);
      throw Object.assign(new Error('connection lost'));
    })();
  const broken = { ...layerSource(good), bytes: { kind: 'stream' as const, open } };
  await assert.rejects(read(threads, broken), { code: 'internal/failed', message: /connection lost/ });
  assert.deepEqual(await read(threads, layerSource(good)), ['a']);
});

test('a thread that ends is a fault of its layer, and another thread takes the next', async () => {
  await using threads = pool({ size: 1 });
  await assert.rejects(read(threads, ordered('exit')), { code: 'internal/failed', message: /thread/ });
  assert.deepEqual(await read(threads, ordered('nothing')), ['x.do']);
});

test('a thread that needs more memory than it may is a fault of its layer', async () => {
  await using threads = pool({ size: 1, heapMiB: 64 });
  await assert.rejects(read(threads, ordered('grow')), { code: 'image/too-large', message: /heapMiB/ });
  assert.deepEqual(await read(threads, ordered('nothing')), ['x.do']);
});

test('a thread that hangs is ended, and its layer refused', async () => {
  await using threads = pool({ size: 1, stallSeconds: 1 });
  await assert.rejects(read(threads, ordered('spin')), { code: 'image/too-large', message: /stallSeconds/ });
  assert.deepEqual(await read(threads, ordered('nothing')), ['x.do']);
});

test('a stream that is slow is not taken for a thread that hangs', async () => {
  await using threads = pool({ size: 1, stallSeconds: 1 });
  const built = layer([{ path: 'a', content: noise(600_000, 'a') }]);
  const open = async () =>
    (async function* () {
      yield built.bytes.subarray(0, 300_000);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      yield built.bytes.subarray(300_000);
    })();
  assert.deepEqual(await read(threads, { ...layerSource(built), bytes: { kind: 'stream', open } }), ['a']);
});

test('a layer that is given up by its signal ends at once, its stream is closed, and the pool goes on', async () => {
  await using threads = pool({ size: 1 });
  const built = layer([{ path: 'a', content: noise(100_000, 'a') }]);
  const stop = new AbortController();
  let closed = false;
  const open = async () =>
    (async function* () {
      try {
        yield tarHeader({ name: 'endless', size: 2 ** 33 });
        for (;;) yield built.bytes;
      } finally {
        closed = true;
      }
    })();
  const reason = new Error('no longer wanted');
  const endless = { ...layerSource(layer([], { compression: 'none' })), bytes: { kind: 'stream' as const, open } };
  await assert.rejects(
    read(threads, endless, stop.signal, () => stop.abort(reason)),
    reason,
  );
  assert.equal(closed, true);
  assert.deepEqual(await read(threads, layerSource(built)), ['a']);
});

test('an image whose large layers are read on threads is told as without them', async () => {
  await using threads = openLayerPool({ size: 2 });
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  const layers = [9_000_000, 8_500_000, 1000].map((size, i) =>
    layer(
      [
        { path: `usr/${i}`, content: noise(size, `${i}`) },
        { path: 'etc/os-release', content: `ID=debian\nVERSION_ID="${i}"\n` },
      ],
      { compression: 'none' },
    ),
  );
  const source = imageSource(image({ layers }));
  const heard = new Set<string>();
  const report = async (name: string, options: object) => {
    const blobs = await openFolderBlobs(join(folder, name), { alone: true });
    const all = { limits: defaultLimits, temporaryFile: (it: string) => join(folder, it), ...options };
    return analyzeImage({ blobs, log: silentLog }, source, all);
  };
  const onProgress = (progress: { kind: string; layer?: string }) => heard.add(`${progress.kind} ${progress.layer}`);
  const threaded = await report('threads', { pool: threads, onProgress });
  assert.deepEqual(threaded, await report('here', {}));
  assert.equal(threaded.distro?.versionId, '2');
  assert.equal(threaded.analyzers, nameAnalyzerSet(analyzers));
  for (const { diffId } of layers) assert.ok(heard.has(`bytes ${diffId}`) && heard.has(`layer-done ${diffId}`));
  await rm(folder, { recursive: true });
});
