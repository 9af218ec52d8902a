import { join } from 'node:path';
import { analyzeImage } from '#analysis/analyze-image.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import { offlineFetch } from '#platform/local/offline-fetch.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { openImage } from '#registry/open-image.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { type BuiltImage, writeOciArchive } from './image-builder.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What every analyzer there is makes of an image that is written to an archive, opened and read, in this thread. */
export async function analyzeBuilt(built: BuiltImage, limits: Partial<Limits> = {}): Promise<ImageReport> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'image.tar');
  await writeOciArchive(file, [built]);
  const all = { ...defaultLimits, ...limits };
  const temporaryFile = (name: string) => join(folder.path, name);
  await using opened = await openImage({ fetch: offlineFetch, clock: systemClock }, file, {
    limits: all,
    temporaryFile,
  });
  const blobs = await openFolderBlobs(join(folder.path, 'blobs'), { alone: true });
  return await analyzeImage({ blobs, log: silentLog }, opened, { limits: all, temporaryFile });
}
