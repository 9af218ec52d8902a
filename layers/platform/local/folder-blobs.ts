import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '#core/fault.ts';
import { checkBlobKey, checkBlobPrefix } from '../blob-key.ts';
import type { Blobs } from '../blobs.ts';
import { isUnfinished, writeWholeFile } from './whole-file.ts';

/** Age in milliseconds at which an unfinished file of another process is litter. */
const litterAge = 24 * 60 * 60 * 1000;

/**
 * Blobs in a folder tree. The blob `a/b` is the file `a/b~`: no key holds a tilde, so `a/b/c` can be there too. Unfinished
 * files are in `~new`; those that a crash left behind are removed on opening, all of them when `alone` says that no
 * other process uses the folder, else the day-old ones.
 */
export async function openFolderBlobs(folder: string, options: { readonly alone: boolean }): Promise<Blobs> {
  const temporary = join(folder, '~new');
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  await sweep(temporary, options.alone);
  const pathOf = (key: string): string => {
    checkBlobKey(key);
    return join(folder, `${key}~`);
  };
  const write = async (key: string, content: Uint8Array | AsyncIterable<Uint8Array>, replace: boolean) => {
    const path = pathOf(key);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return writeWholeFile(path, content, { replace, temporary });
  };
  return {
    async put(key, content) {
      if (await exists(pathOf(key))) return 'existed';
      return write(key, content, false);
    },
    async replace(key, content) {
      await write(key, content, true);
    },
    async read(key) {
      const path = pathOf(key);
      return (await exists(path)) ? pieces(path, key) : null;
    },
    has: async (key) => exists(pathOf(key)),
    async delete(key) {
      await rm(pathOf(key), { force: true });
    },
    list(prefix) {
      checkBlobPrefix(prefix);
      return keysIn(folder, '', prefix);
    },
  };
}

async function sweep(temporary: string, alone: boolean): Promise<void> {
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    if (!isUnfinished(name)) continue;
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now());
    if (alone || age > litterAge) await rm(path, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    throw thrown;
  }
}

async function* pieces(path: string, key: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 256 * 1024 });
  } catch (thrown) {
    if (isMissing(thrown)) throw new Fault('state/not-found', `Blob ${key} was removed before it was read`);
    throw thrown;
  }
}

/**
 * The keys below one folder; folders are passed over that cannot hold the prefix. A folder sorts as its name and a slash,
 * which is how all its keys go on.
 */
async function* keysIn(folder: string, path: string, prefix: string): AsyncGenerator<string> {
  let names: { readonly sort: string; readonly folder: boolean }[];
  try {
    names = (await readdir(join(folder, path), { withFileTypes: true }))
      .filter((entry) => (entry.isDirectory() ? !entry.name.includes('~') : /^[^~]+~$/.test(entry.name)))
      .map((entry) => ({
        sort: path + (entry.isDirectory() ? `${entry.name}/` : entry.name.slice(0, -1)),
        folder: entry.isDirectory(),
      }));
  } catch (thrown) {
    if (isMissing(thrown)) return;
    throw thrown;
  }
  names.sort((a, b) => (a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : 0));
  for (const name of names) {
    if (!name.folder) {
      if (name.sort.startsWith(prefix)) yield name.sort;
    } else if (name.sort.startsWith(prefix) || prefix.startsWith(name.sort)) yield* keysIn(folder, name.sort, prefix);
  }
}

function isMissing(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '');
}
