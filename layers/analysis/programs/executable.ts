import type { RandomAccess } from '../analyzer.ts';

/** A section or segment that has bytes in the file: `size` of them at `offset`, loaded at `address`. */
export interface Region {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly writable: boolean;
}

/** An executable or library of one machine: its bytes and where they are loaded. Nothing of it is trusted. */
export interface Executable {
  readonly format: 'elf' | 'pe' | 'mach-o';
  readonly bytes: RandomAccess;
  /** Named parts, in the order of the file; empty when they are stripped. */
  readonly sections: readonly Region[];
  /** What the loader maps; for PE the sections. */
  readonly segments: readonly Region[];
}

/** Up to `length` bytes at an address: fewer at the end of its segment, none where nothing is mapped from the file. */
export function readAddress(executable: Executable, address: number, length: number): Uint8Array {
  for (const regions of [executable.segments, executable.sections]) {
    for (const region of regions) {
      const into = address - region.address;
      if (into < 0 || into >= region.size) continue;
      return executable.bytes.read(region.offset + into, Math.min(length, region.size - into));
    }
  }
  return new Uint8Array(0);
}

/** `size` bytes from `offset` as bytes of their own; what lies outside the whole is not there. */
export function sliceOf(whole: RandomAccess, offset: number, size: number): RandomAccess {
  const start = Math.min(offset, whole.size);
  const length = Math.min(size, whole.size - start);
  return {
    size: length,
    read: (at, count) =>
      at < 0 || at >= length ? new Uint8Array(0) : whole.read(start + at, Math.min(count, length - at)),
    all: () => whole.read(start, length),
  };
}

/** Integers of a header in the byte order of the file; reading past the end throws RangeError, which no header that was read whole does. */
export interface HeaderView {
  u8(at: number): number;
  u16(at: number): number;
  u32(at: number): number;
  /** Unsigned 64 bits; exact up to 2^53, beyond it larger than any file. */
  u64(at: number): number;
}

/** A view of a header's bytes. */
export function headerView(bytes: Uint8Array, littleEndian: boolean): HeaderView {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    u8: (at) => view.getUint8(at),
    u16: (at) => view.getUint16(at, littleEndian),
    u32: (at) => view.getUint32(at, littleEndian),
    u64: (at) => Number(view.getBigUint64(at, littleEndian)),
  };
}

/** The text up to the first NUL, as Latin-1. */
export function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
}
