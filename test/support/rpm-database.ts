import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { adler32 } from '#analysis/rpm/ndb.ts';

/** A package as it is put in an rpm database; tags that are left out are not in its header. */
export interface RpmFields {
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly arch?: string;
  readonly source?: string;
  readonly license?: string;
  readonly vendor?: string;
  readonly size?: number;
  readonly module?: string;
  /** Absolute paths; one that ends in a slash is a folder. */
  readonly files?: readonly string[];
  /** What is said of the files, in their order. */
  readonly said?: readonly RpmFileFields[];
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
  readonly packager?: string;
  readonly installed?: number;
  /** The tag of a signature. */
  readonly signature?: number;
  /** Bytes without meaning (CHANGELOGTEXT), to make a header long. */
  readonly padding?: number;
}

/** As rpm keeps it of a file: mode with its type, flags of rpmfiles.h, state, and what is verified (all when left out). */
export interface RpmFileFields {
  readonly digest?: string;
  readonly mode?: number;
  readonly flags?: number;
  readonly state?: number;
  readonly verify?: number;
  readonly user?: string;
  readonly group?: string;
}

type Tag = readonly [tag: number, type: number, count: number, data: Buffer];

const text = (tag: number, value: string): Tag => [tag, 6, 1, Buffer.from(`${value}\0`)];
const texts = (tag: number, values: readonly string[]): Tag => [
  tag,
  8,
  values.length,
  Buffer.from(values.map((value) => `${value}\0`).join('')),
];
const numbers = (tag: number, bytes: 1 | 2 | 4, values: readonly number[]): Tag => {
  const data = Buffer.alloc(values.length * bytes);
  for (const [index, value] of values.entries()) data.writeUIntBE(value, index * bytes, bytes);
  return [tag, { 1: 1, 2: 3, 4: 4 }[bytes], values.length, data];
};

/** The header of a package, with its region tag and its trailer as rpm writes them. */
export function rpmHeader(fields: RpmFields): Buffer {
  const tags: Tag[] = [];
  const putAll = (tag: number, values: readonly string[] | undefined) => values && tags.push(texts(tag, values));
  const put = <T>(value: T | undefined, tag: (value: T) => Tag) => value !== undefined && tags.push(tag(value));
  put(fields.signature, (tag) => [tag, 7, 4, Buffer.alloc(4)]);
  put(fields.name, (value) => text(1000, value));
  put(fields.version, (value) => text(1001, value));
  put(fields.release, (value) => text(1002, value));
  put(fields.epoch, (value) => numbers(1003, 4, [value]));
  put(fields.installed, (value) => numbers(1008, 4, [value]));
  put(fields.size, (value) => numbers(1009, 4, [value]));
  put(fields.vendor, (value) => text(1011, value));
  put(fields.license, (value) => text(1014, value));
  put(fields.packager, (value) => text(1015, value));
  put(fields.arch, (value) => text(1022, value));
  put(fields.source, (value) => text(1044, value));
  put(fields.padding, (value) => [1082, 7, value, Buffer.alloc(value, 0x2a)]);
  putAll(1047, fields.provides);
  putAll(1049, fields.requires);
  if (fields.files !== undefined) tags.push(...fileTags(fields.files, fields.said ?? []));
  put(fields.module, (value) => text(5096, value));
  return headerOf(tags);
}

function fileTags(files: readonly string[], said: readonly RpmFileFields[]): Tag[] {
  const split = files.map((path) => /^(.*\/)([^/]+)\/?$/.exec(path)!);
  const folders = [...new Set(split.map((match) => match[1]!))];
  const each = <T>(value: (one: RpmFileFields) => T) => files.map((_, index) => value(said[index] ?? {}));
  const spoken = [
    numbers(
      1029,
      1,
      each(({ state = 0 }) => state),
    ),
    texts(
      1035,
      each(({ digest = '' }) => digest),
    ),
    numbers(
      1037,
      4,
      each(({ flags = 0 }) => flags),
    ),
    texts(
      1039,
      each(({ user = 'root' }) => user),
    ),
    texts(
      1040,
      each(({ group = 'root' }) => group),
    ),
    numbers(
      1045,
      4,
      each(({ verify = 0xffffffff }) => verify),
    ),
  ];
  return [
    ...(said.length === 0 ? [] : spoken),
    numbers(
      1030,
      2,
      files.map((path, index) => said[index]?.mode ?? (path.endsWith('/') ? 0o040755 : 0o100644)),
    ),
    numbers(
      1116,
      4,
      split.map((match) => folders.indexOf(match[1]!)),
    ),
    texts(
      1117,
      split.map((match) => match[2]!),
    ),
    texts(1118, folders),
  ];
}

