import type { RandomAccess } from '../analyzer.ts';
import { damaged, damagedRow, maxHeaderBytes, type RpmRow, viewOf } from './row.ts';

const magic = 'SQLite format 3\0';
const leaf = 0x0d;
const interior = 0x05;

/** True for the first bytes of an SQLite file. */
export function isSqlite(start: Uint8Array): boolean {
  return Buffer.from(start.buffer, start.byteOffset, Math.min(16, start.length)).toString('latin1') === magic;
}

/**
 * The headers in an `rpmdb.sqlite`: the table `Packages(hnum, blob)` read straight from its b-tree
 * (https://www.sqlite.org/fileformat2.html), the write-ahead log not looked at. Every page is visited once at most, so that
 * neither cycles nor shared pages cost more than the size of the file.
 */
export function* sqliteRows(content: RandomAccess): Generator<RpmRow> {
  const database = open(content);
  const root = rootOf(database, 'packages');
  if (root === null) throw damaged('it has no table Packages');
  for (const cell of cells(database, root)) {
    const which = `row ${cell.rowid}`;
    const problem = typeof cell.payload === 'string' ? cell.payload : null;
    if (problem !== null) yield damagedRow(which, problem);
    else {
      const blob = record(cell.payload as Buffer)?.find((column) => column instanceof Uint8Array);
      if (blob === undefined) yield damagedRow(which, 'it holds no header');
      else yield { kind: 'header', number: cell.rowid, bytes: blob as Uint8Array };
    }
  }
}

interface Database {
  readonly content: RandomAccess;
  readonly pageSize: number;
  /** Bytes of a page without the reserved ones at its end. */
  readonly usable: number;
  readonly encoding: 'utf8' | 'utf16le' | 'utf16be';
  readonly used: Set<number>;
}

function open(content: RandomAccess): Database {
  const head = content.read(0, 100);
  if (head.length < 100 || !isSqlite(head)) throw damaged('it does not begin as an SQLite file');
  const view = viewOf(head);
  const pageSize = view.getUint16(16) === 1 ? 65536 : view.getUint16(16);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) throw damaged(`it claims pages of ${pageSize} bytes`);
  const usable = pageSize - view.getUint8(20);
  if (usable < 480) throw damaged(`it leaves ${usable} bytes of a page to use`);
  const encoding = ({ 2: 'utf16le', 3: 'utf16be' } as const)[view.getUint32(56)] ?? 'utf8';
  return { content, pageSize, usable, encoding, used: new Set() };
}

interface Cell {
  readonly rowid: number;
  /** The record, or why it cannot be read. */
  readonly payload: Buffer | string;
}

/** The root page of a table by its name in lower case, from the schema table on page 1. */
function rootOf(database: Database, table: string): number | null {
  for (const { payload } of cells(database, 1)) {
    if (typeof payload === 'string') continue;
    const [type, name, , root] = record(payload, database.encoding) ?? [];
    if (type === 'table' && typeof name === 'string' && name.toLowerCase() === table && typeof root === 'number')
      return root;
  }
  return null;
}

/** The cells of a table b-tree in the order of their rowids; a page that cannot be read is damage to the whole. */
function* cells(database: Database, root: number): Generator<Cell> {
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    const bytes = page(database, number);
    const start = number === 1 ? 100 : 0;
    const view = viewOf(bytes);
    const type = view.getUint8(start);
    if (type !== leaf && type !== interior) throw damaged(`page ${number} is not a page of a table`);
    const count = view.getUint16(start + 3);
    const pointers = start + (type === leaf ? 8 : 12);
    if (pointers + count * 2 > database.usable) throw damaged(`page ${number} claims ${count} cells`);
    if (type === interior) {
      waiting.push(view.getUint32(start + 8));
      for (let index = count - 1; index >= 0; index--) {
        const at = view.getUint16(pointers + index * 2);
        if (at + 4 > database.usable) throw damaged(`a cell of page ${number} lies outside it`);
        waiting.push(view.getUint32(at));
      }
    } else
      for (let index = 0; index < count; index++) yield leafCell(database, bytes, view.getUint16(pointers + index * 2));
  }
}

