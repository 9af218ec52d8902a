import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { PassThrough, Readable } from 'node:stream';
import { createZstdCompress } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import { version } from '#core/version.ts';
import type { BundleGroup, BundleHead } from '#schema/feed-bundle.ts';
import type { FeedRecord } from './advisory.ts';
import type { Feed } from './feed.ts';
import type { FeedGroup } from './feed-group.ts';
import { refusalOf } from './feed-terms.ts';
import { openFeedWorld } from './feed-world.ts';
import type { SyncWorld } from './sync-feed.ts';

/** Characters of a line of a bundle; a record of millions of ranges is set aside. */
export const longestBundleLine = 8 * 1024 * 1024;

export interface ExportOptions {
  /** Called now and then with the number of records of a group so far. */
  readonly onRecords?: (group: string, records: number) => void;
}

/**
 * A bundle of these groups (schema/feed-bundle.ts) as bytes: each is fetched whole from its upstream now, nothing is read from or
 * written to the database. Throws `feed/failed` for a group that upstream does not have or whose terms are not accepted, and what
 * fetching throws: a bundle is whole or it is none.
 */
export async function* exportBundle(
  world: SyncWorld,
  groups: readonly FeedGroup[],
  options: ExportOptions = {},
): AsyncGenerator<Uint8Array> {
  const compressed = new PassThrough();
  const done = pipeline(Readable.from(bundleLines(world, groups, options)), createZstdCompress(), compressed);
  done.catch(() => {});
  yield* compressed;
  await done;
}

async function* bundleLines(
  world: SyncWorld,
  groups: readonly FeedGroup[],
  options: ExportOptions,
): AsyncGenerator<Buffer> {
  const whole = createHash('sha256');
  const line: Line = (content) => {
    const bytes = Buffer.from(`${content}\n`);
    whole.update(bytes);
    return bytes;
  };
  const head: BundleHead = {
    kind: 'head',
    format: 1,
    made: world.clock.now(),
    plimsoll: version,
    groups: groups.map(({ feed, group }) => ({ feed: feed.name, group })),
  };
  yield line(JSON.stringify(head));
  for (const { feed, group } of groups) yield* groupLines(world, feed, group, line, options);
  yield Buffer.from(`${JSON.stringify({ kind: 'bundle-end', sha256: whole.digest('hex') })}\n`);
}

/** A line as it is written, and counted into the digest of the whole. */
type Line = (content: string) => Buffer;

async function* groupLines(
  world: SyncWorld,
  feed: Feed,
  group: string,
  line: Line,
  { onRecords }: ExportOptions,
): AsyncGenerator<Buffer> {
  const refusal = await refusalOf(world, feed);
  if (refusal !== null) throw failed(group, refusal);
  const at = world.clock.now();
  await using feedWorld = openFeedWorld(world);
  const fetched = await feed.fetch(feedWorld, group, null);
  if (fetched.kind === 'unchanged') throw failed(group, 'upstream says "unchanged" to somebody who has nothing');
  if (fetched.kind === 'absent') throw failed(group, `upstream does not have it: ${fetched.reason}`);
  const { mark, missing } = fetched;
  const ofGroup = { feed: feed.name, group, feedVersion: feed.version, at, mark, missing: [...missing] };
  yield line(JSON.stringify({ kind: 'group', ...ofGroup } satisfies BundleGroup));
  const hash = createHash('sha256');
  let records = 0;
  for await (const record of fetched.records()) {
    if ('removed' in record) continue;
    const bytes = line(recordLine(record));
    hash.update(bytes);
    records++;
    if (records % 1000 === 0) onRecords?.(group, records);
    yield bytes;
  }
  yield line(JSON.stringify({ kind: 'end', records, sha256: hash.digest('hex') }));
}

function recordLine(record: Exclude<FeedRecord, { removed: true }>): string {
  const content =
    'reason' in record ? { aside: record } : 'facts' in record ? { enrichment: record } : { advisory: record };
  const text = JSON.stringify(content);
  if (text.length <= longestBundleLine) return text;
  return JSON.stringify({ aside: { record: record.record, reason: 'it is too long for a bundle' } });
}

function failed(group: string, problem: string): Fault {
  return new Fault(
    'feed/failed',
    `exporting ${group}: ${problem}. Nothing was exported; leave the group out, or mend it`,
  );
}
