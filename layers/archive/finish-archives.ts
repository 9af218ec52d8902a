import { sendEvents } from '#platform/bus.ts';
import { archiveKey } from './archive-blob.ts';
import { archiveImage } from './archive-image.ts';
import { giveUpArchiving, takeOver, unfinishedArchives } from './archive-store.ts';
import type { RulesWorld } from './apply-rules.ts';
import { endDeleting } from './delete-archived.ts';

/** An archiving or a deletion is over in seconds: what began before was left by a process that died. Milliseconds. */
const abandonedMs = 5 * 60_000;

/** Of one statement: annotations of each have at most 16 KiB. */
const pageSize = 40;

/**
 * Ends what processes that died have left: what somebody asked to archive is archived, what was to be deleted is deleted, and what a rule had
 * begun is given up, for the rule may not match any more and begins again when it does. How many it dealt with.
 */
export async function finishArchives(world: RulesWorld, late: () => boolean): Promise<number> {
  const before = world.clock.now() - abandonedMs;
  let done = 0;
  for (;;) {
    const page = await unfinishedArchives(world, before, pageSize);
    for (const image of page) {
      if (late()) return done;
      if (image.status === 'deleting') await endDeleting(world, image);
      else if (image.byRule) {
        if (await giveUpArchiving(world, image, world.clock.now())) await world.blobs.delete(archiveKey(image));
      } else {
        const taken = await takeOver(world, image, world.clock.now());
        if (taken !== null) await archiveImage(world, taken);
      }
      await sendEvents(world.queues, [{ kind: 'notice.raised', account: image.account }]);
      done++;
    }
    if (page.length < pageSize) return done;
  }
}
