import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AnalyzeImageOptions, analyzeImage } from '#analysis/analyze-image.ts';
import { nameAnalyzerSet } from '#analysis/analyzer-set.ts';
import { getImageReport, putImageReport } from '#analysis/image-report-store.ts';
import type { AnalysisProgress } from '#analysis/layers/layer-intake.ts';
import { listFiles } from '#analysis/list-files.ts';
import { layerReportKey } from '#analysis/report-store.ts';
import { digestOf } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import type { Blobs } from '#platform/blobs.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import type { ImageSource } from '#registry/layer-source.ts';
import { imageSource, layerSource } from '#test/support/built-source.ts';
import { image, layer } from '#test/support/image-builder.ts';
import { lineAnalyzer } from '#test/support/line-analyzer.ts';

const analyzers = [lineAnalyzer];
const set = nameAnalyzerSet(analyzers);
const base = layer([{ path: 'packages.txt', content: 'a 1\n' }, { path: 'old' }]);
const middle = layer([{ path: 'packages.txt', content: 'a 1\nb 2\n' }], { compression: 'zstd' });
const top = layer(
  [
    { path: '.wh.old', content: '' },
    { path: 'x/c.pkg', content: 'c 3\n' },
  ],
  { compression: 'none' },
);

interface Bench {
  readonly folder: string;
  readonly blobs: Blobs;
  analyze(source: ImageSource, options?: Partial<AnalyzeImageOptions>): ReturnType<typeof analyzeImage>;
  keys(): Promise<string[]>;
}

