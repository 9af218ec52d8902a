import type { Sql } from '#platform/sql.ts';

/** An image of which a hub has been told. */
export interface HubImage {
  readonly account: string;
  readonly digest: string;
}

/** When a hub was last told all of an image, milliseconds since the epoch; null: it has nothing of it. */
export async function toldHubAt(sql: Sql, { account, digest }: HubImage): Promise<number | null> {
  const [row] = await sql.query<{ told_at: number }>(
    'select told_at from hub_image where account = :account::text and digest = :digest::text',
    { account, digest },
  );
  return row?.told_at ?? null;
}

/** Notes that a hub has been told of an image, all of it at `at`. */
export async function setToldHub(sql: Sql, { account, digest }: HubImage, at: number): Promise<void> {
  await sql.query(
    `insert into hub_image (account, digest, told_at) values (:account::text, :digest::text, :at::bigint)
     on conflict (account, digest) do update set told_at = excluded.told_at`,
    { account, digest, at },
  );
}

/** Notes that a hub has nothing of an image any more. */
export async function forgetHub(sql: Sql, { account, digest }: HubImage): Promise<void> {
  await sql.query('delete from hub_image where account = :account::text and digest = :digest::text', {
    account,
    digest,
  });
}

/**
 * Images that a hub is to be told of again: no tag leads to them any more, or nobody said anything since `before`. Those behind `after`, so
 * many at most.
 */
export async function hubImagesDue(
  sql: Sql,
  before: number,
  after: HubImage,
  limit: number,
): Promise<readonly HubImage[]> {
  return sql.query<{ account: string; digest: string }>(
    `select h.account, h.digest from hub_image h
     where (h.account, h.digest) > (:account::text, :digest::text) and (h.told_at < :before::bigint or not exists (
       select 1 from tagged_image t where t.account = h.account and t.digest = h.digest and not exists (
         select 1 from image_tag n where n.account = t.account and n.registry = t.registry and n.repository = t.repository
           and n.tag = t.tag and n.detected_at > t.detected_at)))
     order by h.account, h.digest limit :limit::int`,
    { ...after, before, limit },
  );
}
