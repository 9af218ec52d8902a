import { Fault } from '#core/fault.ts';
import { dropGroup } from '#feeds/drop-group.ts';
import { type FeedGroup, findGroup } from '#feeds/feed-group.ts';
import { feeds as known } from '#feeds/feeds.ts';
import { noteAsked, storedGroup } from '#feeds/group-store.ts';
import { namespaceOfShown, shownFeed } from '#feeds/shown-feed.ts';
import { switchFeed } from '#feeds/switch-store.ts';
import { takeLease } from '#platform/lease.ts';
import { feed, feedGroup, feeds, feedSyncResults, switchFeedQuery, syncFeedsQuery } from '#schema/api/feeds.ts';
import { feedRecords, type ShownFeedRecord, type ShownGroup } from '../feed-records.ts';
import { type ApiWorld, type Call, type Route, route } from '../route.ts';

export const feedRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/system/feeds',
    summary: 'Feeds and their groups that were ever asked for, with what is stored of them',
    access: 'user',
    answer: feeds,
    handle: async ({ world }) => (await feedRecords(world)).map(answerOf),
  }),
  route({
    method: 'POST',
    path: '/system/feeds',
    summary: 'Have upstreams asked for news of every group in use that is not switched off; does not wait for them',
    access: 'updateFeeds',
    query: syncFeedsQuery,
    answer: feedSyncResults,
    handle: sync,
  }),
  route({
    method: 'PUT',
    path: '/system/feeds/{feed}',
    summary: 'Switch a feed on or off with all its groups',
    access: 'updateFeeds',
    query: switchFeedQuery,
    answer: feed,
    async handle({ world, params, query }) {
      const name = knownFeed(params['feed'] ?? '');
      await switchFeed(world.sql, { feed: name, group: null }, query.enabled, world.clock.now());
      const groups = query.enabled ? ((await shownOf(world, name))?.groups ?? []) : [];
      for (const { of, record } of groups) if (record.enabled) await askIfEmpty(world, of);
      return feedAnswer(world, name);
    },
  }),
  route({
    method: 'PUT',
    path: '/system/feeds/{feed}/{group}',
    summary: 'Switch a group on or off; releases of a distribution that are loaded together are switched together',
    access: 'updateFeeds',
    query: switchFeedQuery,
    answer: feedGroup,
    handle: switchGroup,
  }),
  route({
    method: 'DELETE',
    path: '/system/feeds/{feed}',
    summary: 'Delete what is stored of a feed that is switched off',
    access: 'updateFeeds',
    answer: feed,
    handle: deleteFeed,
  }),
  route({
    method: 'DELETE',
    path: '/system/feeds/{feed}/{group}',
    summary: 'Delete what is stored of a group that is switched off',
    access: 'updateFeeds',
    answer: feedGroup,
    handle: deleteGroup,
  }),
];

/** How long a sync counts as being asked for, in milliseconds. */
const askedMs = 60_000;

async function sync({ world, query }: Call<{ readonly sync: boolean }>) {
  if (!query.sync) return [];
  const { askForGroup, clock, sql } = world;
  if (askForGroup === undefined)
    throw new Fault('network/offline', 'feeds are not refreshed here: the network is switched off');
  const lease = await takeLease(sql, clock, 'asked for all feed groups', 'asked', askedMs);
  if (lease === null)
    throw new Fault('state/conflict', 'a sync of all feeds was asked for less than a minute ago, and is under way', {
      detail: { error_codes: ['FEED_SYNC_ALREADY_IN_PROGRESS'] },
    });
  try {
    const asked = (await feedRecords(world)).filter(({ enabled }) => enabled).map(enabledGroups);
    const groups = asked.flatMap(({ groups }) => groups.map(({ of }) => of));
    for (const of of new Map(groups.map((one) => [one.group, one])).values()) await askForGroup(of);
    return asked.map(({ name, groups: its }) => ({
      ...{ feed: name, status: 'success', total_time_seconds: 0 },
      groups: its.map(({ record }) => ({
        ...{ group: record.name, status: 'success', updated_image_count: 0, updated_record_count: 0 },
        total_time_seconds: 0,
      })),
    }));
  } catch (fault) {
    await lease.release();
    throw fault;
  }
}

function enabledGroups(shown: ShownFeedRecord): ShownFeedRecord {
  return { ...shown, groups: shown.groups.filter(({ record }) => record.enabled) };
}

