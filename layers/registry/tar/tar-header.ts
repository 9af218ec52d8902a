import { Fault } from '#core/fault.ts';

/** One 512-byte tar header as it stands, before extended headers are laid over it. */
export interface TarHeader {
  /** The type flag as a byte: `0` is 0x30, the old regular file is 0. */
  readonly flag: number;
  readonly name: Uint8Array;
  readonly link: Uint8Array;
  /** The `prefix` of ustar and star; empty for others. */
  readonly prefix: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content that follow, as the header says. */
  readonly size: number;
}

export const blockSize = 512;

/**
 * Reads a header block: ustar (POSIX.1-1988), pax, star, both GNU forms and v7. Null for a block of zeros, which ends an
 * archive. Throws `image/corrupt`, naming the offset, when the checksum is wrong or the size is negative or beyond 2^53.
 */
export function parseTarHeader(block: Buffer, offset: number): TarHeader | null {
  const sum = checksum(block);
  if (sum === 256 && block.every((byte) => byte === 0)) return null;
  const stated = octal(block, 148, 8);
  if (stated !== sum && stated !== signedChecksum(block, sum)) {
    throw new Fault('image/corrupt', `tar header at byte ${offset} does not have the checksum it states`);
  }
  const size = number(block, 124, 12);
  if (size === null || size < 0 || !Number.isSafeInteger(size)) {
    throw new Fault('image/corrupt', `tar header at byte ${offset} states an impossible size`);
  }
  return {
    flag: block[156]!,
    name: text(block, 0, 100),
    link: text(block, 157, 100),
    prefix: prefix(block),
    mode: (number(block, 100, 8) ?? 0) & 0o7777,
    uid: id(number(block, 108, 8)),
    gid: id(number(block, 116, 8)),
    size,
  };
}

/** A number field: base-256 when its first bit is set (GNU, star), else octal; null when it is neither. */
export function tarNumber(block: Buffer, start: number, length: number): number | null {
  return number(block, start, length);
}

/** The sum of all bytes, the checksum itself taken as blanks; 256 for a block of zeros. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < 148; i++) sum += block[i]!;
  for (let i = 156; i < blockSize; i++) sum += block[i]!;
  return sum;
}

/** The same of signed bytes, as tars of some old systems have it. */
function signedChecksum(block: Buffer, unsigned: number): number {
  let negative = 0;
  for (let i = 0; i < blockSize; i++) if (block[i]! > 127 && (i < 148 || i > 155)) negative++;
  return unsigned - 256 * negative;
}

function number(block: Buffer, start: number, length: number): number | null {
  const first = block[start]!;
  if (first < 0x80) return octal(block, start, length);
  // Two's complement, big endian, with the marker bit taken off: 0xff begins a negative number.
  const negative = (first & 0x40) !== 0;
  let value = first & 0x3f;
  if (negative) value -= 0x40;
  for (let i = start + 1; i < start + length; i++) value = value * 256 + block[i]!;
  return value;
}

/** Octal digits between blanks or NULs; an empty field is 0. */
function octal(block: Buffer, start: number, length: number): number | null {
  const end = start + length;
  let i = start;
  while (i < end && (block[i] === 0x20 || block[i] === 0)) i++;
  let value = 0;
  for (; i < end; i++) {
    const byte = block[i]!;
    if (byte === 0x20 || byte === 0) break;
    if (byte < 0x30 || byte > 0x37) return null;
    value = value * 8 + (byte - 0x30);
  }
  return value;
}

function id(value: number | null): number {
  return value !== null && value >= 0 && Number.isSafeInteger(value) ? value : 0;
}

function text(block: Buffer, start: number, length: number): Uint8Array {
  let end = start;
  while (end < start + length && block[end] !== 0) end++;
  return block.subarray(start, end);
}

const none = new Uint8Array(0);

function prefix(block: Buffer): Uint8Array {
  if (block.toString('latin1', 257, 262) !== 'ustar') return none;
  if (block[262] === 0) {
    return block.toString('latin1', 508, 512) === 'tar\0' ? text(block, 345, 131) : text(block, 345, 155);
  }
  // GNU has two times where ustar has the prefix. Go before 1.8, which wrote many old layers, put a prefix there all the same.
  if (isTime(block, 345) && isTime(block, 357)) return none;
  const found = text(block, 345, 155);
  return found.every((byte) => byte < 0x80) ? found : none;
}

function isTime(block: Buffer, start: number): boolean {
  return number(block, start, 12) !== null;
}
