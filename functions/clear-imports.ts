import { importBlob, importKinds } from '#analysis/imports/import-operation.ts';
import {
  clearImport,
  endedImports,
  forgetImports,
  importsOf,
  listImportContents,
} from '#analysis/imports/import-store.ts';
import type { Platform } from '#platform/platform.ts';

type World = Pick<Platform, 'sql' | 'blobs' | 'clock'>;

/** Parts of operations that ended stay for so long, in milliseconds: whoever uploaded them may look what went wrong; records stay longer. */
const partsMs = 3_600_000;
const recordsMs = 30 * 24 * 3_600_000;

/** Operations of one statement. */
const chunk = 100;

/** Ends operations that nobody ended, and removes what ended ones hold, until all is done or `late` says so. */
export async function clearImports(world: World, late: () => boolean): Promise<void> {
  const now = world.clock.now();
  for (let ended = chunk; ended === chunk && !late(); ) {
    const ids = await endedImports(world, now, now - partsMs, chunk);
    for (const id of ids) await clearOne(world, id);
    ended = ids.length;
  }
  while (!late() && (await forgetImports(world, now - recordsMs, chunk)) === chunk);
}

/** Removes what an account has uploaded; true when all of it is gone. */
export async function removeImports(world: World, account: string, late: () => boolean): Promise<boolean> {
  for (;;) {
    const ids = await importsOf(world, account, chunk);
    if (ids.length === 0) return true;
    for (const id of ids) {
      if (late()) return false;
      await clearOne(world, id);
    }
  }
}

async function clearOne(world: World, id: string): Promise<void> {
  for (const kind of importKinds)
    for (const { digest } of await listImportContents(world, id, kind))
      await world.blobs.delete(importBlob(id, kind, digest));
  await clearImport(world, id);
}
