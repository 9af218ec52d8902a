import type { Sql } from '#platform/sql.ts';

/** A digest that a registry has, and a tag that points to it there (null: the digest alone). */
export interface Asked {
  readonly digest: string;
  readonly tag: string | null;
}

/** One that was asked and is not in the catalog. */
export interface Unknown {
  /** Its place in what was asked. */
  readonly at: number;
  /** What its tag points to in the catalog (no digest: to nothing any more); null when it never pointed anywhere. */
  readonly elsewhere: { readonly digest: string | null; readonly since: number } | null;
}

/**
 * Which of these the catalog does not have as the registry has them: the tag points to something else or is not known,
 * or, without a tag, the digest is not known. What a tag points to is known too where it was deleted here. A digest is known as an image
 * or as the index that an image came from, images being deleted too. At most 2,000 a call.
 */
export async function findUnknown(
  { sql }: { readonly sql: Sql },
  account: string,
  repository: { readonly registry: string; readonly repository: string },
  asked: readonly Asked[],
): Promise<readonly Unknown[]> {
  const rows = await sql.query<{ at: number; digest: string | null; since: number | null }>(
    `select a.at, t.digest, t.detected_at as since
     from jsonb_to_recordset(:asked::jsonb) as a (at int, digest text, tag text)
     left join lateral (
       select it.detected_at, it.digest from image_tag it
       where it.account = :account::text and it.registry = :registry::text and it.repository = :repository::text
         and it.tag = a.tag
       order by it.detected_at desc limit 1) t on true
     where case when a.tag is null
       then not exists (select from image i where i.account = :account::text and i.digest = a.digest)
         and not exists (select from index_image x where x.account = :account::text and x.index_digest = a.digest)
       else t.digest is distinct from a.digest end
     order by a.at`,
    {
      account,
      registry: repository.registry,
      repository: repository.repository,
      asked: JSON.stringify(asked.map(({ digest, tag }, at) => ({ at, digest, tag }))),
    },
  );
  return rows.map(({ at, digest, since }) => ({
    at,
    elsewhere: since === null ? null : { digest, since },
  }));
}
