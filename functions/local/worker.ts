import { type DrainSettings, drainQueue } from '#platform/drain-queue.ts';
import type { EventWork } from '#platform/handle-delivery.ts';
import type { EventKind } from '#schema/events.ts';
import { pipeline, type PipelineWorld, type Step } from '../pipeline.ts';

const settings: Omit<DrainSettings, 'atOnce'> = {
  visibilitySeconds: 60,
  heartbeatSeconds: 20,
  attempts: 8,
  idleMs: 500,
  dryMs: null,
  onStop: 'finish',
};

/** Workers for every queue of the pipeline; disposing lets the steps in hand finish or gives their messages back. */
export function startWorkers(world: PipelineWorld): AsyncDisposable {
  const stop = new AbortController();
  const find = (kind: EventKind) => workOf(world, kind);
  const drains = (Object.keys(pipeline) as EventKind[]).map((kind) =>
    drainQueue(world, world.queues(kind), find, { ...settings, atOnce: pipeline[kind].concurrency }, stop.signal),
  );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      const ended = new AbortController();
      await Promise.race([Promise.all(drains), world.clock.sleep(10_000, ended.signal)]);
      ended.abort();
    },
  };
}

/** The table ties each step to its own kind of event; what is looked up by an event's kind may be given that event. */
function workOf(world: PipelineWorld, kind: EventKind): EventWork {
  const step = pipeline[kind] as Step<EventKind>;
  return {
    run: (event) => step.run(world, event),
    failed: (event, reason) => step.failed(world, event, reason),
  };
}