async function switchGroup({ world, params, query }: Call<{ readonly enabled: boolean }>) {
  const { feed: name, of } = knownGroup(params);
  await switchFeed(world.sql, { feed: name, group: of.group }, query.enabled, world.clock.now());
  if (query.enabled) await askIfEmpty(world, of);
  return groupAnswer(world, params, query.enabled);
}

/** What is switched on is in use: nobody waits for a schedule, or for an image that needs it, where nothing is stored of it. */
async function askIfEmpty(world: ApiWorld, of: FeedGroup): Promise<void> {
  const name = { feed: of.feed.name, group: of.group };
  const stored = await storedGroup(world.sql, name);
  if (stored !== null && (stored.syncedAt !== null || stored.state === 'absent')) return;
  await noteAsked(world.sql, name, of.feed.version);
  await world.askForGroup?.(of);
}

async function deleteFeed({ world, params }: Call) {
  const name = knownFeed(params['feed'] ?? '');
  const found = await shownOf(world, name);
  if (found?.enabled !== false) throw stillOn(`the feed ${name}`);
  for (const of of new Set(found.groups.map((one) => one.of.group))) await drop(world, findGroup(of));
  return feedAnswer(world, name);
}

async function deleteGroup({ world, params }: Call) {
  const { feed: name, of } = knownGroup(params);
  const found = await shownOf(world, name);
  const parts = found?.groups.filter((one) => one.of.group === of.group) ?? [];
  if (found?.enabled !== false && parts.every(({ record }) => record.enabled))
    throw stillOn(`the group ${params['group']}`);
  if (parts.length > 1 && params['group'] !== of.group)
    throw new Fault(
      'state/conflict',
      `${params['group']} is stored together with ${parts.length - 1} other releases; delete the group ${of.group} to delete them all`,
    );
  await drop(world, of);
  return groupAnswer(world, params, false);
}

async function drop(world: ApiWorld, { feed: { name: feed }, group }: FeedGroup): Promise<void> {
  await dropGroup(world, { feed, group });
}

function stillOn(what: string): Fault {
  return new Fault(
    'state/conflict',
    `${what} is not switched off; switch it off before what is stored of it is deleted`,
  );
}

async function shownOf(world: ApiWorld, name: string): Promise<ShownFeedRecord | undefined> {
  return (await feedRecords(world)).find((shown) => shown.name === name);
}

async function feedAnswer(world: ApiWorld, name: string) {
  const none = { name, created_at: null, updated_at: null, last_full_sync: null, groups: [] };
  const found = await shownOf(world, name);
  return answerOf(found ?? { ...none, enabled: true });
}

/** The group under the name by which it was asked for: of several releases that stand for it, the one that is meant. */
async function groupAnswer(world: ApiWorld, params: Call['params'], enabled: boolean) {
  const { feed: name, of } = knownGroup(params);
  const asked = params['group'] ?? '';
  const parts = (await shownOf(world, name))?.groups.filter((one) => one.of.group === of.group) ?? [];
  const found = parts.find(({ record }) => record.name === asked) ?? parts[0];
  const times = { created_at: null, updated_at: null, last_sync: null };
  return { ...times, record_count: 0, ...found?.record, name: asked, enabled };
}

function answerOf({ groups, ...shown }: ShownFeedRecord) {
  return { ...shown, groups: groups.map(({ record }: ShownGroup) => record) };
}

function knownFeed(name: string): string {
  if (known.some((one) => one.knownGroups.some((group) => shownFeed({ feed: one, group }).feed === name))) return name;
  throw new Fault('state/not-found', `there is no feed '${name.slice(0, 100)}'`);
}

/** A group by the name that the API shows, or by ours. */
function knownGroup(params: Call['params']): { readonly feed: string; readonly of: FeedGroup } {
  const feedName = knownFeed(params['feed'] ?? '');
  const group = params['group'] ?? '';
  const missing = new Fault('state/not-found', `the feed ${feedName} has no group '${group.slice(0, 100)}'`);
  if (group.length > 100) throw missing;
  let of: FeedGroup;
  try {
    of = findGroup(namespaceOfShown(group));
  } catch {
    throw missing;
  }
  if (shownFeed(of).feed !== feedName) throw missing;
  return { feed: feedName, of };
}
