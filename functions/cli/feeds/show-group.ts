import { groupStatuses } from '#feeds/ensure-groups.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { type GroupStatus, groupStatus } from '#feeds/group-status.ts';
import { setAside } from '#feeds/set-aside-store.ts';
import type { Values } from '../parse-options.ts';
import type { Io } from '../io.ts';
import type { OpenWorld } from '../open-world.ts';
import { groupJson, wantsJson } from './list-feeds.ts';

const pageSize = 1000;

/** Prints how a group stands, and each record of it that could not be read. */
export async function showGroup(
  io: Io,
  world: OpenWorld,
  values: Values,
  [name = '']: readonly string[],
): Promise<void> {
  const { feed, group } = findGroup(name);
  const statuses = await groupStatuses(world.feeds);
  const now = world.clock.now();
  const status =
    statuses.find((one) => one.feed === feed.name && one.group === group) ?? groupStatus({ feed, group }, null, now, 0);
  const asJson = wantsJson(values);
  const aside: { record: string; reason: string }[] = [];
  if (!asJson) io.out.write(heading(status));
  for (let after = ''; ; ) {
    const page = await setAside(world.sql, { feed: feed.name, group }, after, pageSize);
    if (asJson) aside.push(...page);
    else for (const { record, reason } of page) io.out.write(`${shown(record)}: ${shown(reason)}\n`);
    after = page.at(-1)?.record ?? '';
    if (page.length < pageSize) break;
  }
  if (asJson) io.out.write(`${JSON.stringify({ ...groupJson(status, now), setAsideRecords: aside }, null, 2)}\n`);
}

function heading({
  group,
  state,
  records,
  setAside: count,
  syncedAt,
  revision,
  missing,
  lastError,
  note,
}: GroupStatus): string {
  const since = syncedAt === null ? 'never synced' : `as of ${new Date(syncedAt).toISOString()}`;
  const lines = [
    `${group}: ${state}, ${records} records, ${since}, revision ${revision}`,
    ...(note === null ? [] : [`note: ${note}`]),
    ...(lastError === null ? [] : [`last error: ${shown(lastError)}`]),
    ...(missing.length === 0 ? [] : [`upstream lacks: ${missing.map(shown).join(', ')}`]),
    `${count} records are set aside${count === 0 ? '' : ':'}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Upstream's own words on a terminal. */
function shown(words: string): string {
  return words.replace(/\p{Cc}/gu, '?');
}
