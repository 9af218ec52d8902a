import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { noteFailure } from './attempt-store.ts';

/**
 * Does a step of an image; where it breaks off the image says why until the step is done, while it is tried again. Throws what the step
 * throws.
 */
export async function noteAttempt<T>(
  world: Pick<Platform, 'sql' | 'log'>,
  image: { readonly account: string; readonly digest: string },
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    const { message, code } = Fault.from(thrown);
    await noteFailure(world, image, `${message} (${code})`).catch((failed: unknown) =>
      world.log.error('reason not noted', { ...image, message: Fault.from(failed).message }),
    );
    throw thrown;
  }
}
