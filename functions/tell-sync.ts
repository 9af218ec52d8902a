import type { FeedGroup } from '#feeds/feed-group.ts';
import { feedsAccount } from '#feeds/group-event.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { LogEvent, LogEventType } from '#schema/event-log.ts';

type World = Pick<Platform, 'sql' | 'queues' | 'clock'>;

/** A run over so many groups of feeds. */
export interface SyncRun {
  readonly begun: number;
  readonly groups: number;
}

export interface SyncedGroup {
  readonly group: string;
  readonly outcome: 'unchanged' | 'changed' | 'absent' | 'failed';
}

/** Tells that groups are asked for news. */
export async function beginSync(world: World, due: readonly FeedGroup[]): Promise<SyncRun> {
  const begun = world.clock.now();
  const groups = due.map(({ group }) => group);
  await raiseEvents(world.sql, 'feeds', [event('started', { begun, groups: due.length }, { groups }, begun)]);
  return { begun, groups: due.length };
}

/** Tells what came of it: failed, where a group of them did. What was left for the next run is not among them. */
export async function endSync(world: World, run: SyncRun, outcomes: readonly SyncedGroup[]): Promise<void> {
  const named = (outcome: SyncedGroup['outcome']) =>
    outcomes.filter((one) => one.outcome === outcome).map(({ group }) => group);
  const failed = named('failed');
  const details = { changed: named('changed'), failed, groups: outcomes.length, left: run.groups - outcomes.length };
  const ended = event(failed.length > 0 ? 'failed' : 'completed', run, details, world.clock.now());
  await raiseEvents(world.sql, 'feeds', [ended]);
  await sendEvents(world.queues, [{ kind: 'notice.raised', account: feedsAccount }]);
}

function event(
  what: 'started' | 'completed' | 'failed',
  { begun }: SyncRun,
  details: LogEvent['details'],
  at: number,
): LogEvent {
  const type: LogEventType = `system.feeds.sync.${what}`;
  return { id: String(begun), account: feedsAccount, type, resource: 'feeds', details, at };
}
