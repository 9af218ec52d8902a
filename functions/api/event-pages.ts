import type { EventFilter } from '#notices/event-filter.ts';
import { listEventNumbers, readEvents, removeEvent, removeEvents } from '#notices/event-log-store.ts';
import { eventHost, eventRecord, type LoggedEvent } from '#notices/logged-event.ts';
import { forgetDetails } from '#platform/event-details.ts';
import { fitting } from '#platform/fitting.ts';
import type { DeleteEventsQuery, EventsQuery } from '#schema/api/events.ts';
import { jsonList } from './json-list.ts';
import type { ApiWorld } from './route.ts';

type World = Pick<ApiWorld, 'sql'>;

/**
 * A page of an account's events as the JSON text of the answer. Pages are counted, as clients do: an event that comes in between moves
 * all by one, so that who walks through them may get one twice and misses none.
 */
export async function eventPage(world: World, account: string, query: EventsQuery): Promise<AsyncIterable<string>> {
  const { page, limit } = query;
  const place = { skip: (page - 1) * limit, limit: limit + 1 };
  const elsewhere = query.source_hostid !== undefined && query.source_hostid !== eventHost;
  const numbers = elsewhere ? [] : await listEventNumbers(world, account, filterOf(query), place);
  const shown = numbers.slice(0, limit);
  async function* records() {
    for await (const event of eventsOf(world, account, shown)) yield eventRecord(event);
  }
  const tail = `],"next_page":${numbers.length > limit},"item_count":${shown.length},"page":${page}}`;
  return jsonList('{"results":[', records(), tail);
}

function filterOf(query: EventsQuery): EventFilter {
  return {
    type: query.event_type,
    level: query.level,
    service: query.source_servicename,
    resourceType: query.resource_type,
    resourceIds: query.resource_id === undefined ? undefined : idsOf(query.resource_id),
    since: query.since,
    before: query.before,
  };
}

/** Clients of the original know official images of Docker Hub as `docker.io/alpine:latest`. */
function idsOf(resource: string): readonly string[] {
  const whole = resource.replace(/^docker\.io\/(?=[^/@:]+:[^/@:]+$)/, 'docker.io/library/');
  return whole === resource ? [resource] : [resource, whole];
}

async function* eventsOf(world: World, account: string, numbers: readonly number[]): AsyncGenerator<LoggedEvent> {
  for (let at = 0, size = 200; at < numbers.length; ) {
    const { rows, limit } = await fitting(size, (few) => readEvents(world, account, numbers.slice(at, at + few)));
    yield* rows;
    at += limit;
    size = limit;
  }
}

/** Events of one statement, and of one request. */
const chunk = 5000;
const most = 100_000;

/** Deletes what a filter finds, the oldest first, while the answer is written: the JSON text of the list of ids. */
export function deletePages(
  world: Pick<ApiWorld, 'sql' | 'blobs'>,
  account: string,
  query: DeleteEventsQuery,
): AsyncIterable<string> {
  async function* ids() {
    for (let gone = 0; gone < most; ) {
      const removed = await removeEvents(world, account, query, chunk);
      await forgetDetails(world.blobs, removed);
      yield* removed.map(({ id }) => id);
      gone += removed.length;
      if (removed.length < chunk) return;
    }
  }
  return jsonList('[', ids(), ']');
}

/** Deletes one event; false when the account has none of this id. */
export async function deleteEvent(
  world: Pick<ApiWorld, 'sql' | 'blobs'>,
  account: string,
  id: string,
): Promise<boolean> {
  const removed = await removeEvent(world, account, id);
  if (removed === null) return false;
  await forgetDetails(world.blobs, [removed]);
  return true;
}
