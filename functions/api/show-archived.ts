import { archivedTags, findArchived } from '#archive/archive-store.ts';
import { deleteArchived } from '#archive/delete-archived.ts';
import { Fault } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import { archivedRecord, archivedRecords } from './archive-records.ts';
import { jsonList } from './json-list.ts';
import type { Call } from './route.ts';

/** One archived image; throws `state/not-found`. */
export async function showArchived({ world, principal, params }: Call) {
  const image = await findArchived(world, principal.account, params['imageDigest'] ?? '');
  if (image === null) throw new Fault('state/not-found', 'Not found in archive');
  return archivedRecord(image, (await archivedTags(world, [image])).get(image.archiveNo) ?? []);
}

/** All of them, newest first. */
export function showArchivedList({ world, principal }: Call): AsyncIterable<string> {
  return jsonList('[', archivedRecords(world, principal.account), ']');
}

/** Deletes an archived image; what it throws, deleteArchived says. */
export async function deleteShown({
  world,
  principal: { account },
  params,
  query,
}: Call<{ readonly force: boolean }>): Promise<undefined> {
  await deleteArchived(world, account, params['imageDigest'] ?? '', query.force);
  await sendEvents(world.queues, [{ kind: 'notice.raised', account }]);
}
