import type { RandomAccess } from '../analyzer.ts';
import { damaged, damagedRow, type RpmRow, viewOf } from './row.ts';
import { type Cell, cellRecord, recordColumns, type SqlitePages, tablePage, textEncoding } from './sqlite-page.ts';

const magic = 'SQLite format 3\0';

/** True for the first bytes of an SQLite file. */
export function isSqlite(start: Uint8Array): boolean {
  return Buffer.from(start.buffer, start.byteOffset, Math.min(16, start.length)).toString('latin1') === magic;
}

/** The b-tree of the table Packages without its rows: what is needed to tell which rows a write-ahead log changes. */
export interface SqliteTree {
  readonly root: number | null;
  /** Each page by its number, with its children or with the rows on it. */
  readonly pages: readonly TreePage[];
}

export type TreePage =
  | { readonly page: number; readonly children: readonly number[] }
  | { readonly page: number; readonly rows: readonly number[] };

/**
 * The headers in an `rpmdb.sqlite`: the table `Packages(hnum, blob)` read straight from its b-tree
 * (https://www.sqlite.org/fileformat2.html), the write-ahead log not looked at. Every page is visited once at most, so that
 * neither cycles nor shared pages cost more than the size of the file. `onTree` is called at the end with the tree, also with what was walked before a fault.
 */
export function* sqliteRows(content: RandomAccess, onTree: (tree: SqliteTree) => void = () => {}): Generator<RpmRow> {
  const pages = open(content);
  const used = new Set<number>();
  const root = rootOf(pages, used);
  if (root === null) throw damaged('it has no table Packages');
  const walked: TreePage[] = [];
  try {
    for (const cell of walk(pages, root, used, walked)) {
      const record = cellRecord(pages, cell, used);
      yield typeof record === 'string' ? damagedRow(`row ${cell.rowid}`, record) : headerRow(cell.rowid, record);
    }
  } finally {
    onTree({ root, pages: walked });
  }
  const missing = pagesMissing(pages);
  if (missing > 0) throw damaged(`it is cut off: ${missing} of its pages are not there`);
}

/** By the count in its header, where the header says that the count is up to date ("In-header database size"). */
function pagesMissing({ page, pageSize, size }: SqlitePages): number {
  const head = page(1)!;
  const isCurrent = head.readUInt32BE(24) === head.readUInt32BE(92);
  return isCurrent ? Math.max(0, head.readUInt32BE(28) - Math.floor(size / pageSize)) : 0;
}

/** The row of a record of the table Packages. */
export function headerRow(rowid: number, record: Buffer): RpmRow {
  const blob = recordColumns(record)?.find((column) => column instanceof Uint8Array);
  return blob instanceof Uint8Array
    ? { kind: 'header', number: rowid, bytes: blob }
    : damagedRow(`row ${rowid}`, 'it holds no header');
}

function open(content: RandomAccess): SqlitePages {
  const head = content.read(0, 100);
  if (head.length < 100 || !isSqlite(head)) throw damaged('it does not begin as an SQLite file');
  const view = viewOf(head);
  const pageSize = view.getUint16(16) === 1 ? 65536 : view.getUint16(16);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) throw damaged(`it claims pages of ${pageSize} bytes`);
  const usable = pageSize - view.getUint8(20);
  if (usable < 480) throw damaged(`it leaves ${usable} bytes of a page to use`);
  const page = (number: number) => {
    const bytes = number < 1 ? new Uint8Array() : content.read((number - 1) * pageSize, pageSize);
    return bytes.length < pageSize ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  return { pageSize, usable, size: content.size, page };
}

/** The root page of the table Packages, from the schema table on page 1. */
function rootOf(pages: SqlitePages, used: Set<number>): number | null {
  const first = pages.page(1);
  if (first === null) throw damaged('its first page is cut off');
  const encoding = textEncoding(first);
  for (const cell of walk(pages, 1, used, [])) {
    const record = cellRecord(pages, cell, used);
    const root = typeof record === 'string' ? null : packagesRoot(recordColumns(record, encoding));
    if (root !== null) return root;
  }
  return null;
}

/** The root page in a row of the schema table, when it is the row of the table Packages. */
export function packagesRoot(columns: ReturnType<typeof recordColumns>): number | null {
  const [type, name, , root] = columns ?? [];
  const isTable = type === 'table' && typeof name === 'string' && name.toLowerCase() === 'packages';
  return isTable && typeof root === 'number' ? root : null;
}

/** The cells of a table in the order of their rowids; a page that cannot be read is damage to the whole. */
function* walk(pages: SqlitePages, root: number, used: Set<number>, walked: TreePage[]): Generator<Cell> {
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (used.has(number)) throw damaged(`page ${number} is reached twice`);
    used.add(number);
    const bytes = pages.page(number);
    if (bytes === null) throw damaged(`page ${number} is missing`);
    const found = tablePage(pages, number, bytes);
    if (found.kind === 'other') throw damaged(found.problem);
    if (found.kind === 'branch') {
      walked.push({ page: number, children: found.children });
      waiting.push(...found.children.toReversed());
    } else {
      walked.push({ page: number, rows: found.cells.map(({ rowid }) => rowid) });
      yield* found.cells;
    }
  }
}
