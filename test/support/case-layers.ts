import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLimits } from '#core/limits.ts';
import { folderEntries } from '#registry/sources/folder-entries.ts';
import type { BuildEntry } from './tar-builder.ts';

/** The layers of a case of an analyzer: its `tree/`, or `layers/1`, `layers/2`, ... */
export async function caseLayers(folder: string): Promise<BuildEntry[][]> {
  if (existsSync(join(folder, 'tree'))) return [await entriesOf(join(folder, 'tree'))];
  const names = readdirSync(join(folder, 'layers')).sort((a, b) => Number(a) - Number(b));
  const layers: BuildEntry[][] = [];
  for (const name of names) layers.push(await entriesOf(join(folder, 'layers', name)));
  return layers;
}

async function entriesOf(folder: string): Promise<BuildEntry[]> {
  const entries: BuildEntry[] = [];
  for await (const { path, type, mode, link, body } of folderEntries(folder, defaultLimits)) {
    const pieces: Uint8Array[] = [];
    if (type === 'file') for await (const piece of body) pieces.push(piece);
    entries.push({
      path: type === 'dir' ? `${path}/` : path,
      type,
      mode,
      content: Buffer.concat(pieces),
      ...(link === null ? {} : { link }),
    });
  }
  return entries;
}
