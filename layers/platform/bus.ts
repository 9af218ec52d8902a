import { type Event, event } from '#schema/events.ts';
import { Fault } from '#core/fault.ts';
import type { Queues } from './queue.ts';

/** Sends events, each to the queue of its kind. At least once: a caller that dies half-way sends again. */
export async function sendEvents(queues: Queues, events: readonly Event[]): Promise<void> {
  for (const kind of new Set(events.map((one) => one.kind))) {
    await queues(kind).send(events.filter((one) => one.kind === kind).map((one) => JSON.stringify(one)));
  }
}

/** The event in a message; `input/invalid` when it is none. */
export function parseEvent(body: string): Event {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new Fault('input/invalid', 'message is not JSON', { cause });
  }
  const parsed = event.safeParse(json);
  if (!parsed.success)
    throw new Fault('input/invalid', `message is not an event: ${parsed.error.issues[0]?.message ?? ''}`);
  return parsed.data;
}
