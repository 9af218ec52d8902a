import { isUtf8 } from 'node:buffer';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { FileType } from '#schema/layer-report.ts';
import { blockSize, parseTarHeader, type TarHeader } from './tar-header.ts';
import { chunkInput, cutOff, type ByteInput } from './byte-input.ts';
import { type PaxRecord, parsePax, paxNumber } from './tar-pax.ts';
import { type EntryBody, StoredBody } from './stored-body.ts';
import { expandSparse, holeBudget, holesOf, readGnuSparse, readPaxSparse, type SparseMap } from './tar-sparse.ts';

/** An entry of a tar, or of a folder that is read as if it were one. */
export interface TarEntry {
  /** Relative to the root, without leading slash or `./`; the root itself is the empty text. */
  readonly path: string;
  readonly type: FileType;
  /** 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes that `body` gives; 0 for everything that is not a file. */
  readonly size: number;
  /** Target of a symbolic link as written, of a hard link in the form of `path`; null for everything else. */
  readonly link: string | null;
  /** Why this entry must not be taken as it stands (`..` in its path, ...); to be noted and left out. */
  readonly problem: string | null;
  /** Where the stored content begins in the tar; null where it is not stored in one piece (sparse files, folders). */
  readonly offset: number | null;
  /** The content, once, and only until the next entry is asked for. Pieces may be kept, they are not written to again. */
  readonly body: EntryBody;
}

/**
 * The entries of a tar, in order, as they stream by: ustar, pax, star, GNU (long names, base-256 numbers, sparse files) and
 * v7. A body that was not read is skipped. The chunks are read to their very end, past the end mark of the tar, so that a
 * digest taken below sees every byte. Memory is bounded by one chunk and 1 MiB of extended header.
 *
 * An entry that a container engine would refuse is given with a `problem`. A tar that is damaged so that it cannot be
 * followed throws `image/corrupt` with the offset. Records of global pax headers change nothing: the engines that unpack
 * layers (Go's archive/tar) do not apply them either, and what they unpack is what runs.
 */
export function tarEntries(chunks: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<TarEntry> {
  return tarEntriesOf(chunkInput(chunks), limits);
}

/** As {@link tarEntries}, from any input; one that can seek skips content without reading it. */
export async function* tarEntriesOf(input: ByteInput, limits: Limits): AsyncGenerator<TarEntry> {
  let holes = holeBudget(limits);
  try {
    for (;;) {
      const start = input.position;
      const head = plainHead(input) ?? (await readHead(input));
      if (head === null) {
        await input.finish();
        return;
      }
      const { header, pax } = head;
      const stored = storedSize(header, pax, start);
      const sparse = mayBeSparse(head) ? await sparseMap(head, stored, input) : null;
      const type = typeOf(header);
      let problem = type === null ? `a tar entry of unknown type '${visible(header.flag)}'` : null;
      const names = namesOf(head);
      const path = normalise(decode(names.path));
      const link = linkOf(type, names.link);
      problem ??=
        pathProblem(path, names.path, limits) ?? (type === 'hardlink' ? pathProblem(link!, names.link, limits) : null);
      if (type === 'symlink') problem ??= linkProblem(names.link, limits);
      if (path === '' && type !== 'dir') problem ??= 'an entry without a name';
      const content = stored - (sparse?.mapBytes ?? 0);
      if (sparse !== null) {
        holes -= sparse.problem === null ? holesOf(sparse) : 0;
        problem ??= sparse.problem ?? (holes < 0 ? `sparse files of this tar have more than fileBytes of holes` : null);
      }
      const whole = new StoredBody(input, content, path);
      const usable = sparse === null || sparse.problem !== null || holes < 0 ? null : sparse;
      yield {
        path,
        type: type ?? 'file',
        mode: header.mode,
        uid: paxId(pax, 'uid') ?? header.uid,
        gid: paxId(pax, 'gid') ?? header.gid,
        size: usable?.size ?? content,
        link,
        problem,
        offset: sparse === null ? input.position : null,
        body: usable === null ? whole : expandSparse(usable, whole),
      };
      const rest = whole.end();
      if (input.skipNow(rest + padding(stored))) continue;
      if (!(await input.skip(rest))) throw cutOff(input.position, `the content of '${path}'`);
      // Engines do not miss the padding of a last entry.
      await input.skip(padding(stored));
    }
  } finally {
    await input.close();
  }
}

interface Head {
  readonly header: TarHeader;
  /** The header block, for what only old GNU sparse files keep there. */
  readonly block: Buffer;
  readonly pax: readonly PaxRecord[];
  readonly longName: Buffer | null;
  readonly longLink: Buffer | null;
}

/** Go's reader has the same bound; the largest real headers carry a few extended attributes of 64 KiB. */
const mostExtended = 1024 * 1024;

/** Type flags of headers that say something of the header that follows: x, X, g of pax, L and K of GNU. */
const extending: ReadonlySet<number> = new Set([0x78, 0x58, 0x67, 0x4c, 0x4b]);

/** The next header when it is at hand and stands alone, as nearly all do: a promise takes longer than to read it. */
function plainHead(input: ByteInput): Head | null {
  const at = input.position;
  const block = input.takeNow(blockSize);
  if (block === null) return null;
  if (block[0] !== 0 && !extending.has(block[156]!)) {
    const header = parseTarHeader(block, at);
    if (header !== null) return { header, block, pax: [], longName: null, longLink: null };
  }
  input.giveBack(blockSize);
  return null;
}

/** The next header with the extended headers before it; null at the end of the archive. */
async function readHead(input: ByteInput): Promise<Head | null> {
  let pax: readonly PaxRecord[] = [];
  let longName: Buffer | null = null;
  let longLink: Buffer | null = null;
  let extended = false;
  for (;;) {
    const at = input.position;
    const block = input.takeNow(blockSize) ?? (await input.take(blockSize));
    if (block.length === 0 && !extended) return null;
    if (block.length < blockSize) throw cutOff(input.position, 'a header');
    const header = parseTarHeader(block, at);
    if (header === null) {
      await expectEnd(input, at, extended);
      return null;
    }
    if (!extending.has(header.flag)) return { header, block, pax, longName, longLink };
    const flag = String.fromCharCode(header.flag);
    extended ||= flag !== 'g';
    const content = await readExtended(input, header.size, at);
    if (flag === 'x' || flag === 'X') pax = parsePax(content, at);
    else if (flag === 'g') parsePax(content, at);
    else if (flag === 'L') longName = untilNul(content);
    else longLink = untilNul(content);
  }
}

async function readExtended(input: ByteInput, size: number, at: number): Promise<Buffer> {
  if (size > mostExtended) {
    throw new Fault(
      'image/corrupt',
      `extended tar header at byte ${at} is ${size} bytes long; 1 MiB is the most that is read`,
    );
  }
  const whole = size + padding(size);
  const content = input.takeNow(whole) ?? (await input.take(whole));
  if (content.length < whole) throw cutOff(input.position, 'an extended header');
  return content.subarray(0, size);
}

/** After one block of zeros: another, or the end of the bytes. */
async function expectEnd(input: ByteInput, at: number, extended: boolean): Promise<void> {
  const block = await input.take(blockSize);
  const zero = block.every((byte) => byte === 0);
  if (!zero)
    throw new Fault('image/corrupt', `tar has a single block of zeros at byte ${at}, in the middle of its entries`);
  if (extended)
    throw new Fault('image/corrupt', `tar ends at byte ${at} after an extended header that belongs to nothing`);
}

const types: Readonly<Record<string, FileType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'dir',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
};

