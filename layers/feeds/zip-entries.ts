import { closeSync, fstatSync, openSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { Fault } from '#core/fault.ts';
import { FileWindow } from './file-window.ts';

export interface ZipLimits {
  readonly entries: number;
  /** Inflated bytes of one entry. */
  readonly entryBytes: number;
  /** Inflated bytes of all entries together. */
  readonly totalBytes: number;
}

const defaultLimits: ZipLimits = { entries: 2_000_000, entryBytes: 32 * 1024 ** 2, totalBytes: 32 * 1024 ** 3 };

/** A file in a zip; `bytes` is null where it alone passes the limit: the others can still be read. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer | null;
}

/**
 * The files of a zip one after the other, checked against their CRC-32, with never more than one in memory. Names are
 * told and never used as paths. Throws `feed/failed` for a zip that is damaged, encrypted or packed in an unknown way,
 * or that passes a limit for the whole.
 */
export async function* zipEntries(path: string, what: string, limits = defaultLimits): AsyncGenerator<ZipEntry> {
  const fd = openSync(path, 'r');
  try {
    const zip = await opened(fd, what, limits);
    const file = new FileWindow(fd);
    let total = 0;
    for await (const entry of entriesOf(zip, what)) {
      if (entry.fileName.endsWith('/')) continue;
      if (entry.uncompressedSize > limits.entryBytes || entry.compressedSize > limits.entryBytes) {
        yield { name: entry.fileName, bytes: null };
        continue;
      }
      total += entry.uncompressedSize;
      if (total > limits.totalBytes) throw damaged(what, `its files are more than ${limits.totalBytes} bytes together`);
      yield { name: entry.fileName, bytes: contentOf(file, entry, what) };
    }
  } finally {
    closeSync(fd);
  }
}

/** Some files of a zip by their names, read when they are asked for. */
export interface ZipIndex extends Disposable {
  /** Null for a file that is not there, or that alone passes the limit. Throws as {@link zipEntries}. */
  read(name: string): Buffer | null;
}

/** The files whose names are wanted; of two with the same name the first. Throws as {@link zipEntries}. */
export async function zipIndex(
  path: string,
  what: string,
  wants: (name: string) => boolean,
  limits = defaultLimits,
): Promise<ZipIndex> {
  const fd = openSync(path, 'r');
  try {
    const entries = new Map<string, Entry>();
    const file = new FileWindow(fd);
    for await (const entry of entriesOf(await opened(fd, what, limits), what)) {
      if (wants(entry.fileName) && !entries.has(entry.fileName)) entries.set(entry.fileName, entry);
    }
    return {
      read(name) {
        const entry = entries.get(name);
        if (entry === undefined || Math.max(entry.uncompressedSize, entry.compressedSize) > limits.entryBytes) {
          return null;
        }
        return contentOf(file, entry, what);
      },
      [Symbol.dispose]: () => closeSync(fd),
    };
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

async function opened(fd: number, what: string, limits: ZipLimits): Promise<ZipFile> {
  let zip: ZipFile;
  try {
    zip = await fromRandomAccessReaderPromise(new DirectoryReader(fd), fstatSync(fd).size, { autoClose: false });
  } catch (cause) {
    throw damaged(what, 'it is not a zip', cause);
  }
  if (zip.entryCount > limits.entries) throw damaged(what, `it has more than ${limits.entries} files`);
  return zip;
}

/** Reads a zip's directory at once where yauzl asks for some bytes of each entry: a zip may have 200,000 of them. */
class DirectoryReader extends RandomAccessReader {
  readonly #file: FileWindow;

  constructor(fd: number) {
    super();
    this.#file = new FileWindow(fd);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, read?: number) => void,
  ): void {
    let read: number;
    try {
      read = this.#file.read(position, length).copy(buffer, offset);
    } catch (thrown) {
      callback(thrown as Error);
      return;
    }
    callback(null, read);
  }
}

async function* entriesOf(zip: ZipFile, what: string): AsyncGenerator<Entry> {
  const entries = zip.eachEntry();
  for (;;) {
    let next: IteratorResult<Entry>;
    try {
      next = await entries.next();
    } catch (cause) {
      throw damaged(what, 'its directory is damaged', cause);
    }
    if (next.done) return;
    yield next.value;
  }
}

/** APPNOTE 4.3.7: the local header repeats the name, and its extra field may differ in length from the directory's. */
const localHeaderBytes = 30;
const extraGuess = 128;

function contentOf(file: FileWindow, entry: Entry, what: string): Buffer {
  const start = entry.relativeOffsetOfLocalHeader;
  const guess = localHeaderBytes + entry.fileNameLength + extraGuess + entry.compressedSize;
  const head = file.read(start, guess);
  if (head.length < localHeaderBytes || head.readUInt32LE(0) !== 0x04034b50)
    throw unreadable(what, entry, 'has no header');
  const data = localHeaderBytes + head.readUInt16LE(26) + head.readUInt16LE(28);
  const end = data + entry.compressedSize;
  const packed = end <= head.length ? head.subarray(data, end) : file.read(start + data, entry.compressedSize);
  if (packed.length !== entry.compressedSize) throw unreadable(what, entry, 'is cut off');
  const bytes = unpacked(packed, entry, what);
  if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32)
    throw unreadable(what, entry, 'is damaged');
  return bytes;
}

function unpacked(packed: Buffer, entry: Entry, what: string): Buffer {
  if (entry.isEncrypted()) throw unreadable(what, entry, 'is encrypted');
  if (entry.compressionMethod === 0) return packed;
  if (entry.compressionMethod !== 8) throw unreadable(what, entry, `is packed by method ${entry.compressionMethod}`);
  try {
    // One byte more than promised is enough to see that the promise was false.
    return inflateRawSync(packed, { maxOutputLength: entry.uncompressedSize + 1 });
  } catch (cause) {
    throw unreadable(what, entry, 'cannot be inflated', cause);
  }
}

function unreadable(what: string, entry: Entry, problem: string, cause?: unknown): Fault {
  return damaged(what, `the file ${JSON.stringify(entry.fileName.slice(0, 200))} in it ${problem}`, cause);
}

function damaged(what: string, problem: string, cause?: unknown): Fault {
  return new Fault('feed/failed', `reading the zip ${what}: ${problem}; fetch it again`, { cause });
}
