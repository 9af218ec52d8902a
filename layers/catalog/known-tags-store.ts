import type { Digest } from '#core/digest.ts';
import type { Sql } from '#platform/sql.ts';
import type { Repository } from './tag-store.ts';

type World = { readonly sql: Sql };

/** A tag that points to an image. */
export interface KnownTag {
  readonly tag: string;
  readonly digest: Digest;
}

/** Tags of one statement: names and digest of one are under 300 bytes. */
const pageSize = 1000;

/** The tags of a repository that point to something, in order of names, and of which nothing was said since `at`; a page at a time. */
export async function* knownTags(
  { sql }: World,
  account: string,
  { registry, repository }: Repository,
  at: number,
): AsyncGenerator<readonly KnownTag[]> {
  for (let after = '', full = true; full; ) {
    // Tags that point to nothing are given too, so that a page that is not full is the last.
    const rows: readonly { tag: string; digest: Digest | null }[] = await sql.query<{
      tag: string;
      digest: Digest | null;
    }>(
      `select tag, case when greatest(detected_at, said_at) < :at::bigint then digest end as digest from (
         select distinct on (tag) tag, digest, detected_at, said_at from image_tag
         where account = :account::text and registry = :registry::text and repository = :repository::text
           and tag > :after::text
         order by tag, detected_at desc limit :limit::int) t
       order by tag`,
      { account, registry, repository, at, after, limit: pageSize },
    );
    yield rows.flatMap(({ tag, digest }) => (digest === null ? [] : [{ tag, digest }]));
    after = rows.at(-1)?.tag ?? '';
    full = rows.length === pageSize;
  }
}

/** Every repository of a registry that ever had a tag, in order of names: one look into the index each. */
export async function knownRepositories({ sql }: World, account: string, registry: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (let after = '', full = true; full; after = names.at(-1) ?? '') {
    const rows: readonly { repository: string }[] = await sql.query<{ repository: string }>(
      `with recursive next (repository, place) as (
         (select repository, 1 from image_tag
          where account = :account::text and registry = :registry::text and repository > :after::text
          order by repository limit 1)
         union all
         select (select t.repository from image_tag t
                 where t.account = :account::text and t.registry = :registry::text and t.repository > next.repository
                 order by t.repository limit 1), place + 1
         from next where next.repository is not null and place < :limit::int)
       select repository from next where repository is not null order by repository`,
      { account, registry, after, limit: pageSize },
    );
    names.push(...rows.map(({ repository }) => repository));
    full = rows.length === pageSize;
  }
  return names;
}
