import type { Feed } from '#feeds/feed.ts';
import { setAnnounced, unannounced } from '#feeds/unannounced-store.ts';
import { type SyncOptions, type SyncOutcome, type SyncWorld, syncGroup } from '#feeds/sync-feed.ts';
import type { FeedGroup } from '#feeds/feed-group.ts';
import type { BenchDatabase } from './database.ts';
import { type Measured, peakMemory, startCpu, timed } from './measured.ts';

/** Where a load's lines go. */
export interface Tell {
  readonly measured: (measured: Measured) => void;
  readonly said: (line: string) => void;
}

/**
 * Loads every group that the upstreams have, one after the other as a schedule does; then syncs all again, by what upstreams say is
 * unchanged and by reading everything. Gives the groups that were there; their changes are announced.
 */
export async function fullLoad(
  { sql, cpu }: Pick<BenchDatabase, 'sql' | 'cpu'>,
  world: SyncWorld,
  groups: readonly FeedGroup[],
  tell: Tell,
): Promise<readonly FeedGroup[]> {
  const there: FeedGroup[] = [];
  const total = { records: 0, rows: 0, aside: 0, seconds: 0 };
  const absent: string[] = [];
  const used = await startCpu(cpu);
  tell.said('group                        records    rows  aside  seconds  rows/s');
  for (const { feed, group } of groups) {
    const { result, seconds } = await timed(() => syncGroup(world, feed, group));
    const counts = countsOf(result);
    if (counts === null) {
      absent.push(result.kind === 'failed' ? `${group} (${result.reason.slice(0, 120)})` : group);
      continue;
    }
    there.push({ feed, group });
    total.records += counts.records;
    total.rows += counts.opened;
    total.aside += counts.setAside;
    total.seconds += seconds;
    const cells = [
      counts.records,
      counts.opened,
      counts.setAside,
      seconds.toFixed(2),
      Math.round(counts.opened / seconds),
    ];
    const widths = [9, 7, 6, 8, 7];
    tell.said(`${group.padEnd(26)} ${cells.map((cell, at) => String(cell).padStart(widths[at]!)).join(' ')}`);
  }
  if (absent.length > 0) tell.said(`not there: ${absent.join(', ')}`);
  const { own, server } = await used();
  tell.measured({ what: 'first load, records', value: total.records, unit: '' });
  tell.measured({ what: 'first load, rows of affected', value: total.rows, unit: '' });
  tell.measured({ what: 'first load, set aside', value: total.aside, unit: '' });
  tell.measured({ what: 'first load', value: total.seconds, unit: 's', mark: 300 });
  tell.measured({ what: 'first load, CPU of the loader', value: own, unit: 's' });
  if (server !== null) tell.measured({ what: 'first load, CPU of the server', value: server, unit: 's' });
  tell.measured({ what: 'first load, peak memory of the loader', value: peakMemory(), unit: 'MB', mark: 1024 });
  await sql.query('vacuum analyze');
  tell.measured({ what: 'database after the first load', value: (await databaseSize({ sql })) / 2 ** 20, unit: 'MB' });
  tell.measured({ what: 'no-change sync of all groups', value: await syncAll(world, there, {}, tell), unit: 's' });
  tell.measured({
    what: 'the same, all read again',
    value: await syncAll(world, there, { force: true }, tell),
    unit: 's',
  });
  for (let changes = await unannounced(sql); changes.length > 0; changes = await unannounced(sql))
    for (const change of changes) await setAnnounced(sql, change);
  return there;
}

/** Bytes of the whole database. */
export async function databaseSize({ sql }: Pick<BenchDatabase, 'sql'>): Promise<number> {
  const [row] = await sql.query<{ size: number }>('select pg_database_size(current_database()) as size');
  return row!.size;
}

/** The groups that feeds offer before anything is known of them. */
export function offeredGroups(feeds: readonly Feed[]): readonly FeedGroup[] {
  return feeds.flatMap((feed) => feed.knownGroups.map((group) => ({ feed, group })));
}

/** Null when there is nothing to load. */
function countsOf(outcome: SyncOutcome) {
  return outcome.kind === 'changed' ? outcome.loaded : null;
}

/** A sync that writes though nothing has changed is a defect, and says so. */
async function syncAll(
  world: SyncWorld,
  groups: readonly FeedGroup[],
  options: SyncOptions,
  tell: Tell,
): Promise<number> {
  const { seconds } = await timed(async () => {
    for (const { feed, group } of groups) {
      const outcome = await syncGroup(world, feed, group, options);
      const written = outcome.kind === 'changed' ? outcome.loaded.written : 0;
      if ('reason' in outcome) tell.said(`${group}, synced again: ${outcome.reason}`);
      if (written > 0) tell.said(`${group}, synced again: ${written} records were written though nothing had changed`);
    }
  });
  return seconds;
}
