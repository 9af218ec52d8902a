import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#core/log.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { feeds } from '#feeds/feeds.ts';
import type { SyncWorld } from '#feeds/sync-feed.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { type BenchDatabase, openBenchDatabase } from './database.ts';
import { type DeltaTimes, recordsOf, timeDelta } from './delta.ts';
import { drawnFleet } from './fleet.ts';
import { databaseSize, fullLoad, offeredGroups, type Tell } from './full-load.ts';
import { fleetSize, ingest } from './ingest.ts';
import { timeJudging } from './judging.ts';
import { madeFeed } from './made-feed.ts';
import { fetchFrom } from '../shared-mirror.ts';
import type { Told } from './measured.ts';
import { madeLists, packageLists } from './package-lists.ts';
import { tellPlans } from './plans.ts';
import { timeQuestions } from './questions.ts';

/** Everything that is measured on one database, in a process of its own; told to the process that started it. */
export interface RunOptions {
  /** `postgres`, `pglite` or the URL of an empty database. */
  readonly database: string;
  /** A folder of upstreams' files; null: one made feed in their place. */
  readonly mirror: string | null;
  /** Of real package lists; null: made ones. */
  readonly lists: string | null;
  /** All that are in the mirror, when empty. */
  readonly groups: readonly string[];
  /** Of the fleet; 0: feeds and judging only. */
  readonly images: number;
}

const say = (told: Told) => void process.send!(told);
const tell: Tell = { measured: (measured) => say({ measured }), said: (said) => say({ said }) };

process.once('message', async (options: RunOptions) => {
  const temporary = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  try {
    await using database = await openBenchDatabase(options.database);
    await run(database, options, temporary);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  process.disconnect();
});

async function run(
  database: BenchDatabase,
  { mirror, lists, groups, images }: RunOptions,
  temporary: string,
): Promise<void> {
  const { sql } = database;
  let files = 0;
  const offline: SyncWorld['fetch'] = (url) => Promise.reject(new Error(`not in the mirror: ${url}`));
  const world: SyncWorld = {
    ...{ sql, clock: systemClock, log: silentLog, staging: null },
    fetch: mirror === null ? offline : fetchFrom(mirror),
    acceptedFeeds: feeds.map(({ name }) => name),
    temporaryFile: () => join(temporary, String(files++)),
  };
  const wanted =
    mirror === null ? offeredGroups([madeFeed]) : groups.length > 0 ? groups.map(findGroup) : offeredGroups(feeds);
  const loaded = await fullLoad(database, world, wanted, tell);
  const changing = loaded.find(({ group }) => group === 'osv:npm') ?? loaded[0];
  if (changing === undefined) throw new Error('no group of any feed could be loaded');

  const real = lists === null ? [] : await packageLists(lists);
  const fleet = await drawnFleet(sql, real.length > 0 ? real : madeLists());
  const advisories = await recordsOf(world, changing);
  if (images > 0) await timeFleet();
  for (const packages of [400, 4000]) await timeJudging(database, fleet, packages, tell);
  if (images > 0) await timeQuestions(sql, fleet, images, tell);
  await tellPlans(sql, fleet, changing, advisories, tell);
  tell.measured({ what: 'database in the end', value: (await databaseSize(database)) / 2 ** 20, unit: 'MB' });

  /** In two halves, so that there is a slope. */
  async function timeFleet(): Promise<void> {
    const half = images >> 1;
    const empty = await fleetSize(sql);
    const first = await ingest(database, fleet, 0, half);
    const middle = await fleetSize(sql);
    const second = await ingest(database, fleet, half, images);
    const full = await fleetSize(sql);
    const delta = await timeDelta(database, world, changing!, advisories);
    const seconds = first.seconds + second.seconds;
    tell.measured({ what: 'fleet, images', value: images, unit: '' });
    tell.measured({ what: 'fleet, packages an image', value: (first.packages + second.packages) / images, unit: '' });
    tell.measured({ what: 'ingest of analysed images', value: images / seconds, unit: '/s' });
    if (second.cpu !== null)
      tell.measured({ what: 'ingest of an image, CPU', value: (second.cpu * 1000) / (images - half), unit: 'ms' });
    for (const [part, name] of [
      ['sets', 'sets and links'],
      ['packages', 'distinct packages'],
      ['catalog', 'catalog row and tag'],
    ] as const)
      tell.measured({
        what: `bytes an image, ${name}`,
        value: Math.round((full[part] - empty[part]) / images),
        unit: 'B',
      });
    const bytes = (size: typeof full) =>
      size.catalog + size.sets + size.packages - empty.catalog - empty.sets - empty.packages;
    tell.measured({ what: 'bytes an image, in all', value: Math.round(bytes(full) / images), unit: 'B', mark: 4096 });
    tell.measured({
      ...{
        what: 'bytes of one more image',
        value: Math.round((bytes(full) - bytes(middle)) / (images - half)),
        unit: 'B',
      },
    });
    tellDelta(delta);
    if (images >= enough)
      tellMillion({ half, images, bytes: [bytes(middle), bytes(full)], seconds: second.seconds, delta });
  }
}

function tellDelta({ write, fanOut, cpu, packages, images }: DeltaTimes): void {
  tell.measured({ what: 'delta of 1,000 records, written', value: write, unit: 's' });
  tell.measured({ what: 'delta, packages changed', value: packages, unit: '' });
  tell.measured({ what: 'delta, images touched', value: images, unit: '' });
  tell.measured({ what: 'delta, images found', value: fanOut, unit: 's' });
  tell.measured({ what: 'delta in all', value: write + fanOut, unit: 's', mark: 10 });
  if (cpu !== null) tell.measured({ what: 'delta in all, CPU', value: cpu, unit: 's' });
}

/** Of fewer images nearly every package is new: that is no slope. */
const enough = 5000;

interface Slope {
  readonly half: number;
  readonly images: number;
  readonly bytes: readonly [number, number];
  readonly seconds: number;
  readonly delta: DeltaTimes;
}

/** A GB-month of Aurora's standard storage in us-east-1, in dollars. */
const gigabyteMonth = 0.1;

/**
 * What a million images would need: bytes and ingest by what the second half of the fleet added; of a delta its write, which depends on packages
 * and not on images, and as much more of the search for images as there are more of them.
 */
function tellMillion({ half, images, bytes, seconds, delta }: Slope): void {
  const million = 1_000_000;
  const gigabytes = (bytes[1] + ((bytes[1] - bytes[0]) / (images - half)) * (million - images)) / 1e9;
  tell.measured({ what: '1,000,000 images: bytes', value: gigabytes, unit: 'GB' });
  tell.measured({ what: '1,000,000 images: storage a month', value: gigabytes * gigabyteMonth, unit: '$' });
  tell.measured({ what: '1,000,000 images: ingest', value: ((seconds / (images - half)) * million) / 3600, unit: 'h' });
  tell.measured({
    what: '1,000,000 images: delta in all',
    value: delta.write + (delta.fanOut * million) / images,
    unit: 's',
  });
}
