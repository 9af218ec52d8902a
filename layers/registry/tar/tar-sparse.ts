import type { Limits } from '#core/limits.ts';
import { blockSize, tarNumber } from './tar-header.ts';
import { cutOff, type ByteInput } from './byte-input.ts';
import { type PaxRecord, paxNumber } from './tar-pax.ts';

/** A stretch of stored bytes of a sparse file; what lies between stretches is zeros. */
export interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/** A sparse file: how long it really is, and where its stored bytes belong. `problem` when the map cannot be used. */
export interface SparseMap {
  readonly size: number;
  readonly stretches: readonly Stretch[];
  /** Bytes at the start of the stored content that are the map itself (pax 1.0). */
  readonly mapBytes: number;
  readonly problem: string | null;
}

/** More stretches than any file system makes of a file that fits the limits; past it the map is refused. */
const mostStretches = 250_000;

/**
 * The map of an old GNU sparse entry (type `S`): four stretches in the header, 21 more in each block that follows while
 * the block before says so. Reads those blocks from the input. (GNU tar manual, "Storing Sparse Files".)
 */
export async function readGnuSparse(header: Buffer, stored: number, input: ByteInput): Promise<SparseMap> {
  const size = tarNumber(header, 483, 12) ?? -1;
  const numbers: number[] = [];
  collect(header, 386, 4, numbers);
  let more = header[482] !== 0;
  while (more) {
    const block = await input.take(blockSize);
    if (block.length < blockSize) throw cutOff(input.position, 'the map of a sparse file');
    if (numbers.length <= 2 * mostStretches) collect(block, 0, 21, numbers);
    more = block[504] !== 0;
  }
  return checked(size, numbers, stored, 0);
}

function collect(block: Buffer, start: number, count: number, numbers: number[]): void {
  for (let i = 0; i < count; i++) {
    const at = start + 24 * i;
    if (block[at] === 0) return;
    numbers.push(tarNumber(block, at, 12) ?? -1, tarNumber(block, at + 12, 12) ?? -1);
  }
}

/**
 * The map that pax records describe: `GNU.sparse.*` in its forms 0.0 (repeated offset and numbytes), 0.1 (one `map`) and
 * 1.0 (the map stands before the content, which is then read from the input). Null when the records say nothing of it.
 */
export async function readPaxSparse(
  records: readonly PaxRecord[],
  stored: number,
  input: ByteInput,
): Promise<SparseMap | null> {
  const last = new Map(records.map((record) => [record.key, record.value]));
  const size = last.get('GNU.sparse.realsize') ?? last.get('GNU.sparse.size');
  if (size === undefined) return null;
  const real = paxNumber(size) ?? -1;
  if (last.get('GNU.sparse.major')?.toString('latin1') === '1') return await readMapInContent(real, stored, input);
  const map = last.get('GNU.sparse.map');
  if (map !== undefined) {
    return checked(real, map.length === 0 ? [] : map.toString('latin1').split(',').map(decimal), stored, 0);
  }
  const numbers = records
    .filter(({ key }) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes')
    .map(({ value }) => paxNumber(value) ?? -1);
  return checked(real, numbers, stored, 0);
}

/** Form 1.0: decimal numbers, a line each, the count of stretches first, padded to whole blocks. */
async function readMapInContent(size: number, stored: number, input: ByteInput): Promise<SparseMap> {
  const numbers: number[] = [];
  let wanted = 1;
  let line = '';
  let read = 0;
  while (numbers.length < wanted) {
    if (read + blockSize > stored) return { ...broken(size), mapBytes: read };
    const block = await input.take(blockSize);
    if (block.length < blockSize) throw cutOff(input.position, 'the map of a sparse file');
    read += blockSize;
    line += block.toString('latin1');
    const lines = line.split('\n');
    line = lines.pop()!;
    for (const text of lines) {
      if (numbers.length === wanted) break;
      const value = decimal(text);
      if (numbers.length === 0) wanted = 1 + 2 * value;
      numbers.push(value);
    }
    if (line.length > 40 && numbers.length < wanted) return { ...broken(size), mapBytes: read };
    if (numbers[0] === -1 || wanted > 1 + 2 * mostStretches) return { ...broken(size), mapBytes: read };
  }
  return checked(size, numbers.slice(1), stored - read, read);
}

function decimal(text: string): number {
  const value = /^\d{1,20}$/.test(text) ? Number(text) : -1;
  return Number.isSafeInteger(value) ? value : -1;
}

/** The map, when its stretches ascend within the file and are as long together as what is stored. */
function checked(size: number, numbers: readonly number[], stored: number, mapBytes: number): SparseMap {
  if (numbers.length > 2 * mostStretches || numbers.length % 2 !== 0 || !Number.isSafeInteger(size) || size < 0) {
    return { ...broken(size), mapBytes };
  }
  const stretches: Stretch[] = [];
  let end = 0;
  let total = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const [offset, length] = [numbers[i]!, numbers[i + 1]!];
    if (offset < end || length < 0 || offset + length > size) return { ...broken(size), mapBytes };
    end = offset + length;
    total += length;
    if (length > 0) stretches.push({ offset, length });
  }
  return total === stored ? { size, stretches, mapBytes, problem: null } : { ...broken(size), mapBytes };
}

function broken(size: number): SparseMap {
  const real = Number.isSafeInteger(size) && size >= 0 ? size : 0;
  return { size: real, stretches: [], mapBytes: 0, problem: 'the map of this sparse file is damaged' };
}

/**
 * What of a sparse file is holes, against a budget for the whole tar: holes cost nothing to write and everything to read.
 */
export function holesOf(map: SparseMap): number {
  return map.size - map.stretches.reduce((sum, stretch) => sum + stretch.length, 0);
}

/** Most bytes of holes in one tar that are given out as zeros. */
export function holeBudget(limits: Limits): number {
  return limits.fileBytes;
}

const zeros = Buffer.alloc(64 * 1024);

/** The content of a sparse file as its reader would see it: stored stretches in place, zeros between. */
export async function* expandSparse(map: SparseMap, stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let at = 0;
  let next = 0;
  let left = map.stretches[0]?.length ?? 0;
  for await (const chunk of stored) {
    let used = 0;
    while (used < chunk.length) {
      const stretch = map.stretches[next]!;
      const start = stretch.offset + stretch.length - left;
      yield* hole(start - at);
      const piece = chunk.subarray(used, Math.min(chunk.length, used + left));
      yield piece;
      used += piece.length;
      left -= piece.length;
      at = start + piece.length;
      if (left === 0) left = map.stretches[++next]?.length ?? 0;
    }
  }
  yield* hole(map.size - at);
}

function* hole(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= zeros.length) yield left < zeros.length ? zeros.subarray(0, left) : zeros;
}
