import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { silentLog } from '#core/log.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { feeds } from '#feeds/feeds.ts';
import { mirrored } from '#feeds/mirror.ts';
import { type SyncOutcome, type SyncWorld, syncGroup } from '#feeds/sync-feed.ts';
import { openPgSql } from '#platform/local/pg-sql.ts';
import { openPgliteSql } from '#platform/local/pglite-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';

/**
 * Times the first load of feed groups, and a second sync that reads everything again and changes nothing, from a mirror folder:
 * `node bench/feeds.ts --mirror DIR [--database URL | --folder DIR] [GROUP ...]`. The database should be an empty one; in memory when
 * none is named. Groups that the mirror does not have are left out of the table.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mirror: { type: 'string' }, database: { type: 'string' }, folder: { type: 'string' } },
});
if (values.mirror === undefined) throw new Error('give --mirror DIR');
const temporary = path.join(tmpdir(), `plimsoll-bench-${process.pid}`);
await mkdir(temporary, { recursive: true });
await using sql =
  values.database === undefined ? await openPgliteSql(values.folder ?? null) : openPgSql(values.database);
await migrate(sql, await readMigrations(), systemClock);
let files = 0;
const world: SyncWorld = {
  sql,
  clock: systemClock,
  log: silentLog,
  staging: null,
  fetch: mirrored(async (url) => Promise.reject(new Error(`not in the mirror: ${url}`)), values.mirror),
  temporaryFile: () => path.join(temporary, String(files++)),
};
const groups = positionals.length > 0 ? positionals : feeds.flatMap((feed) => feed.knownGroups);
const total = { rows: 0, seconds: 0, cpu: 0 };
console.log('group                      records    rows  aside  seconds   cpu  rows/s   again  peak MB');
for (const name of groups) {
  const { feed, group } = findGroup(name);
  const first = await timed(() => syncGroup(world, feed, group));
  if (first.outcome.kind === 'absent') continue;
  const again = await timed(() => syncGroup(world, feed, group, { force: true }));
  console.log(lineOf(group, first, again.seconds));
}
const [size] = await sql.query<{ size: number }>('select pg_database_size(current_database()) as size');
console.log(
  `in all ${total.rows} rows, ${total.seconds.toFixed(1)} s, ${total.cpu.toFixed(1)} s of CPU, database ${mib(size!.size)} MB`,
);
await rm(temporary, { recursive: true, force: true });

async function timed(work: () => Promise<SyncOutcome>) {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  const outcome = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { outcome, seconds: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6 };
}

function lineOf(group: string, { outcome, seconds, cpu }: Awaited<ReturnType<typeof timed>>, again: number): string {
  if (outcome.kind !== 'changed')
    return `${group.padEnd(24)} ${outcome.kind} ${'reason' in outcome ? outcome.reason : ''}`;
  const { records, opened, setAside } = outcome.loaded;
  total.rows += opened;
  total.seconds += seconds;
  total.cpu += cpu;
  const cells = [
    [records, 9],
    [opened, 7],
    [setAside, 6],
    [seconds.toFixed(1), 8],
    [cpu.toFixed(1), 5],
    [Math.round(opened / seconds), 7],
    [again.toFixed(1), 7],
    [mib(process.resourceUsage().maxRSS * 1024), 8],
  ] as const;
  return `${group.padEnd(24)} ${cells.map(([cell, width]) => String(cell).padStart(width)).join(' ')}`;
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