/** A header of any tags; the data of each starts at a multiple of eight. */
export function headerOf(tags: readonly Tag[]): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  const entries = tags.map(([tag, type, count, data]) => {
    const pad = (8 - (length % 8)) % 8;
    pieces.push(Buffer.alloc(pad), data);
    const entry = words([tag, type, length + pad, count]);
    length += pad + data.length;
    return entry;
  });
  const region = words([63, 7, length, 16]);
  const trailer = words([63, 7, 2 ** 32 - (entries.length + 1) * 16, 16]);
  return Buffer.concat([words([entries.length + 1, length + 16]), region, ...entries, ...pieces, trailer]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

/** A `Packages.db` with as many slot pages as its packages need. */
export function ndbFile(headers: readonly Buffer[]): Buffer {
  const slotPages = Math.ceil((32 + headers.length * 16) / 4096);
  const slots = Buffer.alloc(slotPages * 4096);
  slots.write('RpmP');
  slots.writeUInt32LE(1, 8);
  slots.writeUInt32LE(slotPages, 12);
  slots.writeUInt32LE(headers.length + 1, 16);
  for (let at = 32; at < slots.length; at += 16) slots.write('Slot', at);
  const blobs: Buffer[] = [];
  let block = slots.length / 16;
  for (const [index, header] of headers.entries()) {
    const blocks = Math.ceil((16 + header.length + 12) / 16);
    const blob = Buffer.alloc(blocks * 16);
    blob.write('BlbS');
    blob.writeUInt32LE(index + 1, 4);
    blob.writeUInt32LE(1, 8);
    blob.writeUInt32LE(header.length, 12);
    header.copy(blob, 16);
    blob.writeUInt32LE(adler32(blob.subarray(0, blob.length - 12)), blob.length - 12);
    blob.writeUInt32LE(header.length, blob.length - 8);
    blob.write('BlbE', blob.length - 4);
    for (const [word, value] of [index + 1, block, blocks].entries())
      slots.writeUInt32LE(value, 32 + index * 16 + 4 + word * 4);
    block += blocks;
    blobs.push(blob);
  }
  return Buffer.concat([slots, ...blobs]);
}

/** A Berkeley DB hash as rpm 4.15 leaves it, in either byte order: one hash page, headers in it where they fit, else in overflow pages. */
export function bdbFile(headers: readonly Buffer[], bigEndian = false, pageSize = 4096): Buffer {
  const u32 = (page: Buffer, value: number, at: number) =>
    bigEndian ? page.writeUInt32BE(value, at) : page.writeUInt32LE(value, at);
  const u16 = (page: Buffer, value: number, at: number) =>
    bigEndian ? page.writeUInt16BE(value, at) : page.writeUInt16LE(value, at);
  const pages: Buffer[] = [];
  const newPage = (type: number) => {
    const page = Buffer.alloc(pageSize);
    u32(page, pages.length, 8);
    page[25] = type;
    pages.push(page);
    return page;
  };
  const meta = newPage(8);
  const hash = newPage(13);
  let end = pageSize;
  let count = 0;
  const item = (type: number, data: Buffer) => {
    end -= data.length + 1;
    hash[end] = type;
    data.copy(hash, end + 1);
    u16(hash, end, 26 + count++ * 2);
  };
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    u32(bytes, value, 0);
    return bytes;
  };
  item(1, number(0));
  item(1, number(headers.length));
  for (const [index, header] of headers.entries()) {
    item(1, number(index + 1));
    if (header.length < pageSize / 4) {
      item(1, header);
      continue;
    }
    item(3, Buffer.concat([Buffer.alloc(3), number(pages.length), number(header.length)]));
    for (let at = 0; at < header.length; at += pageSize - 26) {
      const page = newPage(7);
      const length = Math.min(pageSize - 26, header.length - at);
      header.copy(page, 26, at, at + length);
      u16(page, length, 22);
      if (at + length < header.length) u32(page, pages.length, 16);
    }
  }
  u16(hash, count, 20);
  u32(meta, 0x061561, 12);
  u32(meta, 9, 16);
  u32(meta, pageSize, 20);
  u32(meta, pages.length - 1, 32);
  return Buffer.concat(pages);
}

export interface SqliteOptions {
  readonly pageSize?: number;
  readonly encoding?: 'UTF-8' | 'UTF-16le' | 'UTF-16be';
  /** What is done after the headers are in and taken over into the database, so that it stands in the log only. */
  readonly logged?: (database: DatabaseSync) => void;
}

/** An `rpmdb.sqlite` with an index table as rpm has them, and the write-ahead log beside it. */
export function sqliteFile(headers: readonly Buffer[], options: SqliteOptions = {}): { database: Buffer; log: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rpmdb-'));
  const path = join(folder, 'rpmdb.sqlite');
  const database = new DatabaseSync(path);
  try {
    database.exec(`pragma page_size = ${options.pageSize ?? 4096}; pragma encoding = '${options.encoding ?? 'UTF-8'}'`);
    database.exec('pragma journal_mode = wal');
    database.exec(`
      create table Packages (hnum integer primary key autoincrement, blob blob not null);
      create table Name (key text not null, hnum integer not null, idx integer not null);
      create index Name_key_idx on Name (key asc);`);
    insertHeaders(database, headers);
    database.exec('pragma wal_checkpoint(truncate)');
    options.logged?.(database);
    return { database: readFileSync(path), log: readFileSync(`${path}-wal`) };
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}

/** Adds headers to an open database, all in one transaction. */
export function insertHeaders(database: DatabaseSync, headers: readonly Buffer[]): void {
  database.exec('begin');
  const insert = database.prepare('insert into Packages (blob) values (?)');
  const index = database.prepare('insert into Name values (?, ?, 0)');
  for (const header of headers) index.run(`name ${header.length}`, insert.run(header).lastInsertRowid);
  database.exec('commit');
}
