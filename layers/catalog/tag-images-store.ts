import type { Sql } from '#platform/sql.ts';
import type { Repository } from './tag-store.ts';

/** What a tag pointed to since `detectedAt`, and the image that stands for that: of an index the one that it was admitted by. */
export interface TagImage {
  readonly digest: string;
  readonly image: string;
  readonly detectedAt: number;
}

/** The images that a tag pointed to, newest first, at most `limit` (up to 1,000); null where it pointed to nothing. */
export async function tagImages(
  { sql }: { readonly sql: Sql },
  account: string,
  { registry, repository, tag }: Repository & { readonly tag: string },
  limit: number,
): Promise<readonly (TagImage | null)[]> {
  const rows = await sql.query<{ digest: string | null; image: string | null; detected_at: number }>(
    `select t.digest, t.detected_at, coalesce((
         select x.digest from index_image x where x.account = t.account and x.index_digest = t.digest order by x.place limit 1
       ), t.digest) as image
     from image_tag t
     where t.account = :account::text and t.registry = :registry::text and t.repository = :repository::text and t.tag = :tag::text
     order by t.detected_at desc limit :limit::int`,
    { account, registry, repository, tag, limit },
  );
  return rows.map(({ digest, image, detected_at: detectedAt }) =>
    digest === null || image === null ? null : { digest, image, detectedAt },
  );
}
