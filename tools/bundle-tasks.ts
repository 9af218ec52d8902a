import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, root } from '../infra/bundle.ts';
import { tasks } from '../infra/functions.ts';
import type { ImageFile } from './image-tar.ts';

/** Where bundles are made: source maps name sources by their way from here, which must be the same on every machine. */
export const bundleFolder = 'dist/image';

/** What the container image holds beside the tasks: the code of the analyzer's threads. */
const threads = { 'layer-worker': 'layers/analysis/threads/layer-worker.ts' };

/** Bundles every Fargate task as `<name>.mjs`, and gives the files for a folder of the image; the Dockerfile copies the same ones. */
export function bundleTasks(folder: string): readonly ImageFile[] {
  rmSync(join(root, bundleFolder), { recursive: true, force: true });
  const entries = Object.entries(tasks).map(([name, { entry }]) => [name, entry] as const);
  return [...entries, ...Object.entries(threads)].flatMap(([name, entry]) => {
    const file = join(bundleFolder, `${name}.mjs`);
    bundle(entry, join(root, file));
    return [`${name}.mjs`, `${name}.mjs.map`].map((one) => ({
      path: `${folder}/${one}`,
      content: readFileSync(join(root, bundleFolder, one)),
    }));
  });
}

if (import.meta.main) bundleTasks('app');
