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

/** Moves of a page, each with up to all images of an index: 900 bytes each. */
const pages = { first: 500, most: 1000 };

/** Every image of an account under each of its tags, in the order of the tags, of an index the one that stands for it first; with the last time. */
export async function* tagSummaries({ sql }: { readonly sql: Sql }, account: string): AsyncGenerator<TagSummary> {
  const read = async (after: Move | null, limit: number) => {
    const { registry = '', repository = '', tag = '', detected_at: at = 0 } = after?.at ?? {};
    return movesOf(await sql.query<Row>(statement, { account, registry, repository, tag, at, limit }));
  };
  // Of one tag at a time: it may have come back to an image.
  let of: Row | null = null;
  let found = new Map<string, TagSummary>();
  for await (const page of boundedPages<Move>(read, pages))
    for (const { at, rows } of page) {
      if (of === null || !isSameTag(of, at)) {
        yield* found.values();
        found = new Map();
        of = at;
      }
      for (const row of rows) if (row.image !== null) found.set(`${row.digest} ${row.image}`, summaryOf(row));
    }
  yield* found.values();
}

/** A move of a tag with the images that are kept of what it points to since then. */
interface Move {
  readonly at: Row;
  readonly rows: readonly Row[];
}

/** Rows of the same move stand one after the other; one without an image says that none is kept. */
function movesOf(rows: readonly Row[]): readonly Move[] {
  const moves: { at: Row; rows: Row[] }[] = [];
  for (const row of rows) {
    const last = moves.at(-1);
    if (last !== undefined && last.at.detected_at === row.detected_at && isSameTag(last.at, row)) last.rows.push(row);
    else moves.push({ at: row, rows: [row] });
  }
  return moves;
}

function isSameTag(one: Row, other: Row): boolean {
  return one.tag === other.tag && one.repository === other.repository && one.registry === other.registry;
}

// Moves of a page are found by themselves, in the order of their key: joined first, all images would be. What they come after is materialized:
// by a constant the planner guesses that hardly any row is left (most have one registry), and sorts them all for each page.
const statement = `with behind as materialized (
    select :registry::text as registry, :repository::text as repository, :tag::text as tag, :at::bigint as at
  ), page as materialized (
    select t.* from behind b cross join lateral (
      select registry, repository, tag, detected_at, digest from image_tag
      where account = :account::text and (registry, repository, tag, detected_at) > (b.registry, b.repository, b.tag, b.at)
      order by registry, repository, tag, detected_at limit :limit::int
    ) t
  )
  select p.registry, p.repository, p.tag, p.digest, p.detected_at, i.image, i.image_id, i.state, i.status, i.created_at, i.analyzed_at
  from page p left join lateral (
    select k.digest as image, k.image_id, k.state, k.status, k.created_at, k.analyzed_at, m.place from (
      select p.digest as led_to, 0::smallint as place
      union all
      select x.digest, x.place from index_image x where x.account = :account::text and x.index_digest = p.digest
    ) m join image k on k.account = :account::text and k.digest = m.led_to offset 0
  ) i on true
  order by p.registry, p.repository, p.tag, p.detected_at, i.place`;

type Row = {
  registry: string;
  repository: string;
  tag: string;
  digest: Tag['digest'] | null;
  detected_at: number;
  image: Tag['digest'] | null;
  image_id: string;
  state: string;
  status: Image['status'];
  created_at: number;
  analyzed_at: number | null;
};

function summaryOf(row: Row): TagSummary {
  const { registry, repository, tag } = row;
  const pointedTo = row.digest!;
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
