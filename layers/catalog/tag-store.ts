import type { Digest } from '#core/digest.ts';
import type { Sql } from '#platform/sql.ts';
import type { Tag } from './image.ts';

type World = { readonly sql: Sql };

/**
 * Records that a tag points to an image since `detectedAt`. Events that come twice or in the wrong order change nothing: a
 * row is written only where the tag's history, seen from that moment, says something else.
 */
export async function recordTag({ sql }: World, account: string, tag: Tag): Promise<void> {
  await sql.query(
    `insert into image_tag (account, registry, repository, tag, detected_at, digest)
     select :account::text, :registry::text, :repository::text, :tag::text, :at::bigint, :digest::text
     where :digest::text is distinct from (
       select t.digest from image_tag t where t.account = :account::text and t.registry = :registry::text
         and t.repository = :repository::text and t.tag = :tag::text and t.detected_at <= :at::bigint
       order by t.detected_at desc limit 1)
     on conflict do nothing`,
    {
      account,
      registry: tag.registry,
      repository: tag.repository,
      tag: tag.tag,
      at: tag.detectedAt,
      digest: tag.digest,
    },
  );
}

/** Rows asked for at a time: names and digest of one are under 800 bytes. */
const pageSize = 1000;

/** All tags that ever pointed to these images, newest first, by digest. At most 100 digests a call. */
export async function tagsOf(
  { sql }: World,
  account: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const byDigest = new Map<string, Tag[]>();
  for (let after: TagRow | undefined, full = true; full; ) {
    const rows: readonly TagRow[] = await sql.query<TagRow>(
      `select registry, repository, tag, digest, max(detected_at) as detected_at from image_tag
       where account = :account::text and digest in (select jsonb_array_elements_text(:digests::jsonb))
         and (digest, registry, repository, tag) > (:digest::text, :registry::text, :repository::text, :tag::text)
       group by digest, registry, repository, tag order by digest, registry, repository, tag limit :limit::int`,
      {
        account,
        digests: JSON.stringify(digests),
        digest: after?.digest ?? '',
        registry: after?.registry ?? '',
        repository: after?.repository ?? '',
        tag: after?.tag ?? '',
        limit: pageSize,
      },
    );
    for (const row of rows) {
      const list = byDigest.get(row.digest) ?? [];
      list.push(tagOf(row));
      byDigest.set(row.digest, list);
    }
    after = rows.at(-1);
    full = rows.length === pageSize;
  }
  // Of the same moment, in the order of their names: the sort is stable.
  for (const tags of byDigest.values()) tags.sort((a, b) => b.detectedAt - a.detectedAt);
  return byDigest;
}

/** What a tag pointed to, newest first. */
export async function tagHistory(
  { sql }: World,
  account: string,
  tag: { readonly registry: string; readonly repository: string; readonly tag: string },
  limit: number,
): Promise<readonly Tag[]> {
  const rows = await sql.query<TagRow>(
    `select registry, repository, tag, digest, detected_at from image_tag
     where account = :account::text and registry = :registry::text and repository = :repository::text and tag = :tag::text
     order by detected_at desc limit :limit::bigint`,
    { account, registry: tag.registry, repository: tag.repository, tag: tag.tag, limit },
  );
  return rows.map(tagOf);
}

type TagRow = { registry: string; repository: string; tag: string; digest: string; detected_at: number };

function tagOf(row: TagRow): Tag {
  return {
    registry: row.registry,
    repository: row.repository,
    tag: row.tag,
    digest: row.digest as Digest,
    detectedAt: row.detected_at,
  };
}