function page({ content, pageSize, used }: Database, number: number): Buffer {
  if (used.has(number)) throw damaged(`page ${number} is reached twice`);
  used.add(number);
  const bytes = number < 1 ? new Uint8Array() : content.read((number - 1) * pageSize, pageSize);
  if (bytes.length < pageSize) throw damaged(`page ${number} is missing`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function leafCell(database: Database, bytes: Buffer, at: number): Cell {
  const { usable } = database;
  const size = varint(bytes, at, usable);
  const rowid = size && varint(bytes, size.end, usable);
  if (!size || !rowid) return { rowid: 0, payload: 'its cell lies outside its page' };
  const length = size.value;
  if (length > maxHeaderBytes || length > database.content.size)
    return { rowid: rowid.value, payload: `it claims ${length} bytes` };
  // How much of a payload stays in the leaf: "B-tree Cell Format" of the file format.
  const most = usable - 35;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const split = least + ((length - least) % (usable - 4));
  const local = length <= most ? length : split <= most ? split : least;
  const end = rowid.end + local;
  if (end + (local < length ? 4 : 0) > usable) return { rowid: rowid.value, payload: 'its cell lies outside its page' };
  const first = bytes.subarray(rowid.end, end);
  if (local === length) return { rowid: rowid.value, payload: first };
  return { rowid: rowid.value, payload: overflow(database, first, length, bytes.readUInt32BE(end)) };
}

function overflow(database: Database, first: Buffer, length: number, start: number): Buffer | string {
  const pieces = [first];
  let have = first.length;
  for (let number = start; have < length; ) {
    if (number === 0) return `it has ${have} of ${length} bytes`;
    if (database.used.has(number)) return `page ${number} is used twice`;
    if (number * database.pageSize > database.content.size) return `page ${number} is missing`;
    const bytes = page(database, number);
    const piece = bytes.subarray(4, Math.min(database.usable, 4 + length - have));
    pieces.push(piece);
    have += piece.length;
    number = bytes.readUInt32BE(0);
  }
  return Buffer.concat(pieces, length);
}

type Column = string | number | Uint8Array | null;

/** The columns of a record, null when it is damaged. Floating-point columns read as null: no column that is asked for has them. */
function record(payload: Buffer, encoding: Database['encoding'] = 'utf8'): Column[] | null {
  const head = varint(payload, 0, payload.length);
  if (!head || head.value > payload.length) return null;
  const columns: Column[] = [];
  let at = head.value;
  for (let next = head.end; next < head.value; ) {
    const serial = varint(payload, next, head.value);
    if (!serial || columns.length >= 64) return null;
    next = serial.end;
    const width =
      serial.value >= 12 ? Math.floor((serial.value - 12) / 2) : ([0, 1, 2, 3, 4, 6, 8, 8][serial.value] ?? 0);
    if (width > payload.length - at) return null;
    columns.push(column(payload.subarray(at, at + width), serial.value, encoding));
    at += width;
  }
  return columns;
}

function column(bytes: Buffer, serial: number, encoding: Database['encoding']): Column {
  if (serial >= 12 && serial % 2 === 0) return bytes;
  if (serial >= 13)
    return encoding === 'utf16be'
      ? Buffer.from(bytes.subarray(0, bytes.length & ~1))
          .swap16()
          .toString('utf16le')
      : bytes.toString(encoding);
  if (serial >= 1 && serial <= 5) return bytes.readIntBE(0, bytes.length);
  if (serial === 6) return Number(bytes.readBigInt64BE(0));
  return serial === 8 ? 0 : serial === 9 ? 1 : null;
}

/** A varint of one to nine bytes that ends before `limit`; values beyond 2^53 are rounded, which no valid length needs. */
function varint(bytes: Buffer, at: number, limit: number): { readonly value: number; readonly end: number } | null {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    if (at + index >= limit) return null;
    const byte = bytes[at + index]!;
    if (index === 8) return { value: value * 256 + byte, end: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  return null;
}
