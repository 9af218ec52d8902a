import type { Platform } from '#platform/platform.ts';

type World = Pick<Platform, 'sql'>;

/** How far the images of an account are through with being evaluated anew. */
export interface Renewal {
  readonly account: string;
  /** Tells it from one that is asked for later, which does all that it has yet to do. */
  readonly asking: number;
  /** Images up to this digest were sent on; '' for none. */
  readonly after: string;
}

/** From where images are made anew: judged, because their packages count as others now, and then evaluated; or evaluated alone. */
export type RenewFrom = 'judging' | 'evaluating';

/**
 * Has the images of an account made anew, from the first on. One that is under way is replaced: images are judged if either asks for it.
 */
export async function askRenewal({ sql }: World, account: string, from: RenewFrom, now: number): Promise<Renewal> {
  const [row] = await sql.query<{ asking: number }>(
    `insert into renewal as known (account, asking, judge, digest, moved_at)
     values (:account::text, :now::bigint, :judge::boolean, '', :now::bigint)
     on conflict (account) do update
       set asking = greatest(known.asking + 1, excluded.asking), judge = known.judge or excluded.judge, digest = '',
           moved_at = excluded.moved_at
     returning asking`,
    { account, judge: from === 'judging', now },
  );
  return { account, asking: row!.asking, after: '' };
}

/** What is sent on next. */
export interface RenewalPage {
  readonly from: RenewFrom;
  readonly digests: readonly string[];
}

/** The next `limit` analysed images in the order of their digests; none when there are no more, or somebody else got further or asked anew. */
export async function imagesToRenew(
  { sql }: World,
  { account, asking, after }: Renewal,
  limit: number,
): Promise<RenewalPage> {
  const rows = await sql.query<{ digest: string; judge: boolean }>(
    // By the unique index of account and digest, which has them in order.
    `select i.digest, r.judge from (
       select judge from renewal where account = :account::text and asking = :asking::bigint and digest <= :after::text
     ) r cross join lateral (
       select digest from image
       where account = :account::text and digest > :after::text and state = 'analyzed' and status = 'active'
       order by digest limit :limit::bigint
     ) i
     order by i.digest`,
    { account, asking, after, limit },
  );
  return { from: rows[0]?.judge === true ? 'judging' : 'evaluating', digests: rows.map(({ digest }) => digest) };
}

/** Notes that images up to a digest were sent on. */
export async function moveRenewal(
  { sql }: World,
  { account, asking }: Renewal,
  to: string,
  now: number,
): Promise<void> {
  await sql.query(
    `update renewal set digest = :to::text, moved_at = :now::bigint
     where account = :account::text and asking = :asking::bigint and digest < :to::text`,
    { account, asking, to, now },
  );
}

/** Ends one that has nothing left to do. */
export async function endRenewal({ sql }: World, { account, asking, after }: Renewal): Promise<void> {
  await sql.query(
    `delete from renewal where account = :account::text and asking = :asking::bigint and digest <= :after::text`,
    { account, asking, after },
  );
}

/** Those that have not moved since `before`, at most 100: what a lost message leaves behind. */
export async function quietRenewals({ sql }: World, before: number): Promise<readonly Renewal[]> {
  const rows = await sql.query<{ account: string; asking: number; digest: string }>(
    `select account, asking, digest from renewal where moved_at <= :before::bigint order by moved_at, account limit 100`,
    { before },
  );
  return rows.map(({ digest: after, ...rest }) => ({ ...rest, after }));
}
