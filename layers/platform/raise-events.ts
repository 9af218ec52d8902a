import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import { type LogEvent, logEventTypes } from '#schema/event-log.ts';
import type { Sql } from './sql.ts';

/** The part of the program that says it, as the original names its services. */
export type EventService =
  | 'apiext'
  | 'catalog'
  | 'policy_engine'
  | 'analyzer'
  | 'simplequeue'
  | 'feeds'
  | 'notifications';

/** Bytes of the details of one event: rows are bounded, and notices are read by people. */
export const detailsLimit = 48 * 1024;

/** Events of one statement. */
const pageSize = 50;

/**
 * Writes events to the log, in their order, from which notices are made. Hand in the transaction of the change that they tell of: both stay or neither does.
 * An id that is known adds nothing. Whoever raises events has to send `notice.raised` for their accounts afterwards; a sweep makes up for
 * what died in between. Throws `input/too-large` for details above 48 KiB.
 */
export async function raiseEvents(
  sql: Sql,
  service: EventService,
  events: readonly LogEvent[],
  requestId: string | null = null,
): Promise<void> {
  for (let at = 0; at < events.length; at += pageSize)
    await sql.query(
      `insert into event_log (event_id, account, type, level, message, details, resource_type, resource_id, service, request_id,
         subscription_type, subscription_key, created_at)
       select e.id, e.account, e.type, e.level, e.message, e.details, e.resource_type, e.resource_id, :service::text, :request::text,
         e.subscription_type, e.subscription_key, e.created_at
       from jsonb_to_recordset(:events::jsonb) as e (no int, id text, account text, type text, level text, message text, details jsonb,
         resource_type text, resource_id text, subscription_type text, subscription_key text, created_at bigint)
       where exists (select 1 from account a where a.account = e.account)
       order by e.no
       on conflict (event_id) do nothing`,
      { service, request: requestId, events: JSON.stringify(events.slice(at, at + pageSize).map(rowOf)) },
    );
}

/** The id under which users find an event: a UUID made of what it is about and its own id alone (RFC 9562, version 8). */
export function eventId({
  account,
  type,
  resource,
  id,
}: Pick<LogEvent, 'account' | 'type' | 'resource' | 'id'>): string {
  return uuidOf(`${account}\n${type}\n${resource}\n${id}`);
}

function rowOf(event: LogEvent, no: number) {
  const { account, type, resource, message, details, subscription, at } = event;
  const { level, resource: resourceType, message: usual } = logEventTypes[type];
  const size = Buffer.byteLength(JSON.stringify(details));
  if (size > detailsLimit)
    throw new Fault('input/too-large', `details of the event ${type} have ${size} bytes, ${detailsLimit} are allowed`);
  return {
    no,
    id: eventId(event),
    account,
    type,
    level,
    message: message ?? usual,
    details,
    resource_type: resourceType,
    resource_id: resource,
    subscription_type: subscription?.type ?? null,
    subscription_key: subscription?.key ?? null,
    created_at: at,
  };
}

function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
