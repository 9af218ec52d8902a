import { type Event, event } from '#schema/events.ts';
import { Fault } from '#core/fault.ts';
import type { Queues } from './queue.ts';

/** Sends events, each to the queue of its kind, those of an account as one group. At least once: a caller that dies half-way sends again. */
export async function sendEvents(queues: Queues, events: readonly Event[]): Promise<void> {
  for (const kind of new Set(events.map((one) => one.kind)))
    for (const [account, group] of Map.groupBy(
      events.filter((one) => one.kind === kind),
      (one) => ('account' in one ? one.account : ''),
    ))
      await queues(kind).send(
        group.map((one) => JSON.stringify(one)),
        0,
        account,
      );
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
