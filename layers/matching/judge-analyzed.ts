import { getImageReport } from '#analysis/image-report-store.ts';
import { endAnalysis } from '#catalog/end-analysis.ts';
import { findImage } from '#catalog/image-store.ts';
import { type AskWorld, askForGroups } from '#feeds/ask-for-groups.ts';
import { feedsAccount } from '#feeds/group-event.ts';
import type { SyncWorld } from '#feeds/sync-feed.ts';
import type { Platform } from '#platform/platform.ts';
import type { Event, EventOf } from '#schema/events.ts';
import { judgeReport } from './judge-report.ts';
import { linkImageSets } from './package-store.ts';

export type JudgeWorld = SyncWorld &
  AskWorld &
  Pick<Platform, 'blobs'> & { readonly offline: boolean; readonly feedMaxAgeMs: number };

/**
 * The step from `image.analyzed` to `image.matched`: fetches the feeds that the image needs, asks for those that take minutes
 * without waiting for them, and links it to its package sets. Findings are not stored: they are judged whenever somebody asks.
 */
export async function judgeAnalyzed(world: JudgeWorld, analyzed: EventOf<'image.analyzed'>): Promise<readonly Event[]> {
  const { account, digest } = analyzed;
  const image = await findImage(world, account, digest);
  if (image?.content == null || (image.state !== 'matching' && image.state !== 'analyzed')) return [];
  const begun = world.clock.now();
  const report = await getImageReport(world, image.content.report);
  const { sets, findings, needed } = await judgeReport(world, report, {
    offline: world.offline,
    maxAgeMs: world.feedMaxAgeMs,
    account,
  });
  if (!world.offline) await askForGroups(world, needed);
  await linkImageSets(world.sql, image.imageNo, sets);
  const ended = await endAnalysis(world, analyzed, { kind: 'judged' });
  world.log.info('image judged', { account, digest, findings: findings.length });
  const synced = needed.some(({ checkedAt }) => checkedAt !== null && checkedAt >= begun);
  const told = new Set([...(ended === null ? [] : [account]), ...(synced ? [feedsAccount] : [])]);
  return [
    { kind: 'image.matched', account, digest },
    ...[...told].map((heard) => ({ kind: 'notice.raised', account: heard }) as const),
  ];
}
