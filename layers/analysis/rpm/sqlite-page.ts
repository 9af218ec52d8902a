import { maxHeaderBytes, viewOf } from './row.ts';

/** Where pages come from: the database, or its write-ahead log. */
export interface SqlitePages {
  readonly pageSize: number;
  /** Bytes of a page without the reserved ones at its end. */
  readonly usable: number;
  /** Bytes that there are altogether: no row is longer. */
  readonly size: number;
  /** A page by its number from 1, null when it is not there. */
  page(number: number): Buffer | null;
}

/** A page of a table: an inner one with its children, or a leaf with its cells, each in the order of the rowids. */
export type TablePage =
  | { readonly kind: 'branch'; readonly children: readonly number[] }
  | { readonly kind: 'leaf'; readonly cells: readonly Cell[] }
  /** Not of a table, or damaged. */
  | { readonly kind: 'other'; readonly problem: string };

export interface Cell {
  readonly rowid: number;
  readonly length: number;
  /** The part of the record that stands in the leaf. */
  readonly local: Buffer;
  /** The first overflow page, 0 when there is none. */
  readonly next: number;
}

const leaf = 0x0d;
const branch = 0x05;

/** Reads a page of a table b-tree (https://www.sqlite.org/fileformat2.html, "B-tree Pages"). A cell that lies outside its page makes it `other`. */
export function tablePage({ usable }: SqlitePages, number: number, bytes: Buffer): TablePage {
  const other = (problem: string) => ({ kind: 'other', problem: `page ${number} ${problem}` }) as const;
  const start = number === 1 ? 100 : 0;
  const type = bytes[start];
  if (type !== leaf && type !== branch) return other('is not a page of a table');
  const count = bytes.readUInt16BE(start + 3);
  const pointers = start + (type === leaf ? 8 : 12);
  if (pointers + count * 2 > usable) return other(`claims ${count} cells`);
  const starts = Array.from({ length: count }, (_, index) => bytes.readUInt16BE(pointers + index * 2));
  if (type === branch) {
    if (starts.some((at) => at + 4 > usable)) return other('has a cell outside itself');
    return { kind: 'branch', children: [...starts.map((at) => bytes.readUInt32BE(at)), bytes.readUInt32BE(start + 8)] };
  }
  const cells = starts.map((at) => leafCell(usable, bytes, at));
  return cells.includes(null) ? other('has a cell outside itself') : { kind: 'leaf', cells: cells as Cell[] };
}

function leafCell(usable: number, bytes: Buffer, at: number): Cell | null {
  const size = varint(bytes, at, usable);
  const rowid = size && varint(bytes, size.end, usable);
  if (!size || !rowid) return null;
  // How much of a record stays in the leaf: "B-tree Cell Format" of the file format.
  const length = size.value;
  const most = usable - 35;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const split = least + ((length - least) % (usable - 4));
  const local = length <= most ? length : split <= most ? split : least;
  const end = rowid.end + local;
  if (end + (local < length ? 4 : 0) > usable) return null;
  const next = local < length ? bytes.readUInt32BE(end) : 0;
  return { rowid: rowid.value, length, local: bytes.subarray(rowid.end, end), next };
}

/**
 * The record of a cell with its overflow pages, or why it cannot be read. Pages that are used are added to `used`; one that
 * is there already is refused, so that all records together cost no more than the pages there are.
 */
export function cellRecord(pages: SqlitePages, { length, local, next }: Cell, used: Set<number>): Buffer | string {
  if (length > maxHeaderBytes || length > pages.size) return `it claims ${length} bytes`;
  const pieces = [local];
  let have = local.length;
  for (let number = next; have < length; ) {
    if (number === 0) return `it has ${have} of ${length} bytes`;
    if (used.has(number)) return `page ${number} is used twice`;
    used.add(number);
    const bytes = pages.page(number);
    if (bytes === null) return `page ${number} is missing`;
    const piece = bytes.subarray(4, Math.min(pages.usable, 4 + length - have));
    pieces.push(piece);
    have += piece.length;
    number = bytes.readUInt32BE(0);
  }
  return pieces.length === 1 ? local : Buffer.concat(pieces, length);
}

export type Column = string | number | Uint8Array | null;

export type TextEncoding = 'utf8' | 'utf16le' | 'utf16be';

/** The encoding of texts that a database header names. */
export function textEncoding(head: Uint8Array): TextEncoding {
  return ({ 2: 'utf16le', 3: 'utf16be' } as const)[viewOf(head).getUint32(56)] ?? 'utf8';
}

/** The columns of a record, null when it is damaged ("Record Format"). Floating-point columns read as null: none is asked for. */
export function recordColumns(payload: Buffer, encoding: TextEncoding = 'utf8'): readonly Column[] | null {
  const head = varint(payload, 0, payload.length);
  if (!head || head.value > payload.length) return null;
  const columns: Column[] = [];
  let at = head.value;
  for (let next = head.end; next < head.value; ) {
    const serial = varint(payload, next, head.value);
    if (!serial || columns.length >= 64) return null;
    next = serial.end;
    const width = serial.value >= 12 ? Math.floor((serial.value - 12) / 2) : (widths[serial.value] ?? 0);
    if (width > payload.length - at) return null;
    columns.push(column(payload.subarray(at, at + width), serial.value, encoding));
    at += width;
  }
  return columns;
}

/** Bytes of the serial types below 12. */
const widths = [0, 1, 2, 3, 4, 6, 8, 8];

function column(bytes: Buffer, serial: number, encoding: TextEncoding): Column {
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
