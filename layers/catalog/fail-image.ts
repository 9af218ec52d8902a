import type { Platform } from '#platform/platform.ts';
import { moveImage } from './image-store.ts';

/** Ends the way of an image with the reason that people see. One that is past it, or failed already, stays as it is. */
export async function failImage(
  world: Pick<Platform, 'sql' | 'clock' | 'log'>,
  { account, digest }: { readonly account: string; readonly digest: string },
  reason: string,
): Promise<void> {
  const failed = await moveImage(world, { account, digest }, 'failed', world.clock.now(), { failure: reason });
  if (failed !== null) world.log.error('image failed', { account, digest, reason });
}
