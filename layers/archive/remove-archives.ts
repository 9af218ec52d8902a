import { accountReports } from '#analysis/image-report-store.ts';
import type { Platform } from '#platform/platform.ts';
import { archivesOf } from './archive-blob.ts';
import { removeArchiveRows } from './archive-store.ts';

/** Rows of one statement. */
const chunk = 500;

/** Removes everything that an account has archived, and the reports that it brought back from there, blobs first; false when `late` said so before all was gone. */
export async function removeArchives(
  world: Pick<Platform, 'sql' | 'blobs'>,
  account: string,
  late: () => boolean,
): Promise<boolean> {
  for (const prefix of [archivesOf(account), accountReports(account)])
    for await (const key of world.blobs.list(prefix)) {
      if (late()) return false;
      await world.blobs.delete(key);
    }
  while (!late()) if ((await removeArchiveRows(world, account, chunk)) < chunk) return true;
  return false;
}
