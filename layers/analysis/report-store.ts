import { createReadStream } from 'node:fs';
import { type Digest, digestHex } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import { decodeLayerReport, type LayerEnd, type LayerHead } from './layers/layer-report.ts';
import { TemporaryFile } from './layers/temporary-file.ts';

/** Bytes of a layer report on their way to the store; `end` resolves to what was verified once they are all read. */
export interface IncomingReport {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What the last record said; null as long as it was not read. */
  end(): LayerEnd | null;
}

/**
 * Where the report of a layer is kept: by what is in the layer and by who read it, so that every image shares it and who
 * else has read the layer is seen at once.
 */
export function layerReportKey(analyzerSet: string, diffId: Digest): string {
  return `${reportsOf(diffId)}${analyzerSet}${suffix}`;
}

const suffix = '.jsonl.zst';

function reportsOf(diffId: Digest): string {
  return `layer-reports/${digestHex(diffId)}/`;
}

/** Reports that are looked at to find one to go on from; there are more only while some are being tidied away. */
const mostListed = 8;

/** The heads of what other sets have read of this layer; those that cannot be read are left out. */
export async function otherReports(blobs: Blobs, analyzerSet: string, diffId: Digest): Promise<readonly LayerHead[]> {
  const heads: LayerHead[] = [];
  let listed = 0;
  for await (const key of blobs.list(reportsOf(diffId))) {
    const name = key.slice(reportsOf(diffId).length, -suffix.length);
    if (name === analyzerSet) continue;
    listed += 1;
    if (listed > mostListed) break;
    const head = await readHead(blobs, name, diffId);
    if (head !== null) heads.push(head);
  }
  return heads;
}

async function readHead(blobs: Blobs, analyzerSet: string, diffId: Digest): Promise<LayerHead | null> {
  try {
    for await (const record of (await readLayerReport(blobs, analyzerSet, diffId)) ?? []) {
      return record.kind === 'head' ? record : null;
    }
    return null;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'data/corrupt') return null;
    throw thrown;
  }
}

/** Whether the layer was read before by this analyzer set. */
export async function hasLayerReport(blobs: Blobs, analyzerSet: string, diffId: Digest): Promise<boolean> {
  return await blobs.has(layerReportKey(analyzerSet, diffId));
}

/** Stores a report while it is made. A layer that fails leaves nothing: the store takes a blob whole or not at all. */
export async function putLayerReport(
  blobs: Blobs,
  analyzerSet: string,
  diffId: Digest,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  await blobs.put(layerReportKey(analyzerSet, diffId), bytes);
}

/**
 * Stores the report of a layer whose diff_id is only known once it was read (a folder), by way of an unnamed temporary
 * file; what was there under the same name is the same.
 */
export async function putNamelessReport(
  blobs: Blobs,
  analyzerSet: string,
  report: IncomingReport,
  temporaryPath: string,
): Promise<LayerEnd> {
  using spool = new TemporaryFile(temporaryPath);
  for await (const piece of report.bytes) spool.append(piece);
  const end = report.end()!;
  await putLayerReport(blobs, analyzerSet, end.diffId as Digest, readSpool(spool));
  return end;
}

/** The records of a stored report; null when there is none. Iterating throws `data/corrupt` when it is damaged. */
export async function readLayerReport(
  blobs: Blobs,
  analyzerSet: string,
  diffId: Digest,
): Promise<AsyncIterable<LayerRecord> | null> {
  const bytes = await blobs.read(layerReportKey(analyzerSet, diffId));
  return bytes === null ? null : decodeLayerReport(bytes, analyzerSet, diffId);
}

/** Forgets a report, so that the layer is read again. */
export async function deleteLayerReport(blobs: Blobs, analyzerSet: string, diffId: Digest): Promise<void> {
  await blobs.delete(layerReportKey(analyzerSet, diffId));
}

function readSpool(spool: TemporaryFile): AsyncIterable<Uint8Array> {
  return spool.size === 0
    ? (async function* () {})()
    : createReadStream('', { fd: spool.descriptor, start: 0, autoClose: false });
}
