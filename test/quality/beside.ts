import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { silentLog } from '#core/log.ts';
import { feeds } from '#feeds/feeds.ts';
import type { SyncWorld } from '#feeds/sync-feed.ts';
import { openPgliteSql } from '#platform/local/pglite-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import { fetchFrom, hasSnapshots, layOutMirror } from '../../bench/shared-mirror.ts';
import { compare } from './beside/compare.ts';
import { distributionCases } from './beside/distribution-cases.ts';
import { languageCases } from './beside/language-cases.ts';
import { loadEverything } from './beside/load-everything.ts';

/**
 * Loads every snapshot of upstreams' files by the real engine and prints what came of each group; then puts what upstreams say of packages
 * beside what we find: `node test/quality/beside.ts [FOLDER OF SNAPSHOTS]`. Ends with 1 where they differ or a group failed. Takes
 * some minutes.
 */
const shared = resolve(process.argv[2] ?? join(import.meta.dirname, '../../../shared'));
if (await hasSnapshots(shared)) {
  const failed = await beside();
  process.exitCode = failed ? 1 : 0;
} else {
  console.error(`${shared} has no snapshots of feeds: name the folder that has feeds/make-mirror and images/expected`);
  process.exitCode = 2;
}

async function beside(): Promise<boolean> {
  const temporary = await mkdtemp(join(tmpdir(), 'plimsoll-beside-'));
  try {
    const mirror = join(temporary, 'mirror');
    await layOutMirror(shared, mirror);
    await using sql = await openPgliteSql(join(temporary, 'data'));
    await migrate(sql, await readMigrations(), systemClock);
    let files = 0;
    const world: SyncWorld = {
      ...{ sql, clock: systemClock, log: silentLog, staging: null },
      fetch: fetchFrom(mirror),
      acceptedFeeds: feeds.map(({ name }) => name),
      temporaryFile: () => join(temporary, String(files++)),
    };
    const failed = await loadEverything(world, (line) => console.log(line));
    const differ = await compareAll(world, mirror);
    return failed.length > 0 || differ > 0;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function compareAll(world: SyncWorld, mirror: string): Promise<number> {
  const cases = [...distributionCases, ...languageCases];
  let differ = 0;
  for (const one of cases) {
    const { package: of, upstream, ours, problem } = await compare(world, mirror, join(shared, 'images/expected'), one);
    console.log(`\n${of}\n  upstream  ${one.raw.member ?? one.raw.file}`);
    for (const words of upstream) console.log(`            ${words}`);
    console.log(`  so        ${one.expected.is}\n  ours      ${ours}`);
    if (problem === null) continue;
    console.log(`  DIFFERS   ${problem}`);
    differ++;
  }
  console.log(`\n${cases.length} beside their upstream's words, ${differ} differ`);
  return differ;
}
