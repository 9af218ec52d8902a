import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Sql, SqlRow } from './sql.ts';

/** The right to do a named thing alone, until its time runs out. Disposing of it gives it back. */
export interface Lease extends AsyncDisposable {
  readonly name: string;
  /** Another full term from now; false when the lease ran out and somebody else has it: stop then. */
  renew(): Promise<boolean>;
  /** Gives it back; nothing happens when somebody else has it by now. */
  release(): Promise<void>;
}

/**
 * Takes the lease of a name for `milliseconds`, or null while somebody has it, the same holder included. `holder` is for
 * people: who to look for.
 */
export async function takeLease(
  sql: Sql,
  clock: Clock,
  name: string,
  holder: string,
  milliseconds: number,
): Promise<Lease | null> {
  // One holder may ask twice at once; each asking is told apart.
  const key = `${holder} ${randomUUID()}`;
  const now = clock.now();
  const [row] = await sql.query<LeaseRow>(
    `insert into lease as held (name, holder, until) values (:name::text, :holder::text, :until::bigint)
     on conflict (name) do update set holder = excluded.holder, until = excluded.until where held.until <= :now::bigint
     returning held.holder`,
    { name, holder: key, until: now + milliseconds, now },
  );
  if (row?.holder !== key) return null;
  const release = async () => {
    await sql.query('delete from lease where name = :name::text and holder = :holder::text', { name, holder: key });
  };
  return {
    name,
    async renew() {
      const rows = await sql.query<LeaseRow>(
        'update lease set until = :until::bigint where name = :name::text and holder = :holder::text returning holder',
        { name, holder: key, until: clock.now() + milliseconds },
      );
      return rows.length === 1;
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** Ends every lease. For a process that knows that nobody else uses the database: their holders are dead. */
export async function endLeases(sql: Sql): Promise<void> {
  await sql.query('delete from lease');
}

interface LeaseRow extends SqlRow {
  readonly holder: string;
}
