import { Fault } from '#core/fault.ts';
import { groupStatuses } from '#feeds/ensure-groups.ts';
import { findGroup } from '#feeds/feed-group.ts';
import type { GroupStatus } from '#feeds/group-status.ts';
import { type SyncOutcome, syncGroup } from '#feeds/sync-feed.ts';
import type { Command, Io, Values } from '../command.ts';
import { type OpenWorld, openWorld, worldOptions, worldOptionsHelp } from '../open-world.ts';
import { progressOn } from '../progress.ts';

export const feeds: Command = {
  usage: 'feeds list | sync [GROUP ...] [options]',
  help: `
list prints every group with what is stored of it; sync fetches the named groups, or refreshes all that were ever fetched.
Groups are fetched by themselves when a scan first needs them: sync is for machines that will be offline later.

  --force              read everything again, also what upstream says is unchanged
${worldOptionsHelp}`,
  options: { ...worldOptions, force: { type: 'boolean' } },
  run,
};

async function run(io: Io, values: Values, [verb, ...groups]: readonly string[]): Promise<number> {
  if ((verb !== 'list' && verb !== 'sync') || (verb === 'list' && groups.length > 0))
    throw new Fault('input/invalid', 'feeds: give list or sync; see plimsoll feeds --help');
  await using world = await openWorld(io, values, 'feeds');
  const statuses = await groupStatuses(world);
  if (verb === 'list') io.out.write(table(statuses));
  else await syncAll(io, world, values, groups, statuses);
  return 0;
}

async function syncAll(
  io: Io,
  world: OpenWorld,
  values: Values,
  groups: readonly string[],
  statuses: readonly GroupStatus[],
) {
  const stored = statuses.filter((group) => group.state !== 'never').map((group) => group.group);
  const wanted = groups.length > 0 ? groups : stored;
  if (wanted.length === 0) {
    const known = statuses.map((group) => group.group).join(', ');
    throw new Fault('input/invalid', `feeds sync: nothing was fetched yet; name groups of: ${known}`);
  }
  const found = wanted.map(findGroup);
  const failed: string[] = [];
  for (const { feed, group } of found) {
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

function outcomeText(outcome: SyncOutcome): string {
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

function table(statuses: readonly GroupStatus[]): string {
  const rows = statuses.map(({ group, state, records, setAside, syncedAt }) => [
    group,
    state,
    String(records),
    String(setAside),
    syncedAt === null ? '-' : new Date(syncedAt).toISOString(),
  ]);
  const all = [['GROUP', 'STATE', 'RECORDS', 'SET ASIDE', 'SYNCED'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
