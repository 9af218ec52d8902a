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

/** Has the images of an account evaluated anew, from the first on, also where that is under way. */
export async function askRenewal({ sql }: World, account: string, now: number): Promise<Renewal> {
  const [row] = await sql.query<{ asking: number }>(
    `insert into renewal as known (account, asking, digest, moved_at) values (:account::text, :now::bigint, '', :now::bigint)
     on conflict (account) do update
       set asking = greatest(known.asking + 1, excluded.asking), digest = '', moved_at = excluded.moved_at
     returning asking`,
    { account, now },
  );
  return { account, asking: row!.asking, after: '' };
}

/** The next `limit` analysed images in the order of their digests; none when there are no more, or somebody else got further or asked anew. */
export async function imagesToRenew(
  { sql }: World,
  { account, asking, after }: Renewal,
  limit: number,
): Promise<readonly string[]> {
  const rows = await sql.query<{ digest: string }>(
    `select i.digest from image i
     where i.account = :account::text and i.digest > :after::text and i.state = 'analyzed' and i.status = 'active'
       and exists (select from renewal r
         where r.account = :account::text and r.asking = :asking::bigint and r.digest <= :after::text)
     order by i.digest limit :limit::bigint`,
    { account, asking, after, limit },
  );
  return rows.map(({ digest }) => digest);
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
