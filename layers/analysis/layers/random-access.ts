import { readSync } from 'node:fs';
import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';

const defaultAllLimit = 64 * 1024 * 1024;

/** Bytes that are in memory. */
export function memoryAccess(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.byteLength,
    read: (offset, length) => {
      const start = within(offset, bytes.byteLength);
      return bytes.subarray(start, start + within(length, bytes.byteLength - start));
    },
    all: (limit = defaultAllLimit) => {
      refuseOver(limit, bytes.byteLength);
      return bytes;
    },
  };
}

/** Bytes that are in memory in pieces, as they came: what lies within one of them is read without being copied. */
export function piecesAccess(pieces: readonly Uint8Array[]): RandomAccess {
  let parts = pieces;
  let starts: readonly number[] = startsOf(parts);
  const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const read = (offset: number, length: number): Uint8Array => {
    const start = within(offset, size);
    const end = start + within(length, size - start);
    if (start === end) return new Uint8Array(0);
    const index = lastAtMost(starts, start);
    const [part, before] = [parts[index]!, starts[index]!];
    return end - before <= part.byteLength ? part.subarray(start - before, end - before) : join(index, start, end);
  };
  const join = (first: number, start: number, end: number): Uint8Array => {
    const bytes = Buffer.allocUnsafe(end - start);
    for (let index = first, filled = 0; filled < bytes.length; index += 1) {
      const from = start + filled - starts[index]!;
      const part = parts[index]!.subarray(from, from + bytes.length - filled);
      bytes.set(part, filled);
      filled += part.byteLength;
    }
    return bytes;
  };
  return {
    size,
    read,
    all: (limit = defaultAllLimit) => {
      refuseOver(limit, size);
      if (parts.length > 1) {
        // Whoever wants all may want it again.
        parts = [join(0, 0, size)];
        starts = [0];
      }
      return parts[0] ?? new Uint8Array(0);
    },
  };
}

/** The first `size` bytes of an open file, which must stay open and unchanged while this is in use. */
export function fileAccess(descriptor: number, size: number): RandomAccess {
  const read = (offset: number, length: number): Uint8Array => {
    const start = within(offset, size);
    const bytes = Buffer.allocUnsafe(within(length, size - start));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  };
  return {
    size,
    read,
    all: (limit = defaultAllLimit) => {
      refuseOver(limit, size);
      return read(0, size);
    },
  };
}

function startsOf(parts: readonly Uint8Array[]): readonly number[] {
  let size = 0;
  return parts.map((part) => (size += part.byteLength) - part.byteLength);
}

/** The place of the last of ascending numbers that is not above `value`; the first is 0. */
function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  for (let high = ascending.length - 1; low < high; ) {
    const middle = (low + high + 1) >>> 1;
    if (ascending[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Offsets come out of hostile files: anything that is no position counts as 0, anything past the end as the end. */
function within(value: number, most: number): number {
  return value > 0 ? Math.min(Math.floor(value), most) : 0;
}

function refuseOver(limit: number, size: number): void {
  if (size > limit) {
    throw new Fault('input/too-large', `the file has ${size} bytes, its analyzer reads at most ${limit}`, {
      detail: { size, limit },
    });
  }
}
