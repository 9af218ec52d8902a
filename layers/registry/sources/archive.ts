import { type FileHandle, open } from 'node:fs/promises';
import { posix } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import { fileInput } from '../tar/file-input.ts';
import { compressionByMagic } from '../layer-bytes.ts';
import type { ImageSource, LayerBytes } from '../layer-source.ts';
import { spoolArchive } from './spool-archive.ts';
import type { OpenedImage, OpenOptions } from './source-kind.ts';
import { parseTarHeader } from '../tar/tar-header.ts';
import { tarEntriesOf } from '../tar/tar-stream.ts';

/** Files by path, in a folder or in an archive. */
export interface ImageFiles {
  /** All bytes of a file; null when there is none. Throws `image/too-large` over `limit`. */
  read(path: string, limit: number): Promise<Buffer | null>;
  /** Where the bytes of a file are; null when there is none. */
  locate(path: string): Promise<Extract<LayerBytes, { kind: 'file' }> | null>;
}

/** An archive of files, never unpacked. */
export type Archive = ImageFiles & AsyncDisposable;

interface Member {
  readonly offset: number;
  readonly size: number;
  /** Path of the member that this one stands for. */
  readonly link: string | null;
}

/** Image archives have a few files a layer; what has more is a file system. */
const mostMembers = 100_000;
const mostLinks = 10;

/**
 * Opens a tar that holds an image: reads its headers only. A gzip or zstd archive is inflated once, to a temporary file
 * that goes when the archive is closed. Throws `image/not-an-image` for what is no tar, `image/corrupt` for a tar that is
 * cut off or damaged.
 */
export async function openArchive(path: string, options: OpenOptions): Promise<Archive> {
  const compressed = (await compressionOfFile(path)) !== 'none';
  const spool = compressed ? await spoolArchive(path, options) : null;
  try {
    if (spool !== null && (await compressionOfFile(spool.path, path)) !== 'none')
      throw notAnImage(path, 'it is no tar');
    const members = await membersOf(spool?.path ?? path, path, options.limits);
    return archiveOf(members, spool?.path ?? path, path, async () => await spool?.[Symbol.asyncDispose]());
  } catch (thrown) {
    await spool?.[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** Opens one image of an archive; closing the image closes the archive. */
export async function openFromArchive(
  path: string,
  options: OpenOptions,
  open: (archive: Archive) => Promise<ImageSource>,
): Promise<OpenedImage> {
  await using closing = new AsyncDisposableStack();
  const source = await open(closing.use(await openArchive(path, options)));
  const kept = closing.move();
  return { ...source, [Symbol.asyncDispose]: async () => await kept.disposeAsync() };
}

function archiveOf(
  members: ReadonlyMap<string, Member>,
  file: string,
  path: string,
  close: () => Promise<void>,
): Archive {
  const find = (name: string): Member | null => {
    let member = members.get(posix.normalize(name));
    for (let hops = 0; member !== undefined && member.link !== null; hops++) {
      if (hops === mostLinks) throw new Fault('image/corrupt', `'${path}': '${name}' is a link that leads nowhere`);
      member = members.get(member.link);
    }
    return member ?? null;
  };
  return {
    async read(name, limit) {
      const member = find(name);
      if (member === null) return null;
      if (member.size > limit) {
        throw new Fault(
          'image/too-large',
          `'${path}': '${name}' is ${member.size} bytes long; ${limit} are read at most`,
        );
      }
      await using handle = await open(file, 'r');
      const bytes = Buffer.alloc(member.size);
      const { bytesRead } = await handle.read(bytes, 0, member.size, member.offset);
      return bytes.subarray(0, bytesRead);
    },
    async locate(name) {
      const member = find(name);
      return member === null ? null : { kind: 'file', path: file, offset: member.offset, length: member.size };
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Opens for reading what must be a regular file with something in it; says so when it is not. */
async function openFile(name: string, path: string): Promise<FileHandle> {
  const file = await open(name, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('input/invalid', `the file '${path}' cannot be read (${cause.code})`, { cause });
  });
  const stat = await file.stat();
  if (stat.isFile() && stat.size > 0) return file;
  await file.close();
  throw notAnImage(path, stat.isFile() ? 'it is empty' : 'it is no file');
}

/** How a file is compressed; throws when it is not and is no tar either. `path` is what to call it. */
async function compressionOfFile(name: string, path = name) {
  await using file = await openFile(name, path);
  const first = Buffer.alloc(512);
  const { bytesRead } = await file.read(first, 0, 512, 0);
  const compression = compressionByMagic(first.subarray(0, bytesRead));
  if (compression === 'none' && !isHeader(first.subarray(0, bytesRead))) throw notAnImage(path, 'it is no tar');
  return compression;
}

function isHeader(block: Buffer): boolean {
  try {
    return block.length === 512 && parseTarHeader(block, 0) !== null;
  } catch {
    return false;
  }
}

/** The files and links of a tar by path; the last of a name counts, as when it is unpacked. */
async function membersOf(file: string, path: string, limits: Limits): Promise<ReadonlyMap<string, Member>> {
  const members = new Map<string, Member>();
  await using handle = await openFile(file, path);
  try {
    for await (const entry of tarEntriesOf(await fileInput(handle), limits)) {
      if (entry.problem !== null) continue;
      const { type, offset, size } = entry;
      if (type === 'file' && offset !== null) members.set(entry.path, { offset, size, link: null });
      else if (type === 'hardlink') members.set(entry.path, { offset: 0, size: 0, link: entry.link });
      else if (type === 'symlink') {
        const link = posix.normalize(posix.join(posix.dirname(entry.path), entry.link!));
        if (!link.startsWith('..')) members.set(entry.path, { offset: 0, size: 0, link });
      }
      if (members.size > mostMembers) throw notAnImage(path, `it has more than ${mostMembers} files`);
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'image/corrupt') throw thrown;
    throw new Fault('image/corrupt', `'${path}' is damaged: ${thrown.message}`, { cause: thrown });
  }
  return members;
}

/** The fault for a file that holds no image archive. */
export function notAnImage(path: string, why: string): Fault {
  return new Fault(
    'image/not-an-image',
    `'${path}' holds no image: ${why}; expected an OCI archive or a docker archive`,
  );
}
