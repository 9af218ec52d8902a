import type { Sql } from '#platform/sql.ts';

type World = { readonly sql: Sql };

/** Milliseconds: how long a registry that did not say rests the first time, and at most; what it then counts as having recovered. */
const rests = { first: 60_000, longest: 3_600_000, over: 24 * 3_600_000 } as const;

/**
 * Leaves a registry alone on behalf of an account: for `asked` milliseconds, or else twice as long each time. Gives until when, and whether
 * this is the first time since it answered. What several watches find at once counts as one time.
 */
export async function restRegistry(
  { sql }: World,
  account: string,
  registry: string,
  now: number,
  asked: number | null,
): Promise<{ readonly until: number; readonly began: boolean }> {
  const [row] = await sql.query<{ until: number; began: boolean }>(
    `insert into registry_rest as r (account, registry, until, failures)
     select a.account, :registry::text, :now::bigint + coalesce(:asked::bigint, :first::bigint), 1
     from account a where a.account = :account::text
     on conflict (account, registry) do update set
       failures = case when r.until > :now::bigint then r.failures else r.failures + 1 end,
       until = greatest(r.until, :now::bigint + coalesce(:asked::bigint,
         case when r.until > :now::bigint then 0
           else least(:first::bigint * (1::bigint << least(r.failures, 20)), :longest::bigint) end))
     returning until, xmax = 0 as began`,
    { account, registry, now, asked, first: rests.first, longest: rests.longest },
  );
  // An account that is gone has none.
  return row ?? { until: now, began: false };
}

/** A registry answered: its next rest is a short one again. */
export async function endRest({ sql }: World, account: string, registry: string, now: number): Promise<void> {
  await sql.query(
    `delete from registry_rest where account = :account::text and registry = :registry::text and until <= :now::bigint`,
    { account, registry, now },
  );
}

/** Forgets rests that ended long ago: their watches went, or answered under another name. */
export async function forgetRests({ sql }: World, now: number): Promise<void> {
  await sql.query('delete from registry_rest where until < :before::bigint', { before: now - rests.over });
}
