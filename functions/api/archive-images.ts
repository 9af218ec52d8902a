import { archiveImage } from '#archive/archive-image.ts';
import { archivedAmong, beginArchiving, takeOver } from '#archive/archive-store.ts';
import type { ArchivedImage } from '#archive/archived-image.ts';
import { findImages } from '#catalog/image-store.ts';
import { publicState } from '#catalog/lifecycle.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Call } from './route.ts';

/** What became of one image; `detail` is for people. */
export interface ArchiveResult {
  readonly digest: string;
  readonly status: 'archived' | 'archiving' | 'error';
  readonly detail: string;
}

/** An archiving is over in seconds: one that began before was left by a process that died. Milliseconds. */
const abandonedMs = 5 * 60_000;

/** The answer of a request cannot wait longer; what is not archived by then is at the next cleaning up. Milliseconds. */
const patienceMs = 20_000;

const atOnce = 4;

/**
 * Archives images of an account (1 to 100 digests), each for itself: what fails is said of that image alone, and images stay where they are.
 * One that is archived already is left as it is.
 */
export async function archiveImages(
  { world, principal: { account } }: Pick<Call, 'world' | 'principal'>,
  digests: readonly string[],
): Promise<readonly ArchiveResult[]> {
  const asked = [...new Set(digests.map((digest) => digest.toLowerCase()))];
  const now = world.clock.now();
  const known = await archivedAmong(world, account, asked);
  const begun = new Map<string, ArchivedImage>();
  for (const image of await beginArchiving(world, account, asked, false, now)) begun.set(image.digest, image);
  for (const image of known.values()) {
    if (image.status !== 'archiving' || image.since > now - abandonedMs) continue;
    const taken = await takeOver(world, image, now);
    if (taken !== null) begun.set(image.digest, taken);
  }
  const results = new Map<string, ArchiveResult>();
  const waiting = [...begun.values()];
  const work = async () => {
    for (let image = waiting.shift(); image !== undefined; image = waiting.shift()) {
      if (world.clock.now() - now > patienceMs) return;
      results.set(image.digest, resultOf(image.digest, await archiveImage(world, image)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (begun.size > 0) await sendEvents(world.queues, [{ kind: 'notice.raised', account }]);
  const states = new Map((await findImages(world, account, asked)).map((image) => [image.digest as string, image]));
  return asked.map((digest): ArchiveResult => {
    const done = results.get(digest);
    if (done !== undefined) return done;
    if (begun.has(digest)) return { digest, status: 'archiving', detail: 'It is archived as soon as there is time' };
    const archived = known.get(digest);
    if (archived?.status === 'deleting')
      return { digest, status: 'error', detail: 'It is being deleted from the archive; try again in a moment' };
    if (archived !== undefined)
      return { digest, status: archived.status, detail: 'Existing record found, archiving aborted' };
    const image = states.get(digest);
    if (image === undefined)
      return {
        digest,
        status: 'error',
        detail: `Could not locate an image with digest ${digest} in account ${account}`,
      };
    const found = `${publicState(image.state)} and ${image.status}`;
    const detail = `Invalid image record state. Image must have "analysis_status"="analyzed" and "image_status"="active". Found ${found}`;
    return { digest, status: 'error', detail };
  });
}

function resultOf(digest: string, outcome: Awaited<ReturnType<typeof archiveImage>>): ArchiveResult {
  switch (outcome.kind) {
    case 'archived':
      return { digest, status: 'archived', detail: 'Completed successfully' };
    case 'failed':
      return { digest, status: 'error', detail: outcome.detail };
    case 'left':
      return { digest, status: 'error', detail: 'It was taken out of the archive meanwhile' };
    default:
      return outcome satisfies never;
  }
}
