import type { RandomAccess } from '../analyzer.ts';
import { type RpmRow, viewOf } from './row.ts';
import { headerRow, packagesRoot, type SqliteTree, type TreePage } from './sqlite.ts';
import { type Cell, cellRecord, recordColumns, type SqlitePages, tablePage } from './sqlite-page.ts';

const magics: readonly number[] = [0x377f0682, 0x377f0683];
const headBytes = 32;
const frameBytes = 24;
/** A header of a name, a version and a release. */
const shortestHeader = 62;

/**
 * What an SQLite write-ahead log (https://www.sqlite.org/fileformat2.html#walformat) changes in the table Packages: the rows
 * whose records stand in the log, and all its table pages, as each stands after the last transaction that was committed.
 * The log does not say which table a page is of: the tree of the database does. Null when nothing was committed.
 */
export function readLog(content: RandomAccess): { readonly tree: SqliteTree; readonly rows: Iterable<RpmRow> } | null {
  const pages = open(content);
  if (pages === null) return null;
  let root: number | null = null;
  const tree: TreePage[] = [];
  const cells: Cell[] = [];
  for (const number of pages.numbers) {
    const found = tablePage(pages, number, pages.page(number)!);
    if (found.kind === 'branch') tree.push({ page: number, children: found.children });
    if (found.kind !== 'leaf') continue;
    tree.push({ page: number, rows: found.cells.map(({ rowid }) => rowid) });
    for (const cell of found.cells) {
      if (cell.next === 0) root = packagesRoot(recordColumns(cell.local)) ?? root;
      // Most rows of rpm's index tables are shorter than any header.
      if (cell.length >= shortestHeader) cells.push(cell);
    }
  }
  return { tree: { root, pages: tree }, rows: rowsOf(pages, cells) };
}

/** Rows that are all in the log; one whose record is not is as it was in the database. */
function* rowsOf(pages: SqlitePages, cells: readonly Cell[]): Generator<RpmRow> {
  const used = new Set<number>();
  for (const cell of cells) {
    const record = cellRecord(pages, cell, used);
    if (typeof record === 'string') continue;
    const row = headerRow(cell.rowid, record);
    if (row.kind === 'header') yield row;
  }
}

interface LogPages extends SqlitePages {
  readonly numbers: readonly number[];
}

function open(content: RandomAccess): LogPages | null {
  const head = content.read(0, headBytes);
  if (head.length < headBytes) return null;
  const view = viewOf(head);
  const pageSize = view.getUint32(8);
  if (!magics.includes(view.getUint32(0)) || pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0)
    return null;
  const places = committed(content, head, pageSize);
  if (places.size === 0) return null;
  const page = (number: number) => {
    const at = places.get(number);
    if (at === undefined) return null;
    const bytes = content.read(at, pageSize);
    return bytes.length < pageSize ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  // Reserved bytes are named in the header of the database only; rpm reserves none.
  return { pageSize, usable: pageSize, size: content.size, page, numbers: [...places.keys()] };
}

/** Where the last committed copy of each page is. Frames end at the first with another salt or a wrong sum: those are older. */
function committed(content: RandomAccess, head: Uint8Array, pageSize: number): ReadonlyMap<number, number> {
  const view = viewOf(head);
  const bigEndian = (view.getUint32(0) & 1) === 1;
  const places = new Map<number, number>();
  const open = new Map<number, number>();
  let sums = addSums([0, 0], head.subarray(0, 24), bigEndian);
  if (sums[0] !== view.getUint32(24) || sums[1] !== view.getUint32(28)) return places;
  for (let at = headBytes; at + frameBytes + pageSize <= content.size; at += frameBytes + pageSize) {
    const frame = content.read(at, frameBytes + pageSize);
    if (frame.length < frameBytes + pageSize) break;
    const header = viewOf(frame);
    if (header.getUint32(8) !== view.getUint32(16) || header.getUint32(12) !== view.getUint32(20)) break;
    sums = addSums(addSums(sums, frame.subarray(0, 8), bigEndian), frame.subarray(frameBytes), bigEndian);
    if (sums[0] !== header.getUint32(16) || sums[1] !== header.getUint32(20)) break;
    open.set(header.getUint32(0), at + frameBytes);
    if (header.getUint32(4) === 0) continue;
    for (const [number, place] of open) places.set(number, place);
    open.clear();
  }
  return places;
}

type Sums = readonly [first: number, second: number];

function addSums([first, second]: Sums, bytes: Uint8Array, bigEndian: boolean): Sums {
  const view = viewOf(bytes);
  let [a, b] = [first, second];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    a = (a + view.getUint32(at, !bigEndian) + b) >>> 0;
    b = (b + view.getUint32(at + 4, !bigEndian) + a) >>> 0;
  }
  return [a, b];
}
