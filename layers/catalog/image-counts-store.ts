import type { Platform } from '#platform/platform.ts';
import { type ImageState, parseState } from './lifecycle.ts';

type World = Pick<Platform, 'sql'>;

/** Active images of all accounts by their state. Reads every image: some 100 ms at 100,000. */
export async function imageCounts({ sql }: World): Promise<ReadonlyMap<ImageState, number>> {
  const rows = await sql.query<{ state: string; images: number }>(
    `select state, count(*) as images from image where status = 'active' group by state`,
  );
  return new Map(rows.map(({ state, images }) => [parseState(state), images]));
}

/** How analyses go on, of all accounts together. Times are milliseconds since the epoch. */
export interface Progress {
  /** Images that nobody has begun. */
  readonly waiting: number;
  /** Images that somebody has in hand. */
  readonly inHand: number;
  /** Since when the one waits that has waited the longest; null: none waits. */
  readonly waitingSince: number | null;
  /** When the newest analysed image was analysed; null: none was. */
  readonly lastAnalyzedAt: number | null;
}

/** Asks an index of the images that are on their way, and the newest ones. */
export async function analysisProgress({ sql }: World): Promise<Progress> {
  const [row] = await sql.query<{ waiting: number; in_hand: number; since: number | null; last: number | null }>(
    `select count(*) filter (where state = 'not_analyzed') as waiting, count(*) filter (where state <> 'not_analyzed') as in_hand,
       min(updated_at) filter (where state = 'not_analyzed') as since,
       (select n.analyzed_at from image n where n.state = 'analyzed' order by n.image_no desc limit 1) as last
     from image where state in ('not_analyzed', 'analyzing', 'matching') and status = 'active'`,
  );
  const { waiting, in_hand: inHand, since: waitingSince, last: lastAnalyzedAt } = row!;
  return { waiting, inHand, waitingSince, lastAnalyzedAt };
}
