import { Fault } from '#core/fault.ts';
import { viewOf } from './row.ts';

/** Tags of an rpm header that are read (rpm/lib/rpmtag.h). */
export const rpmTag = {
  // Tags of signatures as they stand in a database: rpm/include/rpm/rpmtag.h has them from 256.
  sigPgp: 259,
  sigGpg: 262,
  dsaHeader: 267,
  rsaHeader: 268,
  openPgp: 278,
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  installTime: 1008,
  size: 1009,
  vendor: 1011,
  license: 1014,
  packager: 1015,
  arch: 1022,
  oldFileNames: 1027,
  fileStates: 1029,
  fileModes: 1030,
  fileDigests: 1035,
  fileFlags: 1037,
  fileUserNames: 1039,
  fileGroupNames: 1040,
  sourceRpm: 1044,
  fileVerifyFlags: 1045,
  provideNames: 1047,
  requireNames: 1049,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  longSize: 5009,
  modularityLabel: 5096,
} as const;

interface Entry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

/** rpm's own bounds for a header (rpm/lib/header.c): entries and bytes of data. */
const maxEntries = 0xffff;
const maxData = 0x0fffffff;

const entryBytes = 16;
const readTags: ReadonlySet<number> = new Set(Object.values(rpmTag));

/** Bytes of one element by type; strings have none. */
const widths: Readonly<Record<number, number>> = { 0: 0, 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1 };
const stringTypes: ReadonlySet<number> = new Set([6, 8, 9]);

/**
 * A header as it stands in an rpm database: index and data without lead and magic, numbers big-endian (rpm's
 * docs/manual/format_header.md). Only the tags above are looked at, and each is checked against the data when the header is
 * opened. Of a tag that stands twice the last counts: rpm adds tags behind the signed region to override those in it.
 */
export class RpmHeader {
  readonly #entries = new Map<number, Entry>();
  readonly #data: Buffer;

  /** Throws `image/corrupt` with the first thing that is wrong. */
  constructor(bytes: Uint8Array) {
    if (bytes.length < 8) throw wrong(`it has ${bytes.length} bytes`);
    const view = viewOf(bytes);
    const entries = view.getUint32(0);
    const dataLength = view.getUint32(4);
    if (entries === 0 || entries > maxEntries) throw wrong(`it claims ${entries} entries`);
    const start = 8 + entries * entryBytes;
    if (dataLength > maxData || start + dataLength > bytes.length)
      throw wrong(`it claims ${start + dataLength} bytes and has ${bytes.length}`);
    this.#data = Buffer.from(bytes.buffer, bytes.byteOffset + start, dataLength);
    for (let at = 8; at < start; at += entryBytes) {
      const tag = view.getInt32(at);
      if (!readTags.has(tag)) continue;
      const entry = { type: view.getUint32(at + 4), offset: view.getUint32(at + 8), count: view.getUint32(at + 12) };
      this.#check(tag, entry);
      this.#entries.set(tag, entry);
    }
  }

  /** Whether the header has a tag. */
  has(tag: number): boolean {
    return this.#entries.has(tag);
  }

  /** The text of a tag, the first of several; null when the header does not have it. */
  text(tag: number): string | null {
    return this.texts(tag, 1)[0] ?? null;
  }

  /** All texts of a tag, at most `limit`; none when the header does not have it. */
  texts(tag: number, limit = Number.POSITIVE_INFINITY): string[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined || !stringTypes.has(entry.type)) return [];
    const found: string[] = [];
    for (let at = entry.offset, left = Math.min(entry.count, limit); left > 0; left--) {
      const end = this.#data.indexOf(0, at);
      if (end < 0) throw wrong(`the text of tag ${tag} does not end`);
      found.push(this.#data.toString('utf8', at, end));
      at = end + 1;
    }
    return found;
  }

  /** The number of a tag, the first of several; null when the header does not have it. 64 bits are rounded beyond 2^53. */
  number(tag: number): number | null {
    const entry = this.#entries.get(tag);
    return entry === undefined || entry.count === 0 ? null : this.#number(entry, 0);
  }

  /** All numbers of a tag, at most `limit`; none when the header does not have it. */
  numbers(tag: number, limit = Number.POSITIVE_INFINITY): number[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined || !(entry.type in widths) || entry.type === 0) return [];
    return Array.from({ length: Math.min(entry.count, limit) }, (_, index) => this.#number(entry, index) ?? 0);
  }

  #number({ type, offset }: Entry, index: number): number | null {
    const at = offset + index * (widths[type] ?? 0);
    if (type === 1 || type === 2) return this.#data.readUInt8(at);
    if (type === 3) return this.#data.readUInt16BE(at);
    if (type === 4) return this.#data.readUInt32BE(at);
    return type === 5 ? Number(this.#data.readBigUInt64BE(at)) : null;
  }

  #check(tag: number, { type, offset, count }: Entry): void {
    const length = this.#data.length;
    const bytes = stringTypes.has(type) ? count : (widths[type] ?? Number.NaN) * count;
    if (Number.isNaN(bytes)) throw wrong(`tag ${tag} has the unknown type ${type}`);
    if (offset > length || bytes > length - offset) throw wrong(`tag ${tag} lies beyond its data`);
  }
}

function wrong(problem: string): Fault {
  return new Fault('image/corrupt', `the header is damaged: ${problem}`);
}
