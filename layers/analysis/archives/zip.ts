import { constants, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';
import { memoryAccess } from '../layers/random-access.ts';
import { sliceOf } from '../programs/executable.ts';

/** A zip archive of which only the end has been looked at (PKWARE APPNOTE 6.3). Nothing of it is trusted. */
export interface Zip {
  readonly content: RandomAccess;
  /** Where the archive begins: a script or program may stand before it. Offsets in the archive count from here. */
  readonly start: number;
  readonly directory: { readonly offset: number; readonly size: number };
}

/** What the directory of a zip says of one entry. */
export interface ZipEntry {
  /** As it is written, with control characters replaced: a text to show and to compare, never a path to open. */
  readonly name: string;
  /** Inflated bytes, by the directory's word. */
  readonly size: number;
  readonly packedSize: number;
  /** 0 stored, 8 deflated; nothing else is read. */
  readonly method: number;
  readonly encrypted: boolean;
  /** Of the local header, in the content. */
  readonly offset: number;
}

/**
 * The zip archive in these bytes, found by its end as Java finds it (also behind other bytes, with a comment, with zip64);
 * null when there is none. Of several ends the last one counts that has a directory right before it.
 */
export function openZip(content: RandomAccess): Zip | null {
  const window = Buffer.from(view(content, content.size - endBytes - maxComment, endBytes + maxComment));
  const base = content.size - window.length;
  for (let at = window.lastIndexOf(endMagic); at >= 0; ) {
    const zip = at + endBytes <= window.length ? zipAt(content, base + at, window.subarray(at, at + endBytes)) : null;
    if (zip !== null) return zip;
    at = at === 0 ? -1 : window.lastIndexOf(endMagic, at - 1);
  }
  return null;
}

/**
 * What the directory lists, files and folders, in its order; memory does not grow with their number. Throws `image/corrupt`
 * where the directory is damaged, after the entries before.
 */
export function* zipEntries({ content, start, directory }: Zip): Generator<ZipEntry> {
  const end = directory.offset + directory.size;
  let base = directory.offset;
  let chunk = view(content, base, Math.min(chunkBytes, end - base));
  for (let at = directory.offset; at < end; ) {
    if (at + entryBytes + maxNames > base + chunk.length && base + chunk.length < end) {
      base = at;
      chunk = view(content, base, Math.min(chunkBytes, end - base));
    }
    const from = at - base;
    if (from + entryBytes > chunk.length || chunk.readUInt32LE(from) !== entryMagic) {
      throw new Fault('image/corrupt', 'its directory is damaged');
    }
    const names = chunk.readUInt16LE(from + 28);
    const extras = chunk.readUInt16LE(from + 30);
    const next = entryBytes + names + extras + chunk.readUInt16LE(from + 32);
    if (from + next > chunk.length) throw new Fault('image/corrupt', 'its directory is cut off');
    yield entryOf(chunk.subarray(from, from + next), names, extras, start);
    at += next;
  }
}

/**
 * The first part of an entry: what its first `packedBytes` inflate to. Throws as {@link openEntry}; also beyond 32 times as
 * many bytes, which no text comes to.
 */
export function entryStart(zip: Zip, entry: ZipEntry, packedBytes: number): Uint8Array {
  const packed = packedData(zip, entry);
  const first = packed.read(0, packedBytes);
  if (entry.method === 0) return first;
  return inflated(first, 32 * packedBytes, first.length < packed.size ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
}

/**
 * All of an entry: a stored one as a view of the archive, a deflated one inflated in memory. Throws `input/too-large`
 * where it would be more than `limit` bytes, `image/corrupt` for a damaged one and `image/unsupported` for one that is encrypted
 * or packed in another way.
 */
export function openEntry(zip: Zip, entry: ZipEntry, limit: number): RandomAccess {
  const packed = packedData(zip, entry);
  if (entry.method === 0) return packed;
  if (entry.size > limit || packed.size > limit) {
    throw new Fault(
      'input/too-large',
      `has ${Math.max(entry.size, packed.size)} bytes, of which ${limit} are held at most`,
    );
  }
  return memoryAccess(inflated(packed.read(0, packed.size), Math.max(entry.size, 1), { chunkSize: entry.size + 64 }));
}

const endMagic = Buffer.from('PK\x05\x06', 'latin1');
const endBytes = 22;
const maxComment = 0xffff;
const end64Magic = 0x06064b50;
const end64Bytes = 56;
const locatorMagic = 0x07064b50;
const locatorBytes = 20;
const entryMagic = 0x02014b50;
const entryBytes = 46;
const localMagic = 0x04034b50;
const localBytes = 30;

/** Name, extra field and comment of an entry. */
const maxNames = 3 * 0xffff;
const chunkBytes = 512 * 1024;
const maxName = 4096;

/** The archive whose end stands here (4.3.16), null when its directory is not where the end says. */
function zipAt(content: RandomAccess, at: number, end: Buffer): Zip | null {
  const zip64 = end64Of(content, at);
  const candidates = zip64 === null ? [] : [zip64];
  candidates.push({ before: at, size: end.readUInt32LE(12), offset: end.readUInt32LE(16) });
  for (const { before, size, offset } of candidates) {
    // A directory that does not reach to its end is where it says itself: bytes may stand between.
    for (const from of [before - size, offset]) {
      const start = from - offset;
      if (from < 0 || start < 0 || from + size > before) continue;
      const empty = size === 0 && end.readUInt16LE(10) === 0;
      if (!empty && (size < entryBytes || view(content, from, 4).compare(entryMagicBytes) !== 0)) continue;
      return { content, start, directory: { offset: from, size } };
    }
  }
  return null;
}

const entryMagicBytes = Buffer.from('PK\x01\x02', 'latin1');

/** What the zip64 record says that may stand before an end (4.3.14, 4.3.15); where it is, if bytes were put before the archive. */
function end64Of(content: RandomAccess, at: number): { before: number; size: number; offset: number } | null {
  const locator = view(content, at - locatorBytes, locatorBytes);
  if (locator.length < locatorBytes || locator.readUInt32LE(0) !== locatorMagic) return null;
  for (const from of [Number(locator.readBigUInt64LE(8)), at - locatorBytes - end64Bytes]) {
    if (from < 0 || from > at - locatorBytes - end64Bytes) continue;
    const record = view(content, from, end64Bytes);
    if (record.length < end64Bytes || record.readUInt32LE(0) !== end64Magic) continue;
    return { before: from, size: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
  }
  return null;
}

/** An entry of the directory (4.3.12). */
function entryOf(header: Buffer, names: number, extras: number, start: number): ZipEntry {
  const sizes = [header.readUInt32LE(24), header.readUInt32LE(20), header.readUInt32LE(42)];
  if (sizes.includes(0xffffffff)) widen(sizes, header.subarray(entryBytes + names, entryBytes + names + extras));
  const [size = 0, packedSize = 0, offset = 0] = sizes;
  return {
    name: header.toString('utf8', entryBytes, entryBytes + Math.min(names, maxName)).replace(/\p{Cc}/gu, '\ufffd'),
    size,
    packedSize,
    method: header.readUInt16LE(10),
    encrypted: (header.readUInt16LE(8) & 1) !== 0,
    offset: start + offset,
  };
}

/** Sizes that do not fit 32 bits stand, in this order, in the extra field 1 (4.5.3). */
function widen(sizes: number[], extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let from = at + 4;
    for (const [i, size] of sizes.entries()) {
      if (size !== 0xffffffff || from + 8 > extra.length) continue;
      sizes[i] = Number(extra.readBigUInt64LE(from));
      from += 8;
    }
    return;
  }
}

/** The bytes of an entry as they are packed, behind its local header (4.3.7), whose sizes may be missing. */
function packedData({ content }: Zip, entry: ZipEntry): RandomAccess {
  if (entry.encrypted) throw new Fault('image/unsupported', 'is encrypted');
  if (entry.method !== 0 && entry.method !== 8) {
    throw new Fault('image/unsupported', `is packed by method ${entry.method}, which is not read`);
  }
  const header = view(content, entry.offset, localBytes);
  if (header.length < localBytes || header.readUInt32LE(0) !== localMagic) {
    throw new Fault('image/corrupt', 'is not where the directory of its archive says');
  }
  const from = entry.offset + localBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (from + entry.packedSize > content.size) throw new Fault('image/corrupt', 'is cut off');
  return sliceOf(content, from, entry.packedSize);
}

/** At most `limit` bytes. */
function inflated(packed: Uint8Array, limit: number, options: ZlibOptions): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: limit, ...options });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Fault('image/corrupt', `inflates to more than the ${limit} bytes it may have`, { cause });
    }
    throw new Fault('image/corrupt', 'cannot be inflated', { cause });
  }
}

/** Bytes as a buffer; none for what lies before the content. */
function view(content: RandomAccess, offset: number, length: number): Buffer {
  const from = Math.max(0, offset);
  const bytes = content.read(from, length - (from - offset));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
