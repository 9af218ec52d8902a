import type { Advisory, FeedRecord } from '#feeds/advisory.ts';
import type { Feed } from '#feeds/feed.ts';
import type { FeedGroup } from '#feeds/feed-group.ts';
import { openFeedWorld } from '#feeds/feed-world.ts';
import { setAnnounced, unannounced } from '#feeds/unannounced-store.ts';
import { type SyncWorld, syncGroup } from '#feeds/sync-feed.ts';
import { changeSize, touchedImages } from '#matching/touched-images.ts';
import type { BenchDatabase } from './database.ts';
import { startCpu, timed } from './measured.ts';

export interface DeltaTimes {
  /** Seconds of the sync that writes it. */
  readonly write: number;
  /** Seconds until every image was named that it touches. */
  readonly fanOut: number;
  /** Of both sides together, for both; null where the server's cannot be seen. */
  readonly cpu: number | null;
  readonly packages: number;
  readonly images: number;
}

export const deltaRecords = 1000;

/** The advisories of a group as its upstream has them now. */
export async function recordsOf(world: SyncWorld, { feed, group }: FeedGroup): Promise<readonly Advisory[]> {
  await using feedWorld = openFeedWorld(world);
  const fetched = await feed.fetch(feedWorld, group, null);
  const found: Advisory[] = [];
  if (fetched.kind === 'changed')
    for await (const record of fetched.records())
      if ('affected' in record && record.affected.length > 0) found.push(record);
  return found;
}

/** Syncs a change of a thousand records of a group that is stored, then finds the images that it touches. */
export async function timeDelta(
  { cpu }: Pick<BenchDatabase, 'cpu'>,
  world: SyncWorld,
  { feed, group }: FeedGroup,
  advisories: readonly Advisory[],
): Promise<DeltaTimes> {
  const changed = changedFeed(feed, changes(advisories));
  const used = await startCpu(cpu);
  const { seconds: write, result } = await timed(() => syncGroup(world, changed, group));
  if (result.kind !== 'changed') throw new Error(`the delta of ${group} is ${result.kind}`);
  const [change] = await unannounced(world.sql);
  let images = 0;
  const fanOut = await timed(async () => {
    for await (const _ of touchedImages(world.sql, change!)) images++;
    return changeSize(world.sql, change!);
  });
  const { both } = await used();
  await setAnnounced(world.sql, change!);
  return { write, fanOut: fanOut.seconds, cpu: both, packages: fanOut.result.packages, images };
}

/** The same feed on a day on which only this is new. */
function changedFeed(feed: Feed, records: readonly FeedRecord[]): Feed {
  return {
    ...feed,
    fetch: async (_world, _group, mark) => ({
      ...{ kind: 'changed', mark: mark ?? {}, missing: [], complete: false },
      async *records() {
        yield* records;
      },
    }),
  };
}

/** Records from all over the group: new ones, fixes that were taken back, other severities, dropped ones. */
function changes(advisories: readonly Advisory[]): FeedRecord[] {
  const step = Math.max(1, advisories.length / deltaRecords);
  return Array.from({ length: Math.min(deltaRecords, advisories.length) }, (_, at): FeedRecord => {
    const one = advisories[Math.floor(at * step)]!;
    const name = `${one.record} again`;
    switch (at % 4) {
      case 0:
        return { ...one, record: name, id: name };
      case 1:
        return {
          ...one,
          affected: one.affected.map((range) =>
            range.fixed === null ? range : { ...range, fixed: null, lastAffected: null, state: 'not-fixed' },
          ),
        };
      case 2:
        return { ...one, severity: one.severity === 'Critical' ? 'Low' : 'Critical' };
      default:
        return { record: one.record, removed: true };
    }
  });
}
