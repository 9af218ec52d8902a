import type { AnalyzeWorld } from '#analysis/analyze-queued.ts';
import type { AdmitWorld } from '#catalog/admit-image.ts';
import { failImage } from '#catalog/fail-image.ts';
import { noteAttempt } from '#catalog/note-attempt.ts';
import type { JudgeWorld } from '#matching/judge-analyzed.ts';
import { removeImage } from '#catalog/remove-image.ts';
import type { HubWorld } from '#matching/tell-hub.ts';
import type { DeliverWorld } from '#notices/deliver-notices.ts';
import { tagWatches } from '#notices/tag-watches.ts';
import type { Platform } from '#platform/platform.ts';
import type { EvaluateWorld } from '#policy/evaluate-image.ts';
import { renewVerdicts } from '#policy/renew-verdicts.ts';
import type { Event, EventKind, EventOf } from '#schema/events.ts';
import { admitPushed } from './admit-pushed.ts';
import type { WatchWorld } from './run-watches.ts';
import { tellLookupFailed } from './tell-lookup-failed.ts';

/** What the steps need of the world, taken together. */
export type PipelineWorld = Platform &
  AdmitWorld &
  AnalyzeWorld &
  JudgeWorld &
  EvaluateWorld &
  DeliverWorld &
  HubWorld &
  WatchWorld;

/** A step: one event in, its work, one idempotent write, and what has to happen next. */
export interface Step<K extends EventKind> {
  readonly run: (world: PipelineWorld, event: EventOf<K>) => Promise<readonly Event[]>;
  /** Called when the step cannot succeed, with the reason; leaves the state that people are to see. */
  readonly failed: (world: PipelineWorld, event: EventOf<K>, reason: string) => Promise<void>;
  /** Messages in hand at once. */
  readonly concurrency: number;
}

/** The whole flow: which event makes what happen. Each event has the queue of its name. */
export const pipeline: { readonly [K in EventKind]: Step<K> } = {
  'image.pushed': {
    run: admitPushed,
    failed: notAdmitted,
    concurrency: 4,
  },
  'image.removed': {
    run: async (world, event) => {
      await removeImage(world, event);
      return [];
    },
    failed: async (world, { account, reference }, reason) =>
      world.log.error('deletion not noted', { account, reference, reason }),
    concurrency: 4,
  },
  // What a step needs is loaded when an event is there: a function that takes one kind reads nothing of the others.
  'image.queued': {
    run: async (world, event) => (await import('#analysis/analyze-queued.ts')).analyzeQueued(world, event),
    failed: failImage,
    concurrency: 2,
  },
  'image.analyzed': {
    run: withOthers((world, event) =>
      noteAttempt(world, event, async () => (await import('#matching/judge-analyzed.ts')).judgeAnalyzed(world, event)),
    ),
    failed: (world, event, reason) => failImage(world, event, reason, 'judgement'),
    concurrency: 1,
  },
  'image.matched': {
    run: withOthers(async (world, event) => {
      const next = await (await import('#policy/evaluate-image.ts')).evaluateMatched(world, event, tagWatches);
      if (world.hub !== null) await (await import('#matching/tell-hub.ts')).tellHub(world, event);
      return next;
    }),
    failed: evaluationFailed,
    concurrency: 1,
  },
  'notice.raised': {
    run: async (world, event) => (await import('#notices/deliver-notices.ts')).deliverNotices(world, event),
    failed: async (world, { account }, reason) => world.log.error('notices not delivered', { account, reason }),
    concurrency: 4,
  },
  'watch.due': {
    run: async (world, event) => (await import('./watch-due.ts')).watchDue(world, event),
    failed: async (world, _event, reason) => world.log.error('watches not looked at', { reason }),
    concurrency: 1,
  },
};

type Made = EventOf<'image.analyzed'> | EventOf<'image.matched'>;

/** A step that sends what is behind its image in a renewal first: an image that cannot be made anew holds up no other. */
function withOthers<E extends Made>(step: (world: PipelineWorld, event: E) => Promise<readonly Event[]>) {
  return async (world: PipelineWorld, event: E) => {
    const { account, digest: after, onward: asking } = event;
    if (asking !== undefined) await renewVerdicts(world, { account, asking, after });
    return step(world, event);
  };
}

/** Registries hold more than images: what is none is no failure of anybody. */
async function notAdmitted(world: PipelineWorld, { account, reference }: EventOf<'image.pushed'>, reason: string) {
  world.log.error('image not admitted', { account, reference, reason });
  const code = /\(([a-z]+\/[a-z-]+)\)$/.exec(reason)?.[1] ?? 'internal/failed';
  if (code !== 'image/not-an-image') await tellLookupFailed(world, { account, reference, code, reason });
}

/** The image stays judged: a verdict is made again whenever somebody asks for it. */
async function evaluationFailed(
  world: PipelineWorld,
  event: { account: string; digest: string },
  reason: string,
): Promise<void> {
  world.log.error('image not evaluated', { account: event.account, digest: event.digest, reason });
}
