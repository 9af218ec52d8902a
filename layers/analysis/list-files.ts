import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Platform } from '#platform/platform.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import { type ComposedFile, compose } from './compose.ts';
import { otherReports, readLayerReport } from './report-store.ts';

/**
 * The final file system of an analyzed image, a folder before what is in it, composed again from the layer reports.
 * Throws `data/corrupt` when one of them is gone or damaged, and `state/not-found` for an image that was imported: layers that it names
 * may be another account's.
 */
export async function* listFiles(
  world: Pick<Platform, 'blobs'>,
  report: Pick<ImageReport, 'analyzers' | 'layers' | 'imported'>,
  limits: Limits = defaultLimits,
): AsyncGenerator<ComposedFile, void> {
  if (report.imported === true)
    throw new Fault('state/not-found', 'the image was imported, which tells no files: add it by its tag to have them');
  const layers = report.layers.map(({ diffId }) => ({
    diffId,
    records: fileRecords(world, report.analyzers, diffId as Digest),
  }));
  const composed = await compose(layers, [], limits);
  yield* composed.files();
}

async function* fileRecords(
  world: Pick<Platform, 'blobs'>,
  analyzerSet: string,
  diffId: Digest,
): AsyncGenerator<LayerRecord, void> {
  const records = await fileReport(world.blobs, analyzerSet, diffId);
  if (records === null) {
    throw new Fault('data/corrupt', `the report of the layer ${diffId} is not stored; analyze the image again`, {
      detail: { diffId },
    });
  }
  for await (const record of records) if (record.kind !== 'facts' && record.kind !== 'note') yield record;
}

/** Files are told alike by every set: the report that the image was composed of may have made room for a later one. */
async function fileReport(blobs: Blobs, analyzerSet: string, diffId: Digest) {
  const own = await readLayerReport(blobs, analyzerSet, diffId);
  if (own !== null) return own;
  const [other] = await otherReports(blobs, analyzerSet, diffId);
  return other === undefined ? null : await readLayerReport(blobs, other.analyzers, diffId);
}
