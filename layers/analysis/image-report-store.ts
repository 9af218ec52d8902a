import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { type Digest, digestHex, digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import { type Blobs, readBlob } from '#platform/blobs.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import { type ComposedFile, compose } from './compose.ts';
import { readLayerReport } from './report-store.ts';

/** A report with all files of all packages of a very large image; what is longer was not written here. */
const mostBytes = 1024 * 1024 * 1024;

/**
 * Where the report of an image is kept: by the digest of its manifest, else of its config, else of its layers, so that
 * every account that has the image shares it.
 */
export function imageReportKey(analyzerSet: string, image: Digest): string {
  return `image-reports/${analyzerSet}/${digestHex(image)}.json.zst`;
}

/** What an image is known by in the store. */
export function imageIdentity(report: Pick<ImageReport, 'digest' | 'configDigest' | 'layers' | 'platform'>): Digest {
  const named = report.digest ?? report.configDigest;
  if (named !== null) return named as Digest;
  return digestOf(JSON.stringify([report.platform, ...report.layers.map(({ diffId }) => diffId)]));
}

/** Stores a report in the place of an earlier one, and gives its key. */
export async function putImageReport(blobs: Blobs, report: ImageReport): Promise<string> {
  const key = imageReportKey(report.analyzers, imageIdentity(report));
  await blobs.replace(key, await promisify(zstdCompress)(JSON.stringify(report)));
  return key;
}

/** The report of an image by these analyzers, or null. Throws `data/corrupt` when what is stored cannot be read. */
export async function getImageReport(blobs: Blobs, analyzerSet: string, image: Digest): Promise<ImageReport | null> {
  const key = imageReportKey(analyzerSet, image);
  const bytes = await readBlob(blobs, key);
  if (bytes === null) return null;
  try {
    const report = JSON.parse((await promisify(zstdDecompress)(bytes, { maxOutputLength: mostBytes })).toString());
    if (report.version === 1 && report.analyzers === analyzerSet) return report as ImageReport;
  } catch (cause) {
    throw new Fault('data/corrupt', `the stored report '${key}' cannot be read; analyze the image again`, { cause });
  }
  throw new Fault('data/corrupt', `the stored report '${key}' is of another form; analyze the image again`);
}

/**
 * The final file system of an analyzed image, a folder before what is in it, composed again from the layer reports.
 * Throws `data/corrupt` when one of them is gone or damaged.
 */
export async function* listFiles(
  blobs: Blobs,
  report: Pick<ImageReport, 'analyzers' | 'layers'>,
  limits: Limits = defaultLimits,
): AsyncGenerator<ComposedFile, void> {
  const layers = report.layers.map(({ diffId }) => ({
    diffId,
    records: fileRecords(blobs, report.analyzers, diffId as Digest),
  }));
  const composed = await compose(layers, [], limits);
  yield* composed.files();
}

async function* fileRecords(blobs: Blobs, analyzerSet: string, diffId: Digest): AsyncGenerator<LayerRecord, void> {
  const records = await readLayerReport(blobs, analyzerSet, diffId);
  if (records === null) {
    throw new Fault('data/corrupt', `the report of the layer ${diffId} is not stored; analyze the image again`, {
      detail: { diffId },
    });
  }
  for await (const record of records) if (record.kind !== 'facts' && record.kind !== 'note') yield record;
}
