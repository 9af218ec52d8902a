import { analyzeQueued } from '#analysis/analyze-queued.ts';
import { failImage } from '#catalog/fail-image.ts';
import { Fault } from '#core/fault.ts';
import type { EventWork } from '#platform/handle-delivery.ts';
import type { Event, EventOf } from '#schema/events.ts';
import type { AwsWorld } from '../aws-world.ts';

/** The step of `image.queued`, counted. */
export function analysisWork(world: AwsWorld): EventWork {
  const { clock, count } = world;
  return {
    async run(event, signal) {
      const begun = clock.now();
      try {
        const next = await analyzeQueued({ ...world, signal }, queued(event));
        count('imagesAnalyzed', 1);
        return next;
      } finally {
        count('stepSeconds', (clock.now() - begun) / 1000);
      }
    },
    async failed(event, reason) {
      await failImage(world, queued(event), reason);
      count('imagesFailed', 1);
    },
  };
}

function queued(event: Event): EventOf<'image.queued'> {
  if (event.kind === 'image.queued') return event;
  throw new Fault('internal/failed', `An event ${event.kind} came where images are analyzed`);
}
