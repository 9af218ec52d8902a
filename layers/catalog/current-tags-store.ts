import type { Sql } from '#platform/sql.ts';
import type { Tag } from './image.ts';
import type { ImageState } from './lifecycle.ts';
import type { Repository } from './tag-store.ts';

type World = { readonly sql: Sql };

/** A tag without what it points to. */
export interface TagName extends Repository {
  readonly tag: string;
}

/** `registry/repository:tag`, as people and subscriptions name it. */
export function fullTag({ registry, repository, tag }: TagName): string {
  return `${registry}/${repository}:${tag}`;
}

/** Tags that lead to an image now, by themselves or by an index that it is in, in the order of their names, in pages. */
export async function* currentTags(
  { sql }: World,
  account: string,
  digest: string,
): AsyncGenerator<readonly TagName[]> {
  for (let after: TagName = { registry: '', repository: '', tag: '' }, full = true; full; ) {
    const { registry, repository, tag } = after;
    const rows: readonly TagRow[] = await sql.query<TagRow>(
      `select distinct registry, repository, tag from (
         select * from tagged_image where account = :account::text and digest = :digest::text offset 0) t
       where (registry, repository, tag) > (:registry::text, :repository::text, :tag::text) and not exists (
         select from image_tag n where n.account = t.account and n.registry = t.registry and n.repository = t.repository
           and n.tag = t.tag and n.detected_at > t.detected_at offset 0)
       order by registry, repository, tag limit :limit::int`,
      { account, digest, registry, repository, tag, limit: pageSize },
    );
    if (rows.length > 0) yield rows;
    after = rows.at(-1) ?? after;
    full = rows.length === pageSize;
  }
}

/** Digests of the images that a tag (`registry/repository:tag`) leads to now: its own, or those of its index that are kept. */
export async function currentImages({ sql }: World, account: string, tag: string): Promise<readonly string[]> {
  const name = tagName(tag);
  if (name === null) return [];
  const rows = await sql.query<{ digest: string }>(
    `${pointedTo} select digest from image where account = :account::text and ${isPointedTo} order by digest limit :limit::int`,
    { account, ...name, limit: pageSize },
  );
  return rows.map(({ digest }) => digest);
}

/** Whether a tag (`registry/repository:tag`) leads to an image now. */
export async function leadsTo({ sql }: World, account: string, tag: string, digest: string): Promise<boolean> {
  const name = tagName(tag);
  if (name === null) return false;
  const rows = await sql.query(
    `${pointedTo} select digest from image where account = :account::text and digest = :digest::text and ${isPointedTo}`,
    { account, ...name, digest },
  );
  return rows.length > 0;
}

/** An image that stands still until the transaction ends. */
export interface HeldImage {
  readonly digest: string;
  readonly state: ImageState;
}

/** The images of what a tag is to point to, which nobody moves on until the transaction ends, and what the tag pointed to last. */
export async function holdImages(
  { sql: tx }: World,
  account: string,
  { registry, repository, tag, digest }: Tag,
): Promise<{ readonly images: readonly HeldImage[]; readonly before: string | null }> {
  const rows = await tx.query<{ digest: string; state: ImageState; before: string | null }>(
    `${pointedTo} select digest, state, (select digest from pointed) as before from image
     where account = :account::text and (digest = :digest::text or digest in (
       select x.digest from index_image x where x.account = :account::text and x.index_digest = :digest::text))
     order by digest limit :limit::int for share of image`,
    { account, registry, repository, tag, digest, limit: pageSize },
  );
  return { images: rows.map((row) => ({ digest: row.digest, state: row.state })), before: rows[0]?.before ?? null };
}

/** What a tag points to now. */
const pointedTo = `with pointed as (
  select digest from image_tag where account = :account::text and registry = :registry::text and repository = :repository::text
    and tag = :tag::text order by detected_at desc limit 1)`;

const isPointedTo = `(digest = (select digest from pointed) or digest in (
  select x.digest from index_image x where x.account = :account::text and x.index_digest = (select digest from pointed)))`;

/** The parts of `registry/repository:tag`; null where it is none. */
function tagName(text: string): TagName | null {
  const [, registry, repository, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(text) ?? [];
  return registry === undefined ? null : { registry, repository: repository!, tag: tag! };
}

/** Names of one are under 600 bytes. */
const pageSize = 1000;

type TagRow = { registry: string; repository: string; tag: string };
