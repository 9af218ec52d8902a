import { Fault } from '#core/fault.ts';
import { findEvent } from '#notices/event-log-store.ts';
import { eventRecord, type LoggedEvent } from '#notices/logged-event.ts';
import {
  deletedEvents,
  deleteEventsQuery,
  event,
  eventDetails,
  events,
  eventsQuery,
  eventTypes,
} from '#schema/api/events.ts';
import { deleteEvent, deletePages, eventPage } from '../event-pages.ts';
import { eventTypeTree } from '../event-types.ts';
import { wholeDetails } from '../whole-details.ts';
import { type Call, type Route, route } from '../route.ts';

export const eventRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/events',
    summary: 'What happened in the account, newest first; next_page says whether there is more',
    access: 'listEvents',
    query: eventsQuery,
    answer: events,
    handle: async ({ world, principal, query }) => eventPage(world, principal.account, query),
  }),
  route({
    method: 'DELETE',
    path: '/events',
    summary: 'Delete events, at most 100,000 at once; the ids of those that are gone',
    access: 'deleteEvents',
    query: deleteEventsQuery,
    answer: deletedEvents,
    handle: async ({ world, principal, query }) => deletePages(world, principal.account, query),
  }),
  route({
    method: 'GET',
    path: '/events/{eventId}',
    summary: 'One event',
    access: 'getEvent',
    answer: event,
    handle: async (call) => eventRecord(await requireEvent(call)),
  }),
  route({
    method: 'GET',
    path: '/events/{eventId}/details',
    summary: 'The details of an event whole, also where they are too many for the event',
    access: 'getEvent',
    answer: eventDetails,
    handle: async (call) => wholeDetails(call.world, await requireEvent(call)),
  }),
  route({
    method: 'DELETE',
    path: '/events/{eventId}',
    summary: 'Delete an event',
    access: 'deleteEvents',
    answer: null,
    async handle({ world, principal, params }) {
      if (!(await deleteEvent(world, principal.account, params['eventId'] ?? ''))) throw notFound();
    },
  }),
  route({
    method: 'GET',
    path: '/event_types',
    summary: 'Every type of event',
    access: 'listEvents',
    answer: eventTypes,
    handle: async () => eventTypeTree,
  }),
];

async function requireEvent({ world, principal, params }: Call): Promise<LoggedEvent> {
  const found = await findEvent(world, principal.account, params['eventId'] ?? '');
  if (found === null) throw notFound();
  return found;
}

function notFound(): Fault {
  return new Fault('state/not-found', 'Event not found');
}
