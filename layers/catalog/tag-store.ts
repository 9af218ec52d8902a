import type { Digest } from '#core/digest.ts';
import type { Sql } from '#platform/sql.ts';
import type { Tag, TagMove } from './image.ts';

type World = { readonly sql: Sql };

/** Where tags are. */
export interface Repository {
  readonly registry: string;
  readonly repository: string;
}

/**
 * Records that a tag points to an image or an index since `detectedAt`. Events that come twice or in the wrong order change nothing: a
 * row is written only where the tag's history, seen from that moment, says something else.
 */
export async function recordTag(world: World, account: string, tag: Tag): Promise<void> {
  await moveTags(world, account, tag, [tag.tag], tag.digest, tag.detectedAt);
}

/**
 * Records that tags point to nothing since `at`, known ones or not: what pushed them may be heard of later. As with
 * {@link recordTag} the order of events does not matter; a push of the same moment counts more.
 */
export async function endTags(
  world: World,
  account: string,
  repository: Repository,
  tags: readonly string[],
  at: number,
): Promise<void> {
  for (let from = 0; from < tags.length; from += pageSize)
    await moveTags(world, account, repository, tags.slice(from, from + pageSize), null, at);
}

/** The tags of a repository that pointed at a moment to the image or index of a digest. */
export async function tagsAt(
  { sql }: World,
  account: string,
  { registry, repository }: Repository,
  digest: string,
  at: number,
): Promise<readonly string[]> {
  const tags: string[] = [];
  for (let after = '', full = true; full; after = tags.at(-1) ?? '') {
    const rows: readonly { tag: string }[] = await sql.query<{ tag: string }>(
      `select t.tag from image_tag t
       where t.account = :account::text and t.registry = :registry::text and t.repository = :repository::text
         and t.digest = :digest::text and t.tag > :after::text and t.detected_at <= :at::bigint and not exists (
           select from image_tag n where n.account = t.account and n.registry = t.registry and n.repository = t.repository
             and n.tag = t.tag and n.detected_at > t.detected_at and n.detected_at <= :at::bigint offset 0)
       order by t.tag limit :limit::int`,
      { account, registry, repository, digest, after, at, limit: pageSize },
    );
    tags.push(...rows.map(({ tag }) => tag));
    full = rows.length === pageSize;
  }
  return tags;
}

/** The index that a tag pointed to at a moment, if the image of a digest is in it; else null. */
export async function indexAt(
  { sql }: World,
  account: string,
  { registry, repository, tag }: Repository & { readonly tag: string },
  digest: string,
  at: number,
): Promise<Digest | null> {
  const rows = await sql.query<{ index_digest: Digest }>(
    `select x.index_digest from (
       select digest from image_tag where account = :account::text and registry = :registry::text
         and repository = :repository::text and tag = :tag::text and detected_at <= :at::bigint
       order by detected_at desc limit 1
     ) t join index_image x on x.account = :account::text and x.index_digest = t.digest and x.digest = :digest::text`,
    { account, registry, repository, tag, digest, at },
  );
  return rows[0]?.index_digest ?? null;
}

/** Rows asked for at a time: names and digest of one are under 800 bytes. */
const pageSize = 1000;

/**
 * All tags that ever led to these images, to themselves or an index that they are in, newest first, by the digest of the image. At most
 * 100 digests a call.
 */
export async function tagsOf(
  { sql }: World,
  account: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const byDigest = new Map<string, Tag[]>();
  for (let after: TagRow | undefined, full = true; full; ) {
    const rows: readonly TagRow[] = await sql.query<TagRow>(
      `select t.registry, t.repository, t.tag, t.digest, max(t.detected_at) as detected_at
       from jsonb_array_elements_text(:digests::jsonb) as j(digest) cross join lateral (
         select * from tagged_image where account = :account::text and digest = j.digest offset 0
       ) t
       where (t.digest, t.registry, t.repository, t.tag) > (:digest::text, :registry::text, :repository::text, :tag::text)
       group by t.digest, t.registry, t.repository, t.tag order by t.digest, t.registry, t.repository, t.tag limit :limit::int`,
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

/** The images and indexes that a tag pointed to since when, newest first; null: to nothing, it was deleted. */
export async function tagHistory(
  { sql }: World,
  account: string,
  tag: { readonly registry: string; readonly repository: string; readonly tag: string },
  limit: number,
): Promise<readonly TagMove[]> {
  const rows = await sql.query<{ digest: Digest | null; detected_at: number }>(
    `select digest, detected_at from image_tag
     where account = :account::text and registry = :registry::text and repository = :repository::text and tag = :tag::text
     order by detected_at desc limit :limit::bigint`,
    { account, registry: tag.registry, repository: tag.repository, tag: tag.tag, limit },
  );
  return rows.map(({ digest, detected_at: detectedAt }) => ({ digest, detectedAt }));
}

/**
 * What was said of a tag before and at that moment decides. Saying the same again only moves `said_at`, and what was said again
 * after this moment stands from then on.
 */
async function moveTags(
  { sql }: World,
  account: string,
  { registry, repository }: Repository,
  tags: readonly string[],
  digest: string | null,
  at: number,
): Promise<void> {
  await sql.query(
    `with asked as materialized (select distinct tag from jsonb_array_elements_text(:tags::jsonb) as j(tag)),
     before as materialized (
       select a.tag, t.detected_at, t.digest, t.said_at from asked a left join lateral (
         select detected_at, digest, said_at from image_tag
         where account = :account::text and registry = :registry::text and repository = :repository::text
           and tag = a.tag and detected_at <= :at::bigint
         order by detected_at desc limit 1) t on true
     ), again as (
       update image_tag t set said_at = :at::bigint from before b
       where t.account = :account::text and t.registry = :registry::text and t.repository = :repository::text
         and t.tag = b.tag and t.detected_at = b.detected_at and b.detected_at < :at::bigint and b.said_at < :at::bigint
         and b.digest is not distinct from :digest::text
     )
     insert into image_tag as t (account, registry, repository, tag, detected_at, digest, said_at)
     select :account::text, :registry::text, :repository::text, b.tag, m.at, m.digest, m.at
     from before b cross join lateral (
       values (:at::bigint, :digest::text), (case when b.said_at > :at::bigint then b.said_at end, b.digest)) as m(at, digest)
     where (b.detected_at is null or b.digest is distinct from :digest::text) and m.at is not null
     order by b.tag, m.at
     on conflict (account, registry, repository, tag, detected_at) do update set digest = excluded.digest
       where t.digest is null and excluded.digest is not null`,
    { account, registry, repository, tags: JSON.stringify(tags), digest, at },
  );
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
