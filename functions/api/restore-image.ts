import { restoreImage } from '#archive/restore-image.ts';
import type { Image } from '#catalog/image.ts';
import { findImage } from '#catalog/image-store.ts';
import { sendEvents } from '#platform/bus.ts';
import { requireStored } from './find-stored.ts';
import type { Call } from './route.ts';

/**
 * Takes an image back from the account's archive, with its tags, report and verdicts; the archive keeps its copy. It is analyzed as
 * soon as it is judged by what is known now. Throws `state/not-found` for what is not archived and `state/conflict` for an image that is there.
 */
export async function restoreArchived(
  { world, principal: { account } }: Pick<Call, 'world' | 'principal'>,
  digest: string,
): Promise<Image> {
  const restored = await restoreImage(world, account, digest.toLowerCase());
  await sendEvents(world.queues, restored.next);
  return requireStored(await findImage(world, account, restored.digest));
}
