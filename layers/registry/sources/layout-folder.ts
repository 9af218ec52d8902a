import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { ImageFiles } from './archive.ts';

/** The files of a folder. Symbolic links are followed (layouts may share blobs): what is read is verified by digest. */
export function layoutFolder(folder: string): ImageFiles {
  return {
    async read(path, limit) {
      const full = join(folder, path);
      const size = await sizeOf(full);
      if (size === null) return null;
      if (size > limit)
        throw new Fault('image/too-large', `'${full}' is ${size} bytes long; ${limit} are read at most`);
      await using file = await open(full, constants.O_RDONLY | constants.O_NONBLOCK);
      const bytes = Buffer.alloc(size);
      const { bytesRead } = await file.read(bytes, 0, size, 0);
      return bytes.subarray(0, bytesRead);
    },
    async locate(path) {
      const full = join(folder, path);
      const length = await sizeOf(full);
      return length === null ? null : { kind: 'file', path: full, offset: 0, length };
    },
  };
}

/** Bytes of a regular file; null when there is none. */
async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true ? found.size : null;
}
