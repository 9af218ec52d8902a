import { Fault, faults } from '#core/fault.ts';
import { parseEvent, sendEvents } from '#platform/bus.ts';
import type { Delivery, Queue } from '#platform/queue.ts';
import type { Event, EventKind } from '#schema/events.ts';
import { pipeline, type PipelineWorld, type Step } from '../pipeline.ts';

/** Deliveries of one message after which a fault that may pass is taken as final. */
const maxAttempts = 8;
/** A message that nobody heartbeats comes back after this. */
const visibilitySeconds = 60;
const idleMilliseconds = 500;

/** Workers for every queue of the pipeline; disposing lets the steps in hand finish or gives their messages back. */
export function startWorkers(world: PipelineWorld): AsyncDisposable {
  const stop = new AbortController();
  const kinds = Object.keys(pipeline) as EventKind[];
  const loops = kinds.flatMap((kind) =>
    Array.from({ length: pipeline[kind].concurrency }, () => drain(world, world.queues(kind), stop.signal)),
  );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      const ended = new AbortController();
      await Promise.race([Promise.all(loops), world.clock.sleep(10_000, ended.signal)]);
      ended.abort();
    },
  };
}

async function drain(world: PipelineWorld, queue: Queue, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const [delivery] = await queue.receive(1, visibilitySeconds);
      if (delivery === undefined) await world.clock.sleep(idleMilliseconds, signal);
      else await handle(world, queue.name, delivery);
    } catch (thrown) {
      world.log.error('queue failed', { queue: queue.name, message: Fault.from(thrown).message });
      await world.clock.sleep(5000, signal);
    }
  }
}

/** One delivery: the work, the events that follow, then the acknowledgement; a crash in between repeats it all. */
async function handle(world: PipelineWorld, queue: string, delivery: Delivery): Promise<void> {
  const heartbeat = setInterval(
    () => void delivery.extend(visibilitySeconds).catch(() => {}),
    (visibilitySeconds * 1000) / 3,
  );
  try {
    const event = parseEvent(delivery.body);
    try {
      await sendEvents(world.queues, await stepOf(event.kind).run(world, event));
      await delivery.acknowledge();
    } catch (thrown) {
      await giveBack(world, event, delivery, Fault.from(thrown));
    }
  } catch (thrown) {
    const fault = Fault.from(thrown);
    world.log.error('message is none of ours', { queue, id: delivery.id, message: fault.message });
    await delivery.release(0, fault.message);
  } finally {
    clearInterval(heartbeat);
  }
}

/** A fault that may pass is tried again with growing pauses; any other, or one too many, ends the matter with its reason. */
async function giveBack(world: PipelineWorld, event: Event, delivery: Delivery, fault: Fault): Promise<void> {
  const ids = { kind: event.kind, account: event.account, attempt: delivery.attempt, code: fault.code };
  world.log.error('step failed', { ...ids, message: fault.message });
  if (faults[fault.code].retry && delivery.attempt < maxAttempts) {
    await delivery.release(2 ** delivery.attempt, fault.message);
    return;
  }
  await stepOf(event.kind).failed(world, event, `${fault.message} (${fault.code})`);
  await delivery.acknowledge();
}

/** The table ties each step to its own kind of event; what is looked up by an event's kind may be given that event. */
function stepOf(kind: EventKind): Step<EventKind> {
  return pipeline[kind] as Step<EventKind>;
}
