import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { defaultLimits } from '#core/limits.ts';
import { offlineFetch } from '#platform/local/offline-fetch.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { inflate, openLayerBytes } from '#registry/layer-bytes.ts';
import { openImage } from '#registry/open-image.ts';
import { tarEntries } from '#registry/tar/tar-stream.ts';
import type { Seed } from './fuzz-target.ts';

/** Larger files are no seeds: an input should take a millisecond, not a second. */
const mostBytes = 1024 * 1024;

/** Of the images beside the repository, files that no analyzer wants are not kept. */
export type Wanted = (path: string, size: number, mode: number) => boolean;

const fixtures = join(import.meta.dirname, '../test/analysis');
const images = join(import.meta.dirname, '../../shared/images');

/** Every file of the cases under test/analysis, by the path that it has in its image. */
export function fixtureFiles(): readonly Seed[] {
  const seeds: Seed[] = [];
  const entries = readdirSync(fixtures, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) {
    const found = /^([^/]+\/[^/]+)\/(?:tree|layers\/[^/]+)\/(.+)$/.exec(relative(fixtures, path).split(sep).join('/'));
    const { size } = statSync(path);
    if (found === null || size > mostBytes) continue;
    seeds.push({ case: found[1]!, path: found[2]!, mode: 0o755, bytes: readFileSync(path) });
  }
  return seeds;
}

/** Files of the images beside the repository, where there are any. */
export async function imageFiles(wanted: Wanted): Promise<readonly Seed[]> {
  const seeds: Seed[] = [];
  if (!existsSync(images)) return seeds;
  for (const file of globSync(join(images, '*.tar')).sort()) {
    await using image = await openImage({ fetch: offlineFetch, clock: systemClock }, file, { limits: defaultLimits });
    for (const { bytes } of image.layers) {
      if (bytes.kind === 'folder') continue;
      for await (const { type, path, size, mode, body, problem } of tarEntries(
        inflate(openLayerBytes(bytes)),
        defaultLimits,
      )) {
        if (type !== 'file' || problem !== null || size > mostBytes || !wanted(path, size, mode)) continue;
        const pieces: Uint8Array[] = [];
        for await (const piece of body) pieces.push(piece);
        seeds.push({ case: relative(images, file), path, mode, bytes: Buffer.concat(pieces) });
      }
    }
  }
  return seeds;
}
