import { Fault } from '#core/fault.ts';
import type { BundleGroup, BundleHead, BundleRecord } from '#schema/feed-bundle.ts';
import type { FeedRecord } from './advisory.ts';
import type { Feed, Fetched } from './feed.ts';
import { feeds } from './feeds.ts';
import { storedGroup } from './group-store.ts';
import { type BundlePart, readBundle } from './read-bundle.ts';
import { type SyncOptions, type SyncOutcome, type SyncWorld, syncGroup } from './sync-feed.ts';

/** What a group of a bundle came to. */
export interface Imported {
  readonly group: string;
  readonly outcome: SyncOutcome;
}

export interface ImportOptions {
  /** Take over groups that are older than what is stored, and such as lost most of their records. */
  readonly force: boolean;
  readonly onProgress?: SyncOptions['onProgress'];
  /** The feeds of this program; only tests give others. */
  readonly known?: readonly Feed[];
}

/**
 * Loads the groups of a bundle as a sync of each would. `open` gives its bytes from the beginning, and is called twice: first everything
 * is read and checked, so that nothing is written of a bundle that is damaged, cut off or changed (`data/corrupt`), older than what is
 * stored (`state/conflict`, unless forced), or made by a newer Plimsoll (`input/invalid`). The groups are then as old as the
 * bundle says. Imported again it changes nothing. One group that fails does not keep the others.
 */
export async function importBundle(
  world: SyncWorld,
  open: () => AsyncIterable<Uint8Array>,
  { force, onProgress, known = feeds }: ImportOptions,
): Promise<readonly Imported[]> {
  const groups = await checkedGroups(open());
  for (const group of groups) checkFeed(group, known);
  if (!force) await checkAge(world, groups);
  const parts = readBundle(open());
  const imported: Imported[] = [];
  for (let next = await parts.next(); next.done !== true; next = await parts.next()) {
    if (next.value.kind !== 'group') continue;
    const { feed: name, group, at } = next.value;
    const feed = bundleFeed(known.find((one) => one.name === name)!, next.value, parts);
    const outcome = await syncGroup(world, feed, group, { force, at, onProgress });
    imported.push({ group, outcome });
  }
  // What was whole at the first reading is not at the second: the reason stands with the group in which it broke off.
  if (imported.length < groups.length) {
    throw new Fault('data/corrupt', 'the bundle of feeds was changed while it was read; import it again');
  }
  return imported;
}

/** The groups of a bundle that is whole. */
async function checkedGroups(bytes: AsyncIterable<Uint8Array>): Promise<readonly BundleGroup[]> {
  const groups: BundleGroup[] = [];
  let head: BundleHead | null = null;
  for await (const part of readBundle(bytes)) {
    if (part.kind === 'head') head = part;
    if (part.kind === 'group') groups.push(part);
  }
  const named = (all: readonly { readonly feed: string; readonly group: string }[]) =>
    JSON.stringify(all.map(({ feed, group }) => [feed, group]));
  if (head === null || named(head.groups) !== named(groups)) {
    throw new Fault(
      'data/corrupt',
      'the bundle of feeds does not hold the groups that it names; export and carry it again',
    );
  }
  return groups;
}

function checkFeed({ feed: name, group, feedVersion }: BundleGroup, known: readonly Feed[]): void {
  const feed = known.find((one) => one.name === name);
  if (feed !== undefined && feedVersion <= feed.version) return;
  const what =
    feed === undefined ? `the feed ${name.slice(0, 100)}, which is not known here` : `a newer form of ${name}`;
  throw new Fault(
    'input/invalid',
    `the bundle holds ${group.slice(0, 100)} of ${what}; import it with the Plimsoll that made it, or a newer one`,
  );
}

async function checkAge({ sql }: SyncWorld, groups: readonly BundleGroup[]): Promise<void> {
  const older: string[] = [];
  for (const { feed, group, at } of groups) {
    const stored = await storedGroup(sql, { feed, group });
    if (stored?.syncedAt !== null && stored !== null && stored.syncedAt > at) older.push(group);
  }
  if (older.length === 0) return;
  throw new Fault(
    'state/conflict',
    `the bundle is older than what is stored of ${older.slice(0, 20).join(', ')}; import a newer one, or this one with --force`,
  );
}

/** The feed as if the bundle were its upstream: it says what it said then, and reads on in the bundle from where it stands. */
function bundleFeed(feed: Feed, { feedVersion, mark, missing }: BundleGroup, parts: AsyncGenerator<BundlePart>): Feed {
  const fetched: Fetched = { kind: 'changed', mark, missing, records: () => recordsOf(parts) };
  return { ...feed, version: feedVersion, fetch: async () => fetched };
}

async function* recordsOf(parts: AsyncGenerator<BundlePart>): AsyncGenerator<FeedRecord> {
  for (;;) {
    const { value: part, done } = await parts.next();
    if (done === true || part.kind === 'end') return;
    if (part.kind === 'record') yield recordOf(part.record);
  }
}

function recordOf(record: BundleRecord): FeedRecord {
  if ('advisory' in record) return record.advisory;
  return 'enrichment' in record ? record.enrichment : record.aside;
}
