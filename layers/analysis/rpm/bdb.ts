import type { RandomAccess } from '../analyzer.ts';
import { damaged, damagedRow, maxHeaderBytes, type RpmRow, viewOf } from './row.ts';

/** Page types and item types of Berkeley DB (dbinc/db_page.h). */
const page = { hashUnsorted: 2, overflow: 7, hashMeta: 8, hash: 13 };
const item = { keyData: 1, offPage: 3 };
const hashMagic = 0x061561;
const btreeMagic = 0x053162;
const pageHeader = 26;

/** True for the first bytes of a Berkeley DB file, hash or not, in either byte order. */
export function isBdb(start: Uint8Array): boolean {
  if (start.length < 16) return false;
  const view = viewOf(start);
  return [true, false].some((little) => [hashMagic, btreeMagic].includes(view.getUint32(12, little)));
}

/**
 * The headers in a `Packages` file of rpm up to 4.15: a Berkeley DB hash of either byte order. Every page is looked at
 * once in file order, so neither the hash function nor damaged bucket tables matter; record 0 is rpm's counter. Each overflow
 * page is given to one header at most, so the work stays within the size of the file.
 */
export function* bdbRows(content: RandomAccess): Generator<RpmRow> {
  const meta = content.read(0, 512);
  if (meta.length < 512) throw damaged('it is shorter than its first page');
  const view = viewOf(meta);
  const little = view.getUint32(12, true) === hashMagic;
  if (!little && view.getUint32(12, false) !== hashMagic) throw damaged('it is a Berkeley DB file but not a hash');
  const pageSize = view.getUint32(20, little);
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0)
    throw damaged(`it claims pages of ${pageSize} bytes`);
  if (view.getUint8(24) !== 0) throw damaged('it is encrypted');
  if (view.getUint8(25) !== page.hashMeta) throw damaged('its first page is not that of a hash');
  const pages = view.getUint32(32, little) + 1;
  const there = Math.floor(content.size / pageSize);
  const database = { content, little, pageSize, used: new Set<number>() };
  for (let number = 1; number < there; number++) yield* pageRows(database, number);
  if (pages > there) throw damaged(`it is cut off: ${there} of ${pages} pages are there`);
}

interface Database {
  readonly content: RandomAccess;
  readonly little: boolean;
  readonly pageSize: number;
  /** Overflow pages that already belong to a header. */
  readonly used: Set<number>;
}

function* pageRows(database: Database, number: number): Generator<RpmRow> {
  const { content, little, pageSize } = database;
  const bytes = content.read(number * pageSize, pageSize);
  if (bytes.length < pageHeader) return;
  const view = viewOf(bytes);
  const type = view.getUint8(25);
  if (type > page.hash) yield damagedRow(`page ${number}`, 'it is of no kind that a hash has');
  if (type !== page.hash && type !== page.hashUnsorted) return;
  const entries = view.getUint16(20, little);
  if (pageHeader + entries * 2 > bytes.length) {
    yield damagedRow(`page ${number}`, `it claims ${entries} items`);
    return;
  }
  for (let index = 0; index + 1 < entries; index += 2) {
    const key = itemBytes(database, bytes, index);
    const value = itemBytes(database, bytes, index + 1);
    const record = key !== null && key.length === 5 ? viewOf(key).getUint32(1, little) : null;
    if (record === 0) continue;
    const which = record === null ? `item ${index + 1} of page ${number}` : `record ${record}`;
    const header = value === null ? 'it lies outside its page' : valueBytes(database, value);
    if (typeof header === 'string') yield damagedRow(which, header);
    else yield { kind: 'header', number: record ?? 0, bytes: header };
  }
}

/** Items fill a page from its end: each runs up to the one before it. */
function itemBytes({ little, pageSize }: Database, bytes: Uint8Array, index: number): Uint8Array | null {
  const view = viewOf(bytes);
  const start = view.getUint16(pageHeader + index * 2, little);
  const end = index === 0 ? pageSize : view.getUint16(pageHeader + (index - 1) * 2, little);
  return start < pageHeader || end <= start || end > bytes.length ? null : bytes.subarray(start, end);
}

function valueBytes(database: Database, value: Uint8Array): Uint8Array | string {
  if (value[0] === item.keyData) return value.subarray(1);
  if (value[0] !== item.offPage) return `its item has the type ${value[0]}, which rpm does not use`;
  if (value.length < 12) return 'its item is too short';
  const view = viewOf(value);
  return overflow(database, view.getUint32(4, database.little), view.getUint32(8, database.little));
}

function overflow(database: Database, first: number, length: number): Uint8Array | string {
  const { content, little, pageSize, used } = database;
  if (length > maxHeaderBytes || length > content.size) return `it claims ${length} bytes`;
  const pieces: Uint8Array[] = [];
  let have = 0;
  for (let number = first; have < length; ) {
    if (number === 0) return `it has ${have} of ${length} bytes`;
    if (used.has(number)) return `page ${number} belongs to another record`;
    used.add(number);
    const bytes = content.read(number * pageSize, pageSize);
    if (bytes.length < pageHeader) return `page ${number} is missing`;
    const view = viewOf(bytes);
    if (view.getUint8(25) !== page.overflow) return `page ${number} is not an overflow page`;
    const filled = view.getUint16(22, little);
    if (filled === 0 || pageHeader + filled > bytes.length) return `page ${number} claims ${filled} bytes`;
    pieces.push(bytes.subarray(pageHeader, pageHeader + filled));
    have += filled;
    number = view.getUint32(16, little);
  }
  return Buffer.concat(pieces, length);
}
