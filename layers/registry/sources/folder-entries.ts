import { isUtf8 } from 'node:buffer';
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  statfsSync,
} from 'node:fs';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { FileType } from '#schema/layer-report.ts';
import type { TarEntry } from '../tar/tar-stream.ts';

/**
 * What lies in a folder, as entries of a tar: folders before what is in them, names in the order of their bytes. Links are
 * never followed, hard links are files of their own, sockets and the content of kernel file systems (proc, sysfs, ...) are
 * left out. What cannot be read is given with a `problem`. Throws `image/not-an-image` when the folder itself cannot be read.
 */
export async function* folderEntries(path: string, limits: Limits): AsyncGenerator<TarEntry> {
  const root = Buffer.from(path);
  const device = deviceOf(root, path);
  const waiting = children(root, null);
  if (waiting === null) throw new Fault('image/not-an-image', `the folder '${path}' cannot be read`);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const full = Buffer.concat([root, slash, next]);
    const entry = entryOf(full, next, limits);
    if (entry === null) continue;
    if (entry.type === 'dir' && entry.problem === null && !isKernelFolder(full, device)) {
      const below = children(full, next);
      if (below === null) {
        yield { ...entry, problem: 'the folder cannot be read' };
        continue;
      }
      for (const child of below) waiting.push(child);
    }
    yield* withContent(entry, full);
  }
}

const slash = Buffer.from('/');

/** Relative paths of what is in a folder, last first; null when it cannot be read. */
function children(folder: Buffer, relative: Buffer | null): Buffer[] | null {
  try {
    const names = readdirSync(folder, { encoding: 'buffer' }) as Buffer[];
    names.sort((a, b) => Buffer.compare(b, a));
    return relative === null ? names : names.map((name) => Buffer.concat([relative, slash, name]));
  } catch {
    return null;
  }
}

function deviceOf(root: Buffer, path: string): bigint {
  try {
    const stat: BigIntStats = lstatSync(Buffer.concat([root, slash]), { bigint: true });
    if (stat.isDirectory()) return stat.dev;
  } catch (cause) {
    throw new Fault('image/not-an-image', `the folder '${path}' cannot be read`, { cause });
  }
  throw new Fault('image/not-an-image', `'${path}' is not a folder`);
}

/** File systems that the kernel makes up: endless, and no part of an image (linux/magic.h). */
const kernelFileSystems = new Set([
  0x9fa0, 0x62656572, 0x1cd1, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x73636673, 0xcafe4a11, 0x62656570,
  0x19800202, 0x65735543, 0x6165676c, 0xde5e81e4, 0x42494e4d, 0xf97cff8c, 0x6e736673,
]);

function isKernelFolder(full: Buffer, device: bigint): boolean {
  try {
    if (lstatSync(full, { bigint: true }).dev === device) return false;
    return kernelFileSystems.has(Number(statfsSync(full).type));
  } catch {
    return false;
  }
}

const none: AsyncIterable<Uint8Array> = (async function* () {})();

/** An entry without its content; null for what has no place in a layer. */
function entryOf(full: Buffer, relative: Buffer, limits: Limits): TarEntry | null {
  const path = decode(relative);
  const bare = { path, mode: 0, uid: 0, gid: 0, size: 0, link: null, offset: null, body: none };
  if (relative.length > limits.pathBytes) {
    return { ...bare, type: 'file', problem: `the path is longer than pathBytes (${limits.pathBytes})` };
  }
  try {
    const stat = lstatSync(full);
    const type = typeOf(stat);
    if (type === null) return null;
    return {
      ...bare,
      type,
      mode: stat.mode & 0o7777,
      uid: stat.uid,
      gid: stat.gid,
      size: type === 'file' ? stat.size : 0,
      link: type === 'symlink' ? decode(readlinkSync(full, { encoding: 'buffer' })) : null,
      problem: null,
    };
  } catch (thrown) {
    return { ...bare, type: 'file', problem: unreadable(thrown) };
  }
}

function typeOf(stat: Stats): FileType | null {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'dir';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isCharacterDevice()) return 'char';
  if (stat.isBlockDevice()) return 'block';
  return stat.isFIFO() ? 'fifo' : null;
}

/** The entry with its content open, closed again when the next is asked for. */
function* withContent(entry: TarEntry, full: Buffer): Generator<TarEntry> {
  if (entry.type !== 'file' || entry.problem !== null) {
    yield entry;
    return;
  }
  let file: number;
  try {
    // NONBLOCK so that a pipe that took the place of the file cannot hold us.
    file = openSync(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    yield { ...entry, problem: unreadable(thrown) };
    return;
  }
  try {
    if (fstatSync(file).isFile()) yield { ...entry, body: content(file, entry) };
    else yield { ...entry, problem: 'the file was replaced while the folder was read' };
  } finally {
    closeSync(file);
  }
}

/** Exactly the size that the entry states: a file that grows is cut there, one that shrinks is an error. */
async function* content(file: number, entry: TarEntry): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < entry.size; ) {
    const piece = Buffer.allocUnsafeSlow(Math.min(256 * 1024, entry.size - at));
    const read = readSync(file, piece, 0, piece.length, at);
    if (read === 0) throw new Fault('image/corrupt', `the file '${entry.path}' became shorter while it was read`);
    yield piece.subarray(0, read);
    at += read;
  }
}

function unreadable(thrown: unknown): string {
  return `cannot be read: ${(thrown as NodeJS.ErrnoException).code ?? 'unknown reason'}`;
}

function decode(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
}
