import { Fault } from '#core/fault.ts';
import { groupStatuses } from '#feeds/ensure-groups.ts';
import { type FeedGroup, findGroup } from '#feeds/feed-group.ts';
import { unacceptedFeeds } from '#feeds/feed-terms.ts';
import { feeds } from '#feeds/feeds.ts';
import { type SyncOutcome, syncGroup } from '#feeds/sync-feed.ts';
import type { Values } from '../parse-options.ts';
import type { Io } from '../io.ts';
import type { OpenWorld } from '../open-world.ts';
import { progressOn } from '../progress.ts';

/** Fetches groups one after the other; throws `feed/failed` in the end when one could not be had. */
export async function syncFeeds(io: Io, world: OpenWorld, values: Values, words: readonly string[]): Promise<void> {
  const failed: string[] = [];
  for (const { feed, group } of await wantedGroups(world, values['all'] === true, words)) {
    const begun = world.clock.now();
    using progress = progressOn(io, values['quiet'] === true, () => world.clock.now());
    const outcome = await syncGroup(world.feeds, feed, group, {
      force: values['force'] === true,
      onProgress: ({ phase, records }) => progress.show(`feed ${group}: ${phase} ${records}`),
    });
    progress[Symbol.dispose]();
    io.out.write(`${group}: ${outcomeText(outcome)} (${((world.clock.now() - begun) / 1000).toFixed(1)} s)\n`);
    if (outcome.kind === 'failed' || outcome.kind === 'absent') failed.push(group);
  }
  if (failed.length > 0) throw new Fault('feed/failed', `feeds sync: could not fetch ${failed.join(', ')}`);
}

/** The groups that are named, else all that were ever asked for. Throws `input/invalid` when there are none of either. */
export async function groupsInUse(
  world: OpenWorld,
  verb: string,
  words: readonly string[],
): Promise<readonly FeedGroup[]> {
  if (words.length > 0) return words.map(findGroup);
  const statuses = await groupStatuses(world.feeds);
  const stored = statuses.filter(({ checkedAt }) => checkedAt !== null).map(({ group }) => findGroup(group));
  if (stored.length > 0) return stored;
  const known = statuses.map(({ group }) => group).join(', ');
  throw new Fault('input/invalid', `feeds ${verb}: nothing was fetched yet; name groups of: ${known}`);
}

async function wantedGroups(world: OpenWorld, all: boolean, words: readonly string[]): Promise<readonly FeedGroup[]> {
  if (!all) return await groupsInUse(world, 'sync', words);
  if (words.length > 0) throw new Fault('input/invalid', 'feeds sync: give --all or names of groups, not both');
  const refused = await unacceptedFeeds(world.feeds, feeds);
  const asked = feeds.filter((feed) => !refused.includes(feed));
  return asked.flatMap((feed) => feed.knownGroups.map((group) => ({ feed, group })));
}

/** What a sync came to, on one line. */
export function outcomeText(outcome: SyncOutcome): string {
  const { records, setAside, missing } = outcome.status;
  const aside = setAside === 0 ? '' : `, ${setAside} set aside`;
  const without = missing.length === 0 ? '' : `, without ${missing.join(', ')}`;
  switch (outcome.kind) {
    case 'unchanged':
      return `unchanged, ${records} records`;
    case 'changed':
      return `${records} records${aside}${without}`;
    case 'absent':
    case 'failed':
      return `${outcome.kind}: ${outcome.reason}`;
  }
}
