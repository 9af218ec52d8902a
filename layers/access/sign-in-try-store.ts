import type { Sql } from '#platform/sql.ts';

type World = { readonly sql: Sql };

/** What failed sign-ins are counted under. Times in milliseconds. */
export interface TryKey {
  /** 0 for addresses, 1 for users at an address: they have slots of their own. */
  readonly part: 0 | 1;
  readonly name: string;
  /** This many may fail before anybody waits. */
  readonly free: number;
  /** One failure is forgotten after this time. */
  readonly leak: number;
  /** The longest wait between two tries. */
  readonly longest: number;
}

export interface Admission {
  /** When the next try is let in; null: this one is. */
  readonly until: number | null;
  /** Whether anything is counted under the keys. */
  readonly known: boolean;
}

/**
 * Whether a sign-in may be tried now. Where too many have failed, only one is let in at a time, and the wait before the next
 * doubles with each failure: a burst gets no further than one after the other.
 */
export async function admitTry({ sql }: World, keys: readonly TryKey[], now: number): Promise<Admission> {
  const rows = await sql.query(
    `with held as (
       select t.slot, t.next_at, w.free, w.longest, greatest(0, t.tries - (:now::bigint - t.last_at) / w.leak) as level
       from sign_in_slots(:keys::jsonb) w join sign_in_try t on t.slot = w.slot and t.key = w.key
     ), hot as (
       select slot, next_at, least(longest, 1000 * (1 << least(level - free, 20)::int)) as wait from held where level >= free
     ), taken as (
       update sign_in_try t set next_at = :now::bigint + hot.wait from hot
       where t.slot = hot.slot and t.next_at <= :now::bigint
         and not exists (select 1 from hot where next_at > :now::bigint)
       returning t.slot
     )
     select (select count(*) from held)::int as held, (select count(*) from hot)::int as hot,
            (select count(*) from taken)::int as taken,
            (select max(next_at) from hot where next_at > :now::bigint) as until`,
    { keys: JSON.stringify(keys), now },
  );
  const { held, hot, taken, until } = rows[0] ?? {};
  const refused = Number(hot) > Number(taken);
  // Without a time it was another try at the same moment that was let in.
  return { known: held !== 0, until: refused ? Number(until ?? now + 1000) : null };
}

/** Counts a sign-in that failed, under each key. */
export async function countFailure({ sql }: World, keys: readonly TryKey[], now: number): Promise<void> {
  // In the order of slots: two statements that meet wait for each other and do not stand in each other's way.
  await sql.query(
    `with w as materialized (select * from sign_in_slots(:keys::jsonb))
     insert into sign_in_try as t (slot, key, tries, last_at, next_at)
     select slot, key, 1, :now::bigint, :now::bigint from w order by slot
     on conflict (slot) do update set
       key = excluded.key,
       tries = case when t.key = excluded.key then (
                 select least(w.free + 20, greatest(0, t.tries - (:now::bigint - t.last_at) / w.leak) + 1) from w
                 where w.slot = excluded.slot)
               else 1 end,
       next_at = case when t.key = excluded.key then t.next_at else excluded.next_at end,
       last_at = excluded.last_at`,
    { keys: JSON.stringify(keys), now },
  );
}

/** Forgets what failed under a key. */
export async function forgetFailures({ sql }: World, key: TryKey): Promise<void> {
  await sql.query(
    `delete from sign_in_try t using sign_in_slots(:keys::jsonb) w where t.slot = w.slot and t.key = w.key`,
    { keys: JSON.stringify([key]) },
  );
}
