import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { tar } from '../support/tar-builder.ts';
import { xz } from '../support/xz-builder.ts';

const packers = { '.tar.xz': xz, '.tar.zst': zstdCompressSync } as const;

/** Archives of an upstream, from folders with what is in them: `X.tar.xz/` and `X.tar.zst/` become those files. */
export async function packArchives(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const pack = Object.entries(packers).find(([ending]) => entry.name.endsWith(ending))?.[1];
    if (!entry.isDirectory() || pack === undefined) continue;
    const folder = path.join(entry.parentPath, entry.name);
    const target = path.join(to, path.relative(from, folder));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, pack(tar(await filesOf(folder))));
  }
}

async function filesOf(folder: string): Promise<{ path: string; content: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const contents = files.sort().map(async (file) => ({
    path: path.relative(folder, file),
    content: await readFile(file),
  }));
  return await Promise.all(contents);
}
