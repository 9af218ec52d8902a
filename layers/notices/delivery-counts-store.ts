import type { Platform } from '#platform/platform.ts';

export interface DeliveryCounts {
  readonly pending: number;
  /** Given up. */
  readonly dead: number;
}

/** Deliveries of all accounts that are not done; by indexes that hold just these. */
export async function deliveryCounts({ sql }: Pick<Platform, 'sql'>): Promise<DeliveryCounts> {
  const [row] = await sql.query<{ pending: number; dead: number }>(
    `select (select count(*) from delivery where state = 'pending') as pending,
       coalesce((select sum(d.dead) from account a cross join lateral (
         select count(*) as dead from delivery d where d.account = a.account and d.state = 'dead'
       ) d), 0)::bigint as dead`,
  );
  return row!;
}
