import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';

const run = promisify(execFile);

/** The text of a `.zst` file of the snapshots. */
export async function unpacked(file: string): Promise<string> {
  return zstdDecompressSync(await readFile(file)).toString('utf8');
}

/** The documents of a `.jsonl.zst` file. */
export async function documents<T>(file: string): Promise<readonly T[]> {
  const lines = (await unpacked(file)).split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as T);
}

/** Unpacks an archive of the snapshots into a folder. */
export async function unpackTar(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run('tar', ['-x', '-f', archive, '-C', folder, ...(archive.endsWith('.zst') ? ['--zstd'] : [])]);
}

/** Packs all that a folder has; the ending of the archive's name tells how. */
export async function packTar(archive: string, folder: string): Promise<void> {
  await mkdir(dirname(archive), { recursive: true });
  await run('tar', ['-c', '-a', '-f', archive, '-C', folder, ...(await readdir(folder))]);
}

/** Writes a file of the mirror by its address without `https://`. */
export async function put(folder: string, address: string, content: string | Uint8Array): Promise<void> {
  const file = join(folder, address);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
