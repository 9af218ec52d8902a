import { failImage } from '#catalog/fail-image.ts';
import { listUnfinished, type Unfinished } from '#catalog/unfinished-store.ts';
import { sendEvents } from '#platform/bus.ts';
import { quietRenewals } from '#policy/renewal-store.ts';
import { renewVerdicts } from '#policy/renew-verdicts.ts';
import type { Event, EventKind } from '#schema/events.ts';
import { pipeline, type PipelineWorld } from './pipeline.ts';

export interface SweepSettings {
  /** Milliseconds without a change after which an image is lost, when every queue is empty. */
  readonly quietMs: number;
  /** The same while messages wait, which may be its own: it is then there twice, which does no harm. Null: nothing is lost then. */
  readonly busyQuietMs: number | null;
  /** Messages that may wait in all queues together when the sweep is over. */
  readonly upTo: number;
}

/** An analysis that began this often and never ended is given up: it would take the process down for ever. A few kills are not its fault. */
const maxAttempts = 20;

/** Images of one statement, and messages that are sent together. */
const pageSize = 100;

/**
 * Finds images that are on their way though no message is left for them (a process died between the catalog and the
 * queue) and sends their event again; how many. Renewals of verdicts that stand still go on. Queues that are full enough get no more: the next sweep goes on.
 */
export async function sweepUnfinished(world: PipelineWorld, settings: SweepSettings): Promise<number> {
  const waiting = await depth(world);
  const quiet = waiting === 0 ? settings.quietMs : settings.busyQuietMs;
  if (quiet === null) return 0;
  const before = world.clock.now() - quiet;
  let room = settings.upTo - waiting;
  let sent = 0;
  for (let last: Unfinished | null = null; room > 0; ) {
    const page: readonly Unfinished[] = await listUnfinished(world, before, last, Math.min(pageSize, room));
    if (page.length === 0) break;
    const events: Event[] = [];
    for (const image of page) events.push(...(await eventOf(world, image)));
    await sendEvents(world.queues, events);
    for (const event of events) world.log.info('image sent on again', { ...event });
    sent += events.length;
    room -= events.length;
    last = page.at(-1)!;
  }
  if (room > 0) for (const renewal of await quietRenewals(world, before)) await renewVerdicts(world, renewal);
  return sent;
}

async function depth({ queues }: PipelineWorld): Promise<number> {
  let all = 0;
  for (const kind of Object.keys(pipeline) as EventKind[]) {
    // Notices wait until they may be sent again, and watches are looked at for minutes: they say nothing of images.
    if (kind === 'notice.raised' || kind === 'watch.due') continue;
    const { waiting, inHand } = await queues(kind).depth();
    all += waiting + inHand;
  }
  return all;
}

async function eventOf(world: PipelineWorld, image: Unfinished): Promise<readonly Event[]> {
  const { account, digest, state, attempts } = image;
  if (attempts < maxAttempts)
    return [{ kind: state === 'matching' ? 'image.analyzed' : 'image.queued', account, digest }];
  await failImage(world, image, `the analysis began ${attempts} times and never ended`);
  return [];
}
