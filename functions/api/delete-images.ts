import { type Deletion, markDeleting, mostDeletions } from '#catalog/deletion-store.ts';
import { dropImages } from '#catalog/dropped-image-store.ts';
import { findImageById } from '#catalog/image-store.ts';
import type { Call } from './route.ts';

type DeleteCall = Pick<Call, 'world' | 'principal'>;

/** Images that a request takes out of the catalog itself: more are marked, and removed after it. */
const removedAtOnce = 100;

/** Deletes images by their digests or those of indexes, in pieces, and says of each in their order how it went; what is refused is an answer too. */
export async function deleteImages(
  { world, principal: { account } }: DeleteCall,
  digests: readonly string[],
  force: boolean,
) {
  const found = new Map<string, Deletion>();
  for (let from = 0; from < digests.length; from += mostDeletions) {
    const page = digests.slice(from, from + mostDeletions);
    for (const one of await markDeleting(world, account, page, { force, now: world.clock.now() })) found.set(...one);
  }
  if ([...found.values()].some(({ kind }) => kind === 'deleting'))
    await dropImages(world, { account, which: 'deleting', limit: removedAtOnce, now: world.clock.now() });
  return digests.map((digest) => deletionRecord(digest, found.get(digest) ?? { kind: 'not-found' }));
}

/** Deletes the newest image with a config id; an id that no image has is tried as a digest. */
export async function deleteImageById(call: DeleteCall, imageId: string, force: boolean) {
  const image = await findImageById(call.world, call.principal.account, imageId);
  return (await deleteImages(call, [image?.digest ?? imageId], force))[0]!;
}

const refusals = {
  analyzing: 'cannot delete image that is being analyzed',
  subscribed: 'cannot delete image that is the latest of its tags, and has active subscription',
} as const;

function deletionRecord(digest: string, deletion: Deletion) {
  if (deletion.kind === 'not-found') return { digest, status: 'not_found', detail: 'image not found in DB' };
  if (deletion.kind === 'refused') return { digest, status: 'delete_failed', detail: refusals[deletion.why] };
  const { images } = deletion;
  return { digest, status: 'deleting', detail: images === 1 ? 'the image' : `all ${images} images of its index` };
}
