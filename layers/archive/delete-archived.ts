import { Fault } from '#core/fault.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import { archiveKey } from './archive-blob.ts';
import type { ArchiveWorld } from './archive-image.ts';
import { beginDeletion, endDeletion, findArchived } from './archive-store.ts';
import type { ArchivedImage } from './archived-image.ts';

/**
 * Deletes an image from an account's archive, by its own digest; the image itself, if it is there, stays. An archiving that is at work is
 * waited for unless `force`. Throws `state/not-found` and, for that, `input/invalid`. Whoever calls it sends `notice.raised`.
 */
export async function deleteArchived(
  world: ArchiveWorld,
  account: string,
  digest: string,
  force: boolean,
): Promise<void> {
  const from = force ? (['archiving', 'archived', 'deleting'] as const) : (['archived', 'deleting'] as const);
  const deleting = await beginDeletion(world, account, digest, from, world.clock.now());
  if (deleting !== null) return endDeleting(world, deleting);
  const archived = await findArchived(world, account, digest);
  if (archived === null || archived.digest !== digest)
    throw new Fault('state/not-found', `Not found in archive: ${digest.slice(0, 80)}`);
  throw new Fault(
    'input/invalid',
    `Invalid object state: ${digest} is ${archived.status}; try again when it is archived, or with force=true`,
  );
}

/** The rest of a deletion that was begun; done again it does no harm. */
export async function endDeleting(world: ArchiveWorld, image: ArchivedImage): Promise<void> {
  const { account, digest, archiveNo } = image;
  const event = { id: String(archiveNo), account, resource: digest };
  try {
    await world.blobs.delete(archiveKey(image));
  } catch (thrown) {
    const { message } = Fault.from(thrown);
    const type = 'system.analysis_archive.archived_image_delete_failed';
    const id = `${archiveNo} ${image.since}`;
    await raiseEvents(world.sql, 'catalog', [
      { ...event, id, type, details: { error: message }, at: world.clock.now() },
    ]);
    throw thrown;
  }
  await world.sql.transaction(async (tx) => {
    await endDeletion({ sql: tx }, image);
    const type = 'system.analysis_archive.archived_image_deleted';
    await raiseEvents(tx, 'catalog', [{ ...event, type, details: {}, at: world.clock.now() }]);
  });
  world.log.info('archived image deleted', { account, digest });
}
