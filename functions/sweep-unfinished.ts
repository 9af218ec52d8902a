import type { Image } from '#catalog/image.ts';
import { listUnfinished, moveImage } from '#catalog/image-store.ts';
import { sendEvents } from '#platform/bus.ts';
import type { EventKind } from '#schema/events.ts';
import { pipeline, type PipelineWorld } from './pipeline.ts';

/** An analysis that began this often and never ended is given up: it would take the process down for ever. A few kills are not its fault. */
const maxAttempts = 20;

/** Images a sweep. */
const most = 100;

/**
 * Finds images that are on their way though no message is left for them (a process died between the catalog and the
 * queue) and sends their event again; their count. Only when every queue is empty: then nothing can be on its way. `quietMs` is for
 * how long nothing happened to an image: queues that count approximately need minutes.
 */
export async function sweepUnfinished(world: PipelineWorld, quietMs = 5000): Promise<number> {
  for (const kind of Object.keys(pipeline) as EventKind[]) {
    const { waiting, inHand } = await world.queues(kind).depth();
    if (waiting + inHand > 0) return 0;
  }
  const lost = await listUnfinished(world, world.clock.now() - quietMs, most);
  for (const image of lost) await resend(world, image);
  return lost.length;
}

async function resend(world: PipelineWorld, image: Image): Promise<void> {
  const { account, digest } = image;
  if (image.attempts >= maxAttempts) {
    const failure = `the analysis began ${image.attempts} times and never ended`;
    await moveImage(world, image, 'failed', world.clock.now(), { failure });
    world.log.error('image failed', { account, digest, reason: failure });
    return;
  }
  const kind = image.state === 'matching' ? 'image.analyzed' : 'image.queued';
  world.log.info('image sent on again', { account, digest, kind });
  await sendEvents(world.queues, [{ kind, account, digest }]);
}
