import type { Digest } from '#core/digest.ts';
import type { Sql, SqlRow } from '#platform/sql.ts';
import type { ImageState } from './lifecycle.ts';

/** An image on its way, and its place among those that stood still the longest. */
export interface Unfinished {
  readonly account: string;
  readonly digest: Digest;
  readonly state: ImageState;
  /** How often its analysis began. */
  readonly attempts: number;
  readonly updatedAt: number;
  readonly imageNo: number;
}

/**
 * Images that are on their way and have not moved since `before`: what a lost message leaves behind. A page of at most `limit`, those
 * that stood still the longest first, after `after`; an index holds just these images.
 */
export async function listUnfinished(
  { sql }: { readonly sql: Sql },
  before: number,
  after: Pick<Unfinished, 'updatedAt' | 'imageNo'> | null,
  limit: number,
): Promise<readonly Unfinished[]> {
  const rows = await sql.query<UnfinishedRow>(
    `select account, digest, state, attempts, updated_at, image_no from image
     where state in ('not_analyzed', 'analyzing', 'matching') and status = 'active' and updated_at <= :before::bigint
       and (updated_at, image_no) > (:at::bigint, :no::bigint)
     order by updated_at, image_no limit :limit::bigint`,
    { before, at: after?.updatedAt ?? -1, no: after?.imageNo ?? 0, limit },
  );
  return rows.map(({ updated_at: updatedAt, image_no: imageNo, ...rest }) => ({ ...rest, updatedAt, imageNo }));
}

interface UnfinishedRow extends SqlRow {
  readonly account: string;
  readonly digest: Digest;
  readonly state: ImageState;
  readonly attempts: number;
  readonly updated_at: number;
  readonly image_no: number;
}
