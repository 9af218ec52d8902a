import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { encodeLayerReport } from '#analysis/layers/layer-report.ts';
import {
  deleteLayerReport,
  hasLayerReport,
  layerReportKey,
  putLayerReport,
  readLayerReport,
} from '#analysis/report-store.ts';
import { type Digest, digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Blobs } from '#platform/blobs.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import type { LayerRecord } from '#schema/layer-report.ts';

const set = '0123456789abcdef';
const diffId = digestOf('a layer');

const records: readonly LayerRecord[] = [
  { kind: 'head', version: 1, analyzers: set, engine: 'engine@1', members: ['x@1'] },
  {
    kind: 'file',
    path: 'grün\n"\u{1f40b}',
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 1,
    sha256: null,
    link: null,
  },
  { kind: 'whiteout', path: 'a' },
  { kind: 'opaque', path: '' },
  { kind: 'facts', analyzer: 'x', path: 'p', facts: [{ key: 'k', data: { deep: ['x'.repeat(300_000)] } }] },
  { kind: 'note', analyzer: 'x', layer: null, path: null, problem: 'p' },
  { kind: 'end', diffId, digest: null, size: 1, inflated: 2, entries: 3 },
];

async function* streamed(list: readonly LayerRecord[], fault: Fault | null = null): AsyncGenerator<LayerRecord> {
  yield* list;
  if (fault !== null) throw fault;
}

async function all<T>(things: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const thing of things) list.push(thing);
  return list;
}

async function withBlobs(work: (blobs: Blobs) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  try {
    await work(await openFolderBlobs(folder, { alone: true }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readBack(blobs: Blobs): Promise<LayerRecord[]> {
  return all((await readLayerReport(blobs, set, diffId))!);
}

test('a report is read back as it was written', async () => {
  await withBlobs(async (blobs) => {
    assert.equal(await readLayerReport(blobs, set, diffId), null);
    await putLayerReport(blobs, set, diffId, encodeLayerReport(streamed(records)));
    assert.equal(await hasLayerReport(blobs, set, diffId), true);
    assert.deepEqual(await readBack(blobs), records);
    assert.equal(await hasLayerReport(blobs, 'fedcba9876543210', diffId), false);
    await deleteLayerReport(blobs, set, diffId);
    assert.equal(await hasLayerReport(blobs, set, diffId), false);
  });
});

test('records that fail leave no report and the failure is told as it is', async () => {
  await withBlobs(async (blobs) => {
    const fault = new Fault('image/digest-mismatch', 'wrong');
    const many = Array.from({ length: 50_000 }, () => records[1]!);
    await assert.rejects(putLayerReport(blobs, set, diffId, encodeLayerReport(streamed(many, fault))), fault);
    assert.deepEqual(await all(blobs.list('')), []);
  });
});

test('a report that is damaged in any way is told from a whole one', async () => {
  const whole = Buffer.concat(await all(encodeLayerReport(streamed(records))));
  const lines = zstdDecompressSync(whole).toString().trimEnd().split('\n');
  const packed = (changed: readonly string[]) => zstdCompressSync(changed.map((line) => `${line}\n`).join(''));
  const flipped = Buffer.from(whole);
  flipped[whole.length >> 1]! ^= 0xff;
  const damaged: Record<string, Buffer> = {
    'cut off': whole.subarray(0, whole.length - 20),
    empty: Buffer.alloc(0),
    'not zstd': Buffer.from('hello'),
    'a byte changed': flipped,
    'without its end': packed(lines.slice(0, -1)),
    'without its head': packed(lines.slice(1)),
    'going on after its end': packed([...lines, lines[1]!]),
    'of another set': packed([lines[0]!.replace(set, 'x'), ...lines.slice(1)]),
    'of another layer': packed([...lines.slice(0, -1), lines.at(-1)!.replace(diffId, digestOf('other') as Digest)]),
    'with half a line': packed([lines[0]!, lines[1]!.slice(0, 30), lines.at(-1)!]),
    'with an unknown record': packed([lines[0]!, '{"kind":"odd"}', lines.at(-1)!]),
    'with a record of wrong shape': packed([lines[0]!, '{"kind":"file","path":1}', lines.at(-1)!]),
  };
  await withBlobs(async (blobs) => {
    for (const [how, bytes] of Object.entries(damaged)) {
      await blobs.replace(layerReportKey(set, diffId), bytes);
      await assert.rejects(readBack(blobs), { code: 'data/corrupt' }, how);
    }
  });
});
