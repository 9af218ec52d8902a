import { Fault } from '#core/fault.ts';
import type { LoggedEvent } from '#notices/logged-event.ts';
import { readWholeDetails } from '#platform/event-details.ts';
import type { ApiWorld } from './route.ts';

/** The details of an event, also those of which its row holds the beginning; `state/not-found` where they are not kept any more. */
export async function wholeDetails(world: Pick<ApiWorld, 'blobs'>, { id, details }: LoggedEvent): Promise<unknown> {
  if (details['details_complete'] !== false) return details;
  const whole = await readWholeDetails(world.blobs, id);
  if (whole === null) throw new Fault('state/not-found', `the whole details of event ${id} are not kept any more`);
  return whole;
}
