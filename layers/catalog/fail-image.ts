import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';
import type { AnalysisStage } from './analysis-events.ts';
import { endAnalysis } from './end-analysis.ts';

/** Ends the way of an image with the reason that people see, and tells it. One that is past it, or failed already, stays as it is. */
export async function failImage(
  world: Pick<Platform, 'sql' | 'clock' | 'log' | 'queues'>,
  { account, digest }: { readonly account: string; readonly digest: string },
  reason: string,
  stage: AnalysisStage = 'analysis',
): Promise<void> {
  const failed = await endAnalysis(world, { account, digest }, { kind: 'failed', stage, reason });
  if (failed === null) return;
  world.log.error('image failed', { account, digest, reason });
  await sendEvents(world.queues, [{ kind: 'notice.raised', account }]);
}