async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  try {
    const blobs = await openFolderBlobs(join(folder, 'blobs'), { alone: true });
    const temporaryFile = (name: string) => join(folder, name);
    await work({
      folder,
      blobs,
      analyze: (source, options = {}) =>
        analyzeImage({ blobs, log: silentLog }, source, {
          limits: defaultLimits,
          temporaryFile,
          analyzers,
          ...options,
        }),
      async keys() {
        const keys: string[] = [];
        for await (const key of blobs.list('')) keys.push(key);
        return keys;
      },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('an image is told by its layers, packages with their layers, and the number of its files', async () => {
  await withBench(async ({ analyze }) => {
    const built = image({ layers: [base, middle, top] });
    const report = await analyze(imageSource(built));
    assert.equal(report.digest, built.digest);
    assert.equal(report.configDigest, built.configDigest);
    assert.equal(report.analyzers, set);
    assert.equal(report.size, base.bytes.length + middle.bytes.length + top.bytes.length);
    assert.deepEqual(report.layers[0], {
      digest: base.digest,
      diffId: base.diffId,
      mediaType: base.mediaType,
      size: base.bytes.length,
      cached: false,
    });
    assert.deepEqual(
      report.packages.map(({ name, layer: from, paths }) => [name, from, paths]),
      [
        ['a', base.diffId, ['/packages.txt']],
        ['b', middle.diffId, ['/packages.txt']],
        ['c', top.diffId, ['/x/c.pkg']],
      ],
    );
    assert.equal(report.files, 3);
    assert.deepEqual(report.notes, []);
    assert.equal(report.distro, null);
  });
});

test('a layer is read once, ever: the second image on a known base reads its own layers only', async () => {
  await withBench(async ({ analyze }) => {
    const opened = [base, middle, top].map(() => ({ count: 0 }));
    const [one, two, three] = [base, middle, top].map((it, i) => layerSource(it, opened[i]));
    await analyze(imageSource(image({ layers: [base, middle] }), [one!, two!]));
    const again = imageSource(image({ layers: [base, middle, top] }), [one!, two!, three!]);
    const second = await analyze(again);
    assert.deepEqual(
      second.layers.map(({ cached }) => cached),
      [true, true, false],
    );
    const third = await analyze(again);
    assert.deepEqual(
      third.layers.map(({ cached }) => cached),
      [true, true, true],
    );
    assert.deepEqual(third.packages, second.packages);
    assert.deepEqual(
      opened.map(({ count }) => count),
      [1, 1, 1],
    );
  });
});

test('other versions of the analyzers read known layers again', async () => {
  await withBench(async ({ analyze }) => {
    const source = imageSource(image({ layers: [base] }));
    await analyze(source);
    const newer = await analyze(source, { analyzers: [{ ...lineAnalyzer, version: 2 }] });
    assert.equal(newer.layers[0]!.cached, false);
  });
});

test('a layer that comes twice in an image is read once and laid twice', async () => {
  await withBench(async ({ analyze }) => {
    const opened = { count: 0 };
    const empty = layer([]);
    const layers = [base, empty, top, base, empty].map((it) => layerSource(it, it === base ? opened : undefined));
    const report = await analyze(imageSource(image({ layers: [base, empty, top, base, empty] }), layers));
    assert.equal(opened.count, 1);
    assert.equal(report.layers.length, 5);
    assert.equal(report.files, 4);
  });
});

test('an image without layers gives an empty report', async () => {
  await withBench(async ({ analyze }) => {
    const report = await analyze(imageSource(image({ layers: [] })));
    assert.deepEqual(
      { layers: report.layers, packages: report.packages, files: report.files, size: report.size },
      { layers: [], packages: [], files: 0, size: 0 },
    );
  });
});

test('a layer that is not what its digest says fails the image and leaves no report of it', async () => {
  await withBench(async ({ analyze, keys }) => {
    const wrong = { ...layerSource(middle), diffId: digestOf('something else') };
    const source = imageSource(image({ layers: [base, middle] }), [layerSource(base), wrong]);
    await assert.rejects(analyze(source), { code: 'image/digest-mismatch' });
    assert.deepEqual(await keys(), [layerReportKey(set, base.diffId)]);
  });
});

test('an image with more layers than the limit is refused before anything is read', async () => {
  await withBench(async ({ analyze, keys }) => {
    const source = imageSource(image({ layers: [base, middle, top] }));
    await assert.rejects(analyze(source, { limits: { ...defaultLimits, layers: 2 } }), { code: 'image/too-large' });
    assert.deepEqual(await keys(), []);
  });
});

test('a stored report that is damaged or gone is made again', async () => {
  await withBench(async ({ analyze, blobs }) => {
    const source = imageSource(image({ layers: [base, middle] }));
    const first = await analyze(source);
    await blobs.replace(layerReportKey(set, base.diffId), Buffer.from('damaged'));
    const second = await analyze(source);
    assert.deepEqual(
      second.layers.map(({ cached }) => cached),
      [false, true],
    );
    assert.deepEqual(second.packages, first.packages);
    assert.deepEqual(
      (await analyze(source)).layers.map(({ cached }) => cached),
      [true, true],
    );
  });
});

test('progress tells how many layers are known, the bytes of each, and when it is done', async () => {
  await withBench(async ({ analyze }) => {
    const heard: AnalysisProgress[] = [];
    await analyze(imageSource(image({ layers: [base] })));
    await analyze(imageSource(image({ layers: [base, top] })), { onProgress: (progress) => heard.push(progress) });
    assert.deepEqual(heard[0], { kind: 'layers', known: 1, updated: 0, total: 2 });
    assert.deepEqual(heard.at(-2), {
      kind: 'bytes',
      layer: top.diffId,
      done: top.bytes.length,
      total: top.bytes.length,
    });
    assert.deepEqual(heard.at(-1), { kind: 'layer-done', layer: top.diffId });
  });
});

test('an analysis ends early by its signal, with the reason of the signal', async () => {
  await withBench(async ({ analyze, keys }) => {
    const reason = new Error('lease lost');
    const stop = new AbortController();
    const source = imageSource(image({ layers: [base, top] }));
    const onProgress = ({ kind }: AnalysisProgress) => kind === 'bytes' && stop.abort(reason);
    await assert.rejects(analyze(source, { signal: stop.signal, onProgress }), reason);
    assert.deepEqual(await keys(), []);
  });
});

test('a folder is analyzed as an image of one layer, which is always read', async () => {
  await withBench(async ({ analyze, folder, blobs }) => {
    await mkdir(join(folder, 'root/etc'), { recursive: true });
    await writeFile(join(folder, 'root/etc/packages.txt'), 'a 1\n');
    const source: ImageSource = {
      ...imageSource(image({ layers: [] })),
      digest: null,
      manifest: null,
      layers: [
        {
          digest: null,
          diffId: null,
          mediaType: 'folder',
          size: null,
          bytes: { kind: 'folder', path: join(folder, 'root') },
        },
      ],
    };
    for (let round = 0; round < 2; round += 1) {
      const report = await analyze(source);
      assert.deepEqual(
        report.packages.map(({ name, layer: from }) => [name, from]),
        [['a', report.layers[0]!.diffId]],
      );
      assert.deepEqual(
        { cached: report.layers[0]!.cached, size: report.size, files: report.files },
        { cached: false, size: 4, files: 2 },
      );
      const listed = [];
      for await (const { path } of listFiles({ blobs }, report)) listed.push(path);
      assert.deepEqual(listed, ['etc', 'etc/packages.txt']);
    }
  });
});

test('a report is stored by the digest of its image, replaced by a later one, and read back', async () => {
  await withBench(async ({ analyze, blobs }) => {
    const source = imageSource(image({ layers: [base, top] }));
    const report = await analyze(source);
    const key = await putImageReport({ blobs }, report);
    assert.equal(await putImageReport({ blobs }, { ...report, reference: 'again' }), key);
    assert.deepEqual(await getImageReport({ blobs }, key), { ...report, reference: 'again' });
    await blobs.replace(key, Buffer.from('damaged'));
    await assert.rejects(getImageReport({ blobs }, key), { code: 'data/corrupt' });
    await assert.rejects(getImageReport({ blobs }, 'image-reports/none'), { code: 'data/corrupt' });
  });
});

test('the files of a stored image are listed with the layer each comes from', async () => {
  await withBench(async ({ analyze, blobs }) => {
    const report = await analyze(imageSource(image({ layers: [base, middle, top] })));
    const listed: string[] = [];
    for await (const file of listFiles({ blobs }, report)) {
      listed.push(`${file.path} ${report.layers.findIndex(({ diffId }) => diffId === file.layer)}`);
    }
    assert.deepEqual(listed, ['packages.txt 1', 'x 2', 'x/c.pkg 2']);
  });
});
