import type { Sql } from '#platform/sql.ts';

export interface TestEvent {
  readonly type: string;
  readonly resource: string;
  /** `type key` of who hears of it; null: nobody in particular. */
  readonly heardBy: string | null;
  readonly service: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into details of every kind
  readonly details: any;
}

/** The events of an account, the oldest first; those of a type alone where one is given. */
export async function eventsOf(sql: Sql, account: string, type: string | null = null): Promise<readonly TestEvent[]> {
  const rows = await sql.query(
    `select type, resource_id, service, details, subscription_type || ' ' || subscription_key as heard_by from event_log
     where account = :account::text and (:type::text is null or type = :type::text) order by event_no`,
    { account, type },
  );
  return rows.map((row) => ({
    type: String(row['type']),
    resource: String(row['resource_id']),
    heardBy: row['heard_by'] === null ? null : String(row['heard_by']),
    service: String(row['service']),
    details: JSON.parse(String(row['details'])),
  }));
}
