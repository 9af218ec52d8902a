import { boundedPages } from '#platform/bounded-page.ts';
import type { Sql } from '#platform/sql.ts';
import type { Image, Tag } from './image.ts';
import { parseState } from './lifecycle.ts';

/** An image under one of the tags that lead or led to it. */
export interface TagSummary {
  readonly tag: Tag;
  /** The index that the tag points to, or the image itself. */
  readonly pointedTo: Tag['digest'];
  readonly image: Pick<Image, 'imageId' | 'state' | 'status' | 'createdAt' | 'analyzedAt'>;
}

/** Tags of a page, each with up to all images of an index: 900 bytes each. */
const pages = { first: 500, most: 1000 };

/** Every image of an account under each of its tags, in the order of the tags, of an index the one that stands for it first; with the last time. */
export async function* tagSummaries({ sql }: { readonly sql: Sql }, account: string): AsyncGenerator<TagSummary> {
  const read = async (after: Pointed | null, limit: number) => {
    const { registry = '', repository = '', tag = '', digest = '' } = after?.at ?? {};
    const rows = await sql.query<Row>(statement, { account, registry, repository, tag, digest, limit });
    return pointedOf(rows);
  };
  for await (const page of boundedPages<Pointed>(read, pages))
    for (const { rows } of page) yield* rows.filter((row) => row.image !== null).map(summaryOf);
}

/** What a tag points or pointed to, with the images that are kept of it. */
interface Pointed {
  readonly at: Pick<Row, 'registry' | 'repository' | 'tag' | 'digest'>;
  readonly rows: readonly Row[];
}

/** Rows of the same tag and digest stand one after the other; one without an image says that none is kept. */
function pointedOf(rows: readonly Row[]): readonly Pointed[] {
  const found: { at: Row; rows: Row[] }[] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last !== undefined && isSame(last.at, row)) last.rows.push(row);
    else found.push({ at: row, rows: [row] });
  }
  return found;
}

function isSame(one: Row, other: Row): boolean {
  return (
    one.digest === other.digest &&
    one.tag === other.tag &&
    one.repository === other.repository &&
    one.registry === other.registry
  );
}

// The tags of a page are found by themselves, in the order of their key: joined first, all images would be.
const statement = `with page as materialized (
    select registry, repository, tag, digest, max(detected_at) as detected_at from image_tag
    where account = :account::text and digest is not null
      and (registry, repository, tag) >= (:registry::text, :repository::text, :tag::text)
      and (registry, repository, tag, digest) > (:registry::text, :repository::text, :tag::text, :digest::text)
    group by registry, repository, tag, digest order by registry, repository, tag, digest limit :limit::int
  )
  select p.registry, p.repository, p.tag, p.digest, p.detected_at, i.image, i.image_id, i.state, i.status, i.created_at, i.analyzed_at
  from page p left join lateral (
    select k.digest as image, k.image_id, k.state, k.status, k.created_at, k.analyzed_at, m.place from (
      select p.digest as led_to, 0::smallint as place
      union all
      select x.digest, x.place from index_image x where x.account = :account::text and x.index_digest = p.digest
    ) m join image k on k.account = :account::text and k.digest = m.led_to offset 0
  ) i on true
  order by p.registry, p.repository, p.tag, p.digest, i.place`;

type Row = {
  registry: string;
  repository: string;
  tag: string;
  digest: Tag['digest'];
  detected_at: number;
  image: Tag['digest'] | null;
  image_id: string;
  state: string;
  status: Image['status'];
  created_at: number;
  analyzed_at: number | null;
};

function summaryOf(row: Row): TagSummary {
  const { registry, repository, tag, digest: pointedTo } = row;
  return {
    tag: { registry, repository, tag, digest: row.image!, detectedAt: row.detected_at },
    pointedTo,
    image: {
      imageId: row.image_id,
      state: parseState(row.state),
      status: row.status,
      createdAt: row.created_at,
      analyzedAt: row.analyzed_at,
    },
  };
}
