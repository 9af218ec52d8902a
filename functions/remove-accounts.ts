import { listAccounts, removeAccount } from '#access/account-store.ts';
import { removeArchives } from '#archive/remove-archives.ts';
import { removeTagsOf } from '#catalog/account-tags-store.ts';
import { dropImages } from '#catalog/dropped-image-store.ts';
import { removeChannels } from '#notices/account-channels.ts';
import type { Platform } from '#platform/platform.ts';
import { removeRegistries } from '#registry/logins/account-registries.ts';
import { removeImports } from './clear-imports.ts';
import { removeEventsOf } from './prune-events.ts';

/** Images that one transaction removes, and moves of tags that one statement does. */
const chunk = 200;
const tagChunk = 5000;

/** Removes what accounts that are being deleted own, and then them, until all is done or `late` says so; how many are gone. */
export async function removeAccounts(
  world: Pick<Platform, 'sql' | 'blobs' | 'secrets' | 'clock' | 'log'>,
  late: () => boolean,
): Promise<number> {
  let removed = 0;
  for (const { name } of await listAccounts(world, { state: 'deleting', after: '', limit: 500 })) {
    while (
      !late() &&
      (await dropImages(world, { account: name, which: 'all', limit: chunk, now: world.clock.now() })) === chunk
    );
    while (!late() && (await removeTagsOf(world, name, tagChunk)) === tagChunk);
    if (!(await removeArchives(world, name, late))) break;
    if (!(await removeEventsOf(world, name, late))) break;
    if (!(await removeImports(world, name, late))) break;
    // Their secrets would stay: nobody could name them any more.
    if (late() || !(await removeRegistries(world, name, late)) || !(await removeChannels(world, name, late))) break;
    if (!(await removeAccount(world, name))) continue;
    world.log.info('account removed', { account: name });
    removed++;
  }
  return removed;
}
