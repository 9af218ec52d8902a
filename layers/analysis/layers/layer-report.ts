import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import { isDigest } from '#core/digest.ts';
import type { LayerRecord } from '#schema/layer-report.ts';

/** Measured: smaller ones cost a turn of the event loop each, larger ones gain nothing. */
const batchLength = 256 * 1024;

/** Measured: half of a report are digests, which do not get smaller. Level 1 takes half the time of 3 and is no larger. */
const compressionLevel = 1;

/** The longest line that is read back: all facts of a file fit in (limit factBytes), and JSON escapes beside. */
const longestLine = 512 * 1024 * 1024 - 1024;

/** What the first line of a report says. */
export type LayerHead = Extract<LayerRecord, { kind: 'head' }>;

/** What the last line of a report says. */
export type LayerEnd = Extract<LayerRecord, { kind: 'end' }>;

/**
 * The bytes of a layer report: JSON lines, zstd. What the records throw is thrown here, so that nobody takes the bytes so
 * far for a report; `onEnd` hears the last record, before the last bytes are given.
 */
export async function* encodeLayerReport(
  records: AsyncIterable<LayerRecord>,
  onEnd: (end: LayerEnd) => void = () => {},
): AsyncGenerator<Uint8Array, void> {
  const zstd = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: compressionLevel } });
  const feeding = pipeline(Readable.from(batches(records, onEnd), { objectMode: false }), zstd);
  // The same failure is thrown by the loop below; a pipeline that is only abandoned has nothing to say.
  feeding.catch(() => {});
  for await (const piece of zstd) yield piece;
  await feeding;
}

/**
 * The records of a layer report, read back: head first, `end` last and there. Throws `data/corrupt` for bytes that are
 * no whole report of this analyzer set; what was given before is then to be forgotten.
 */
export async function* decodeLayerReport(
  bytes: AsyncIterable<Uint8Array>,
  analyzerSet: string,
  diffId: string,
): AsyncGenerator<LayerRecord, void> {
  let count = 0;
  let ended = false;
  for await (const lot of lines(bytes, diffId)) {
    for (const line of lot) {
      if (ended) throw corrupt(diffId, 'it goes on after its end');
      const record = parseRecord(line, diffId);
      count += 1;
      if ((count === 1) !== (record.kind === 'head')) throw corrupt(diffId, 'its head is not its first line');
      if (record.kind === 'head' && (record.version !== 1 || record.analyzers !== analyzerSet)) {
        throw corrupt(diffId, 'it is of another analyzer set');
      }
      if (record.kind === 'end') {
        ended = true;
        if (record.diffId !== diffId) throw corrupt(diffId, 'it is of another layer');
      }
      yield record;
    }
  }
  if (!ended) throw corrupt(diffId, 'it was cut off');
}

async function* batches(records: AsyncIterable<LayerRecord>, onEnd: (end: LayerEnd) => void) {
  let batch = '';
  for await (const record of records) {
    if (record.kind === 'end') onEnd(record);
    batch += `${JSON.stringify(record)}\n`;
    if (batch.length < batchLength) continue;
    yield Buffer.from(batch);
    batch = '';
  }
  if (batch !== '') yield Buffer.from(batch);
}

/** Lines in lots: to wait for each of millions takes longer than to read it. */
async function* lines(bytes: AsyncIterable<Uint8Array>, diffId: string): AsyncGenerator<readonly string[], void> {
  const text = createZstdDecompress({ chunkSize: batchLength });
  const feeding = pipeline(Readable.from(bytes, { objectMode: false }), text);
  feeding.catch(() => {});
  let held: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of text as AsyncIterable<Buffer>) {
      const lot: string[] = [];
      let start = 0;
      for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
        const rest = piece.toString('utf8', start, end);
        lot.push(held.length === 0 ? rest : Buffer.concat([...held, piece.subarray(start, end)]).toString());
        held = [];
        length = 0;
        start = end + 1;
      }
      yield lot;
      length += piece.length - start;
      if (length > longestLine) throw corrupt(diffId, 'it has a line without end');
      if (start < piece.length) held.push(piece.subarray(start));
    }
  } catch (thrown) {
    throw isZstdError(thrown) ? corrupt(diffId, 'it cannot be unpacked', thrown) : thrown;
  }
  if (length > 0) throw corrupt(diffId, 'it was cut off');
}

/** An error of the decoder, not of what the bytes come from. */
function isZstdError(thrown: unknown): boolean {
  return /^(Z_|ZSTD_|ERR_)/.test((thrown as NodeJS.ErrnoException).code ?? '');
}

function parseRecord(line: string, diffId: string): LayerRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw corrupt(diffId, 'a line is no JSON', cause);
  }
  if (!isRecord(value)) throw corrupt(diffId, 'a line is no record');
  return value;
}

const fileTypes = new Set<unknown>(['file', 'dir', 'symlink', 'hardlink', 'char', 'block', 'fifo']);
const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
const isCount = (value: unknown): boolean => typeof value === 'number' && value >= 0;

/** By hand: millions of lines go through here, and what wrote them is this program. */
function isRecord(value: unknown): value is LayerRecord {
  if (typeof value !== 'object' || value === null) return false;
  const it = value as Readonly<Record<string, unknown>>;
  switch (it['kind']) {
    case 'file':
      return (
        isText(it['path']) &&
        fileTypes.has(it['type']) &&
        isCount(it['mode']) &&
        isCount(it['uid']) &&
        isCount(it['gid']) &&
        isCount(it['size']) &&
        isTextOrNull(it['sha256']) &&
        isTextOrNull(it['link'])
      );
    case 'whiteout':
    case 'opaque':
      return isText(it['path']);
    case 'facts':
      return isText(it['path']) && isText(it['analyzer']) && Array.isArray(it['facts']) && it['facts'].every(isFact);
    case 'note':
      return isText(it['analyzer']) && isText(it['problem']) && isTextOrNull(it['path']) && isTextOrNull(it['layer']);
    case 'head':
      return (
        isText(it['analyzers']) &&
        isCount(it['version']) &&
        isText(it['engine']) &&
        Array.isArray(it['members']) &&
        it['members'].every(isText)
      );
    case 'end':
      return (
        typeof it['diffId'] === 'string' && isDigest(it['diffId']) && isCount(it['size']) && isCount(it['inflated'])
      );
    default:
      return false;
  }
}

function isFact(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isText((value as { key?: unknown }).key);
}

function corrupt(diffId: string, why: string, cause?: unknown): Fault {
  return new Fault(
    'data/corrupt',
    `the stored report of the layer ${diffId} is not usable: ${why}; analyze the image again`,
    {
      detail: { diffId },
      cause,
    },
  );
}
