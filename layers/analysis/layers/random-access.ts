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
