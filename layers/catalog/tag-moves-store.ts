import type { Sql } from '#platform/sql.ts';

/** A tag began to lead to an image at `detectedAt`, and somebody last said so at `saidAt`; milliseconds since the epoch. */
export interface TagMoveOf {
  /** What the tag points to: the image or an index that it is in. */
  readonly pointedTo: string;
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly detectedAt: number;
  readonly saidAt: number;
}

type World = { readonly sql: Sql };

/** Every move of a tag that led to an image, newest first, at most `most` of them. */
export async function tagMovesOf(
  { sql }: World,
  account: string,
  digest: string,
  most: number,
): Promise<readonly TagMoveOf[]> {
  const moves: TagMoveOf[] = [];
  for (let after: TagMoveOf | undefined; ; after = moves.at(-1)) {
    const rows = await sql.query<Row>(
      `select registry, repository, tag, detected_at, said_at, pointed_to from tagged_image
       where account = :account::text and digest = :digest::text
         and (-detected_at, registry, repository, tag) > (-:at::bigint, :registry::text, :repository::text, :tag::text)
       order by -detected_at, registry, repository, tag limit :limit::int`,
      {
        ...{ account, digest, at: after?.detectedAt ?? Number.MAX_SAFE_INTEGER },
        ...{ registry: after?.registry ?? '', repository: after?.repository ?? '', tag: after?.tag ?? '' },
        limit: pageSize,
      },
    );
    for (const { registry, repository, tag, ...row } of rows)
      moves.push({
        ...{ registry, repository, tag, detectedAt: row.detected_at, saidAt: row.said_at, pointedTo: row.pointed_to },
      });
    if (rows.length < pageSize || moves.length >= most) return moves.slice(0, most);
  }
}

/** Moves of one statement: a row has under 800 bytes. */
const pageSize = 1000;

/**
 * Records moves of tags that led to an image. Moves that are known stay as they are, and so does what happened to a tag since then.
 */
export async function insertTagMoves({ sql }: World, account: string, moves: readonly TagMoveOf[]): Promise<void> {
  for (let at = 0; at < moves.length; at += pageSize)
    await sql.query(
      `insert into image_tag (account, registry, repository, tag, detected_at, digest, said_at)
       select :account::text, m.registry, m.repository, m.tag, m."detectedAt", m."pointedTo", m."saidAt"
       from jsonb_to_recordset(:moves::jsonb)
         as m (registry text, repository text, tag text, "detectedAt" bigint, "saidAt" bigint, "pointedTo" text)
       order by 2, 3, 4, 5 on conflict do nothing`,
      { account, moves: JSON.stringify(moves.slice(at, at + pageSize)) },
    );
}

type Row = {
  registry: string;
  repository: string;
  tag: string;
  detected_at: number;
  said_at: number;
  pointed_to: string;
};