function typeOf(header: TarHeader): FileType | null {
  // v7 has no type for folders: their names end in a slash.
  if (header.flag === 0 && header.name.at(-1) === 0x2f) return 'dir';
  return types[String.fromCharCode(header.flag)] ?? null;
}

/** Bytes stored for the entry: links, folders and devices have none, whatever their header says (Go's archive/tar, star). */
function storedSize(header: TarHeader, pax: readonly PaxRecord[], at: number): number {
  const type = typeOf(header);
  if (type !== 'file' && type !== null) return 0;
  const record = lastOf(pax, 'size');
  if (record === null) return header.size;
  const size = paxNumber(record);
  if (size === null) throw new Fault('image/corrupt', `pax header at byte ${at} of the tar states an impossible size`);
  return size;
}

const gnuSparse = 0x53;

function mayBeSparse({ header, pax }: Head): boolean {
  return header.flag === gnuSparse || pax.length > 0;
}

async function sparseMap(head: Head, stored: number, input: ByteInput): Promise<SparseMap | null> {
  if (head.header.flag === gnuSparse) return await readGnuSparse(head.block, stored, input);
  return await readPaxSparse(head.pax, stored, input);
}

/** The names that count: GNU long names, then pax records, then the header (the order of Go's archive/tar). */
function namesOf({ header, pax, longName, longLink }: Head): { path: Uint8Array; link: Uint8Array } {
  const own = header.prefix.length === 0 ? header.name : Buffer.concat([header.prefix, Buffer.from('/'), header.name]);
  return {
    path: longName ?? lastOf(pax, 'GNU.sparse.name') ?? lastOf(pax, 'path') ?? own,
    link: longLink ?? lastOf(pax, 'linkpath') ?? header.link,
  };
}

/** The last value of a key; an empty value takes the record back (POSIX), which is as if there were none. */
function lastOf(pax: readonly PaxRecord[], key: string): Buffer | null {
  if (pax.length === 0) return null;
  const found = pax.findLast((record) => record.key === key);
  return found === undefined || found.value.length === 0 ? null : found.value;
}

function paxId(pax: readonly PaxRecord[], key: 'uid' | 'gid'): number | null {
  const found = lastOf(pax, key);
  return found === null ? null : paxNumber(found);
}

function linkOf(type: FileType | null, bytes: Uint8Array): string | null {
  if (type === 'symlink') return decode(bytes);
  return type === 'hardlink' ? normalise(decode(bytes)) : null;
}

/** UTF-8 where it is, else a character a byte: every name has a text, though two odd names may share one. */
function decode(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(buffer) ? buffer.toString('utf8') : buffer.toString('latin1');
}

const untidy = /^\.?\/|\/\/|\/\.\/|\/\.?$|^\.$/;

function normalise(path: string): string {
  if (!untidy.test(path)) return path;
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function pathProblem(path: string, bytes: Uint8Array, limits: Limits): string | null {
  if (path.includes('..') && path.split('/').includes('..')) return `the path has '..' in it`;
  return linkProblem(bytes, limits);
}

function linkProblem(bytes: Uint8Array, limits: Limits): string | null {
  if (bytes.length > limits.pathBytes) return `a path is longer than pathBytes (${limits.pathBytes})`;
  return bytes.includes(0) ? 'a path has a NUL in it' : null;
}

function untilNul(content: Buffer): Buffer {
  const end = content.indexOf(0);
  return end < 0 ? content : content.subarray(0, end);
}

function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

function visible(flag: number): string {
  return flag > 32 && flag < 127 ? String.fromCharCode(flag) : `\\x${flag.toString(16).padStart(2, '0')}`;
}
