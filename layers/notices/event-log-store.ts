import type { Sql, SqlRow } from '#platform/sql.ts';
import { type EventFilter, likeOf } from './event-filter.ts';
import type { LoggedEvent } from './logged-event.ts';

type World = { readonly sql: Sql };

/**
 * Numbers of an account's events, newest first, up to `limit` behind the first `skip`. What is skipped is counted in the index alone where
 * nothing but the account is asked for; what other filters need lies in the row, but never its details.
 */
export async function listEventNumbers(
  { sql }: World,
  account: string,
  filter: EventFilter,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): Promise<readonly number[]> {
  const rows = await sql.query<{ event_no: number }>(
    `select event_no from event_log where account = :account::text and ${wanted}
     order by event_no desc offset :skip::bigint limit :limit::int`,
    { account, ...parametersOf(filter), skip, limit },
  );
  return rows.map(({ event_no }) => event_no);
}

/** Events of an account by their numbers, newest first; a row has up to 64 KiB, so that a few may be all that an answer holds. */
export async function readEvents(
  { sql }: World,
  account: string,
  numbers: readonly number[],
): Promise<readonly LoggedEvent[]> {
  const rows = await sql.query(
    `select ${columns} from event_log where account = :account::text
       and event_no in (select n::bigint from jsonb_array_elements_text(:numbers::jsonb) as j(n))
     order by event_no desc`,
    { account, numbers: JSON.stringify(numbers) },
  );
  return rows.map(eventOf);
}

/** An account's event by its id, or null. */
export async function findEvent({ sql }: World, account: string, id: string): Promise<LoggedEvent | null> {
  const [row] = await sql.query(
    `select ${columns} from event_log where event_id = :id::text and account = :account::text`,
    { account, id },
  );
  return row === undefined ? null : eventOf(row);
}

/** An event that was removed. */
export interface RemovedEvent {
  readonly id: string;
  /** Whether the whole details lie beside the log (platform/event-details.ts). */
  readonly detailed: boolean;
}

/** Removes an account's event; null when there was none. */
export async function removeEvent({ sql }: World, account: string, id: string): Promise<RemovedEvent | null> {
  const rows = await sql.query<RemovedRow>(
    `delete from event_log where event_id = :id::text and account = :account::text returning ${removed}`,
    { account, id },
  );
  return rows[0] === undefined ? null : removedOf(rows[0]);
}

/** Removes up to `limit` (at most 5,000) of the events that a filter finds, the oldest first. */
export async function removeEvents(
  { sql }: World,
  account: string,
  filter: EventFilter,
  limit: number,
): Promise<readonly RemovedEvent[]> {
  const rows = await sql.query<RemovedRow>(
    `delete from event_log where event_no in (
       select event_no from event_log where account = :account::text and ${wanted} order by event_no limit :limit::int)
     returning ${removed}`,
    { account, ...parametersOf(filter), limit: Math.min(limit, 5000) },
  );
  return rows.map(removedOf);
}

/** Removes up to `limit` (at most 5,000) events that are older than `before`, whosever they are. */
export async function pruneEvents({ sql }: World, before: number, limit: number): Promise<readonly RemovedEvent[]> {
  const rows = await sql.query<RemovedRow>(
    `delete from event_log where event_no in (
       select event_no from event_log where created_at < :before::bigint order by created_at limit :limit::int)
     returning ${removed}`,
    { before, limit: Math.min(limit, 5000) },
  );
  return rows.map(removedOf);
}

const removed = "event_id, coalesce(details->>'details_complete' = 'false', false) as detailed";

type RemovedRow = { event_id: string; detailed: boolean };

function removedOf({ event_id: id, detailed }: RemovedRow): RemovedEvent {
  return { id, detailed };
}

/** What a filter finds; a null asks for nothing. */
const wanted = `(:type::text is null or type like :type::text)
  and (:level::text is null or level = :level::text)
  and (:service::text is null or service = :service::text)
  and (:resource_type::text is null or resource_type = :resource_type::text)
  and (:resource_ids::text is null or resource_id in (select r from jsonb_array_elements_text(:resource_ids::jsonb) as j(r)))
  and (:since::bigint is null or created_at >= :since::bigint)
  and (:before::bigint is null or created_at < :before::bigint)`;

function parametersOf({ type, level, service, resourceType, resourceIds, since, before }: EventFilter) {
  return {
    type: type === undefined ? null : likeOf(type),
    level: level ?? null,
    service: service ?? null,
    resource_type: resourceType ?? null,
    resource_ids: resourceIds === undefined ? null : JSON.stringify(resourceIds),
    since: since ?? null,
    before: before ?? null,
  };
}

const columns =
  'event_no, event_id, account, type, level, message, details, resource_type, resource_id, service, request_id, created_at';

function eventOf(row: SqlRow): LoggedEvent {
  return {
    eventNo: Number(row['event_no']),
    id: String(row['event_id']),
    account: String(row['account']),
    type: String(row['type']),
    level: row['level'] === 'error' ? 'error' : 'info',
    message: String(row['message']),
    details: JSON.parse(String(row['details'])),
    resourceType: String(row['resource_type']),
    resourceId: String(row['resource_id']),
    service: String(row['service']),
    requestId: row['request_id'] === null ? null : String(row['request_id']),
    at: Number(row['created_at']),
  };
}
