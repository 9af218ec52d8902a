/** An event as it stands in the log. */
export interface LoggedEvent {
  readonly eventNo: number;
  /** A UUID. */
  readonly id: string;
  readonly account: string;
  /** One of schema/event-log.ts, now or when it was written. */
  readonly type: string;
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly resourceType: string;
  readonly resourceId: string;
  /** The part of the program that said it. */
  readonly service: string;
  readonly requestId: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** All parts of this installation go by one name: there is no host that outlives its work. */
export const eventHost = 'plimsoll';

/** An event as the v1 API shows it, and as notices of type `event_log` carry it. */
export function eventRecord({ id, account, type, level, message, details, at, ...event }: LoggedEvent) {
  const time = new Date(at).toISOString();
  return {
    generated_uuid: id,
    created_at: time,
    event: {
      ...{ type, level, message, details, timestamp: time },
      resource: { user_id: account, type: event.resourceType, id: event.resourceId },
      source: { servicename: event.service, hostid: eventHost, base_url: 'N/A', request_id: event.requestId },
    },
  };
}
