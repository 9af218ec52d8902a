import type { Sql } from '#platform/sql.ts';
import type { Image, Tag } from './image.ts';
import { parseState } from './lifecycle.ts';

/** An image under one of the tags that point or pointed to it. */
export interface TagSummary {
  readonly tag: Tag;
  readonly image: Pick<Image, 'parentDigest' | 'imageId' | 'state' | 'status' | 'createdAt' | 'analyzedAt'>;
}

/** Rows asked for at a time, each under 900 bytes. */
const pageSize = 1000;

/** Every image of an account under each of its tags, in the order of the tags; one row an image and tag, with its last time. */
export async function* tagSummaries({ sql }: { readonly sql: Sql }, account: string): AsyncGenerator<TagSummary> {
  for (let after: Row | undefined, full = true; full; ) {
    const rows: readonly Row[] = await sql.query<Row>(statement, {
      ...{ account, registry: after?.registry ?? '', repository: after?.repository ?? '', tag: after?.tag ?? '' },
      ...{ digest: after?.digest ?? '', limit: pageSize },
    });
    yield* rows.map(summaryOf);
    after = rows.at(-1);
    full = rows.length === pageSize;
  }
}

// The tags of a page are found by themselves, in the order of their key: joined first, all images would be.
const statement = `with page as materialized (
    select registry, repository, tag, digest, max(detected_at) as detected_at from image_tag
    where account = :account::text and digest is not null
      and (registry, repository, tag) >= (:registry::text, :repository::text, :tag::text)
      and (registry, repository, tag, digest) > (:registry::text, :repository::text, :tag::text, :digest::text)
    group by registry, repository, tag, digest order by registry, repository, tag, digest limit :limit::int
  )
  select p.registry, p.repository, p.tag, p.digest, p.detected_at, i.parent_digest, i.image_id, i.state, i.status, i.created_at,
    i.analyzed_at
  from page p cross join lateral (
    select * from image where account = :account::text and digest = p.digest offset 0
  ) i
  order by p.registry, p.repository, p.tag, p.digest`;

type Row = {
  registry: string;
  repository: string;
  tag: string;
  digest: Tag['digest'];
  detected_at: number;
  parent_digest: Tag['digest'];
  image_id: string;
  state: string;
  status: Image['status'];
  created_at: number;
  analyzed_at: number | null;
};

function summaryOf(row: Row): TagSummary {
  const { registry, repository, tag, digest } = row;
  return {
    tag: { registry, repository, tag, digest, detectedAt: row.detected_at },
    image: {
      parentDigest: row.parent_digest,
      imageId: row.image_id,
      state: parseState(row.state),
      status: row.status,
      createdAt: row.created_at,
      analyzedAt: row.analyzed_at,
    },
  };
}
