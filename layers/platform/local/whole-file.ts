import { randomBytes } from 'node:crypto';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface WholeFileOptions {
  /** A file that exists is replaced; without it, it is left alone. */
  readonly replace: boolean;
  /** Permission bits, 0o600 when left out. */
  readonly mode?: number;
  /** Folder for the unfinished file, on the same file system; the folder of `path` when left out. */
  readonly temporary?: string;
}

/**
 * Writes a file so that after a crash at any moment it is there whole or not at all, or as it was. The folder of
 * `path` must exist. Unfinished files are called `~PID-RANDOM`: {@link isUnfinished}.
 */
export async function writeWholeFile(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  options: WholeFileOptions,
): Promise<'stored' | 'existed'> {
  const folder = dirname(path);
  const unfinished = join(options.temporary ?? folder, `~${process.pid}-${randomBytes(9).toString('hex')}`);
  try {
    const file = await open(unfinished, 'wx', options.mode ?? 0o600);
    try {
      if (typeof content === 'string' || content instanceof Uint8Array) await file.writeFile(content);
      else for await (const piece of content) await writeAll(file, piece);
      await file.sync();
    } finally {
      await file.close();
    }
    if (options.replace) await rename(unfinished, path);
    else if (!(await linkNew(unfinished, path))) return 'existed';
    await syncFolder(folder);
    return 'stored';
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** True for the name of a file that {@link writeWholeFile} did not finish. */
export function isUnfinished(name: string): boolean {
  return /^~\d+-[0-9a-f]{18}$/.test(name);
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, piece: Uint8Array): Promise<void> {
  let at = 0;
  while (at < piece.length) at += (await file.write(piece, at)).bytesWritten;
}

/** Gives the file its name unless the name is taken; true when it got it. */
async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw thrown;
  }
  // File systems without hard links (FAT, some network folders): two writers of one key may both write it, each whole.
  if ((await stat(to).catch(() => null)) !== null) return false;
  await rename(from, to);
  return true;
}

/** Makes a new name last through a power cut; where folders cannot be opened (Windows) the system does it by itself. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The content is safe already; only the name might be lost, which is as if the write had come later.
  }
}
