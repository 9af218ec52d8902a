import { type Blobs, readBlob } from '#platform/blobs.ts';

type World = { readonly blobs: Blobs };

/** Holds until when no watch is due, so that who only comes by the clock need not wake the database; not there: ask. */
const key = 'watches/idle';

/** Until when no watch is due; 0 when that is not known. */
export async function idleUntil({ blobs }: World): Promise<number> {
  return Number((await readBlob(blobs, key))?.toString() ?? 0) || 0;
}

/** Notes until when no watch is due; null: there is none. */
export async function noteIdle({ blobs }: World, until: number | null): Promise<void> {
  await blobs.replace(key, Buffer.from(String(until ?? Number.MAX_SAFE_INTEGER)));
}

/**
 * To be called after subscriptions of tag_update or repo_update may have been added or switched on: they are looked at when the time comes
 * next.
 */
export async function expectWatches({ blobs }: World): Promise<void> {
  await blobs.delete(key);
}
