import type { Sql, SqlRow } from '#platform/sql.ts';
import { type Seen, type Watch, watchedBy } from './watch.ts';

type World = { readonly sql: Sql };

/** Subscriptions of one statement. */
const pageSize = 500;

/**
 * Gives each active subscription of tag_update and repo_update its watch, due at once, and takes it from those that are not active any more
 * or whose account is disabled: whoever is switched on again begins anew. How many are new.
 */
export async function openWatches({ sql }: World, now: number): Promise<number> {
  await sql.query(
    `delete from watch w where not exists (
       select from subscription s join account a on a.account = s.account
       where s.subscription_id = w.subscription_id and s.active and a.state = 'enabled')`,
  );
  let opened = 0;
  for (let after = '', full = true; full; ) {
    const rows: readonly Unwatched[] = await sql.query<Unwatched>(
      `select s.subscription_id as id, s.account, s.subscription_key as key, s.subscription_type as type
       from subscription s join account a on a.account = s.account and a.state = 'enabled'
       where s.active and s.subscription_type in ('tag_update', 'repo_update') and s.subscription_id > :after::text
         and not exists (select from watch w where w.subscription_id = s.subscription_id and w.subscription_id > :after::text)
       order by s.subscription_id limit :limit::int`,
      { after, limit: pageSize },
    );
    const watches = rows.map(({ id, account, key, type }) => {
      const watched = watchedBy(key, type as 'tag_update' | 'repo_update');
      return { id, account, registry: '', repository: '', tag: null, ...watched, due: watched === null ? null : now };
    });
    // A subscription that is removed meanwhile has no watch.
    await sql.query(
      `insert into watch (subscription_id, account, registry, repository, tag, due_at)
       select n.id, n.account, n.registry, n.repository, n.tag, n.due
       from jsonb_to_recordset(:watches::jsonb) as n (id text, account text, registry text, repository text, tag text, due bigint)
       join subscription s on s.subscription_id = n.id
       on conflict (subscription_id) do nothing`,
      { watches: JSON.stringify(watches) },
    );
    opened += rows.length;
    after = rows.at(-1)?.id ?? '';
    full = rows.length === pageSize;
  }
  return opened;
}

/** Puts off what is due at registries that rest, until their rest ends. */
export async function putOffResting({ sql }: World, now: number): Promise<void> {
  await sql.query(
    `update watch w set due_at = r.until from registry_rest r
     where r.account = w.account and r.registry = w.registry and r.until > :now::bigint and w.due_at <= :now::bigint`,
    { now },
  );
}

/**
 * Takes up to `limit` (at most 20) watches whose turn it is, those that wait longest first, until `until`: whoever dies with them gives them
 * back by that. No two callers get the same.
 */
export async function takeWatches(
  { sql }: World,
  now: number,
  until: number,
  limit: number,
): Promise<readonly Watch[]> {
  const rows = await sql.query<WatchRow>(
    `with due as (
       select subscription_id from watch where due_at <= :now::bigint order by due_at limit :limit::int for update skip locked
     )
     update watch w set due_at = :until::bigint from due, subscription s
     where w.subscription_id = due.subscription_id and s.subscription_id = w.subscription_id
     returning w.subscription_id, w.account, w.registry, w.repository, w.tag, w.seen, w.compared_at, w.failure, w.failures,
       w.due_at, s.subscription_value`,
    { now, until, limit: Math.min(limit, 20) },
  );
  return rows.map(watchOf);
}

/** What becomes of a watch that was taken. */
export interface Settled extends Seen {
  /** Null: it has no turn of its own any more. */
  readonly dueAt: number | null;
  readonly failure: string | null;
  readonly failures: number;
}

/** Puts a watch back. False, and nothing is changed, when it is not ours any more. */
export async function settleWatch({ sql }: World, watch: Watch, settled: Settled): Promise<boolean> {
  const rows = await sql.query(
    `update watch set due_at = :due::bigint, seen = :seen::text, compared_at = :compared::bigint, failure = :failure::text,
       failures = :failures::int
     where subscription_id = :id::text and due_at = :taken::bigint returning subscription_id`,
    {
      ...{ id: watch.id, taken: watch.takenUntil, due: settled.dueAt, seen: settled.seen },
      ...{ compared: settled.comparedAt, failure: settled.failure, failures: settled.failures },
    },
  );
  return rows.length === 1;
}

/** Has a watch looked at next, if there is one: as if it had never been. */
export async function hastenWatch({ sql }: World, id: string, now: number): Promise<void> {
  await sql.query(
    `update watch set due_at = :now::bigint, seen = null, compared_at = null, failures = 0
     where subscription_id = :id::text and registry <> ''`,
    { id, now },
  );
}

/** When the next watch is due, those of registries left out that say by themselves what is new; null when there is none. */
export async function nextWatch({ sql }: World, told: readonly string[]): Promise<number | null> {
  const [row] = await sql.query<{ due: number | null }>(
    `select min(w.due_at) as due from watch w
     where w.registry not in (select jsonb_array_elements_text(:told::jsonb))`,
    { told: JSON.stringify(told) },
  );
  return row?.due ?? null;
}

type Unwatched = { id: string; account: string; key: string; type: string };

interface WatchRow extends SqlRow {
  readonly subscription_id: string;
  readonly account: string;
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly seen: string | null;
  readonly compared_at: number | null;
  readonly failure: string | null;
  readonly failures: number;
  readonly due_at: number;
  readonly subscription_value: string | null;
}

function watchOf(row: WatchRow): Watch {
  const { account, registry, repository, tag, seen, failure, failures, subscription_value: value } = row;
  const [id, comparedAt, takenUntil] = [row.subscription_id, row.compared_at, row.due_at];
  return { id, account, registry, repository, tag, seen, comparedAt, failure, failures, value, takenUntil };
}
