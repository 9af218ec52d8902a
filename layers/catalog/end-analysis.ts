import type { Platform } from '#platform/platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import { analysisEvents, type AnalysisStage } from './analysis-events.ts';
import { currentTags, fullTag } from './current-tags-store.ts';
import type { Image } from './image.ts';
import { moveImage } from './image-store.ts';

/** How the way of an image ends: it can be judged, or it failed at a stage for a reason. */
export type Ending =
  | { readonly kind: 'judged' }
  | { readonly kind: 'failed'; readonly stage: AnalysisStage; readonly reason: string };

/**
 * Ends the way of an image, and tells so for each tag that points to it, in one transaction. Null where it is past that already, which a
 * second delivery sees: then nothing is told. Send `notice.raised` for the account afterwards.
 */
export async function endAnalysis(
  { sql, clock }: Pick<Platform, 'sql' | 'clock'>,
  image: { readonly account: string; readonly digest: string },
  ending: Ending,
): Promise<Image | null> {
  const now = clock.now();
  return sql.transaction(async (tx) => {
    const failure = ending.kind === 'failed' ? { failure: ending.reason } : {};
    const ended = await moveImage({ sql: tx }, image, ending.kind, now, failure);
    if (ended === null) return null;
    const stage = ending.kind === 'failed' ? ending.stage : null;
    const service = stage === 'judgement' ? 'policy_engine' : 'analyzer';
    const { ofImage, ofTag } = analysisEvents(ended, stage, now);
    await raiseEvents(tx, service, ofImage);
    // Asked after the move: a tag that somebody is recording is seen here, or its recorder sees the state that was moved to.
    for await (const tags of currentTags({ sql: tx }, image.account, image.digest))
      await raiseEvents(
        tx,
        service,
        tags.flatMap((tag) => ofTag(fullTag(tag))),
      );
    return ended;
  });
}
