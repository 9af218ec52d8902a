import { Fault } from '#core/fault.ts';
import { takeLease } from '#platform/lease.ts';
import type { Platform } from '#platform/platform.ts';
import { type FeedGroup, findGroup } from './feed-group.ts';
import { unacceptedFeeds, type TermsWorld } from './feed-terms.ts';
import { type GroupStatus, isDue, retryMs } from './group-status.ts';
import { noteAsked } from './group-store.ts';
import { switchedOff } from './switch-store.ts';

/** Has a group loaded by whoever has the time, and returns at once; the images that were judged without it are judged anew then. */
export type AskForGroup = (group: FeedGroup) => Promise<void>;

/** `askForGroup` is left out where nobody would load it: a command, a machine without a network. */
export type AskWorld = TermsWorld & Pick<Platform, 'clock' | 'log'> & { readonly askForGroup?: AskForGroup };

/**
 * Asks for those of the groups that are too large to wait for and are due, each at most once in ten minutes, however many images
 * and processes need it. That it was asked for stays: if whoever loads it dies, whoever refreshes groups in use loads it. One that
 * cannot be asked for is a log line. Feeds whose terms are not accepted, and what is switched off, are not asked for. Throws only what the database throws.
 */
export async function askForGroups(world: AskWorld, statuses: readonly GroupStatus[]): Promise<void> {
  const { askForGroup, clock } = world;
  if (askForGroup === undefined) return;
  const due = statuses.filter((status) => isDue(status, clock.now())).map(({ group }) => findGroup(group));
  const large = due.filter(({ feed }) => feed.demand === 'tell');
  if (large.length === 0) return;
  const refused = await unacceptedFeeds(world, [...new Set(large.map(({ feed }) => feed))]);
  const off = await switchedOff(world.sql);
  for (const one of large) if (!refused.includes(one.feed) && !off.group(one)) await ask(world, one, askForGroup);
}

async function ask({ sql, clock, log }: AskWorld, one: FeedGroup, askForGroup: AskForGroup): Promise<void> {
  const { feed, group } = one;
  const lease = await takeLease(sql, clock, `asked for ${feed.name} ${group}`, 'asked', retryMs);
  if (lease === null) return;
  await noteAsked(sql, { feed: feed.name, group }, feed.version);
  try {
    await askForGroup(one);
    log.info('feed group asked for', { feed: feed.name, group });
  } catch (thrown) {
    log.error('feed group not asked for', { feed: feed.name, group, reason: Fault.from(thrown).message });
    await lease.release();
  }
}
