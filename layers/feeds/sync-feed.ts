import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { Sql } from '#platform/sql.ts';
import type { LogEvent } from '#schema/event-log.ts';
import { vacuumTables } from './advisory-store.ts';
import type { Feed, Fetched } from './feed.ts';
import { refusalOf, type TermsWorld } from './feed-terms.ts';
import { openFeedWorld } from './feed-world.ts';
import { groupEvent } from './group-event.ts';
import { takeGroup } from './group-lease.ts';
import { type GroupStatus, groupStatus, isCurrent, rules } from './group-status.ts';
import { putGroup, type StoredGroup, storedGroup } from './group-store.ts';
import { type Loaded, loadRecords } from './load-records.ts';
import { countNamespaces } from './namespace-count-store.ts';
import type { GroupName } from './revision-store.ts';
import { switchedOff, switchedOffNote } from './switch-store.ts';

/** What a sync needs of the world. A temporary file's path is not used by anybody else; the sync removes the file. */
export type SyncWorld = Pick<Platform, 'sql' | 'clock' | 'fetch' | 'log' | 'staging'> &
  TermsWorld & { readonly temporaryFile: (name: string) => string };

export interface SyncProgress {
  readonly group: string;
  readonly phase: 'fetching' | 'reading' | 'done';
  /** Records read so far; at the end those stored. */
  readonly records: number;
}

export interface SyncOptions {
  /** Read everything again though upstream says that it is unchanged, and accept that most of it vanished. */
  readonly force?: boolean;
  /** When upstream said what is loaded, where that is not now. Milliseconds since the epoch. */
  readonly at?: number;
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
}

/** What a sync came to; `status` is the group as it stands afterwards. */
export type SyncOutcome =
  | { readonly kind: 'unchanged'; readonly status: GroupStatus }
  | { readonly kind: 'changed'; readonly status: GroupStatus; readonly loaded: Loaded }
  | { readonly kind: 'absent'; readonly status: GroupStatus; readonly reason: string }
  | { readonly kind: 'failed'; readonly status: GroupStatus; readonly reason: string };

const pollMs = 500;
/** More new rows than this are a bulk load. */
const bulk = 10_000;
/** A first load of the largest group takes minutes. */
const patienceMs = 20 * 60_000;

/**
 * Brings one group to what upstream has now. Whoever comes while another process does it waits and shares the result.
 * A feed that cannot be fetched or read is an outcome, not an error: what is stored stays, and so does the mark, so that
 * the next sync does the rest. A feed whose terms are not accepted, or that is switched off, is not asked at all. Throws only what the database throws.
 */
export async function syncGroup(
  world: SyncWorld,
  feed: Feed,
  group: string,
  options: SyncOptions = {},
): Promise<SyncOutcome> {
  const { sql, clock } = world;
  const name = { feed: feed.name, group };
  const begun = clock.now();
  const off = (await switchedOff(sql)).group({ feed, group });
  const reason = off ? switchedOffNote : await refusalOf(world, feed);
  if (reason !== null) {
    return { kind: 'failed', reason, status: statusNow(feed, group, await storedGroup(sql, name), begun) };
  }
  let waited = false;
  for (;;) {
    const held = await takeGroup(world, name);
    if (held !== null) {
      await using beat = held;
      const stored = await storedGroup(sql, name);
      if (waited && stored !== null && stored.checkedAt >= begun) return shared(feed, stored, clock.now());
      return await sync(world, feed, group, stored, options, beat.check);
    }
    waited = true;
    if (clock.now() - begun > patienceMs) {
      const reason = `another process has been syncing ${group} for longer than ${patienceMs / 60_000} minutes`;
      return { kind: 'failed', reason, status: statusNow(feed, group, await storedGroup(sql, name), clock.now()) };
    }
    await clock.sleep(pollMs);
  }
}

function statusNow(feed: Feed, group: string, stored: StoredGroup | null, now: number): GroupStatus {
  return groupStatus({ feed, group }, stored, now, Number.POSITIVE_INFINITY);
}

/** The outcome of the sync that was waited for. */
function shared(feed: Feed, stored: StoredGroup, now: number): SyncOutcome {
  const status = statusNow(feed, stored.group, stored, now);
  if (stored.state === 'ok') return { kind: 'unchanged', status };
  return { kind: stored.state, status, reason: stored.lastError ?? 'no reason was given' };
}

async function sync(
  world: SyncWorld,
  feed: Feed,
  group: string,
  stored: StoredGroup | null,
  options: SyncOptions,
  check: () => void,
): Promise<SyncOutcome> {
  const { sql, clock, log } = world;
  const before = stored ?? nothing(feed, group);
  const progress = (phase: SyncProgress['phase'], records: number) => options.onProgress?.({ group, phase, records });
  let after: StoredGroup;
  let loaded: Loaded | null = null;
  try {
    progress('fetching', 0);
    await using feedWorld = openFeedWorld(world);
    const conditional = options.force !== true && stored !== null && isCurrent({ feed, group }, stored);
    const fetched = await feed.fetch(feedWorld, group, conditional ? before.mark : null);
    if (fetched.kind === 'changed') {
      loaded = await loadRecords(world, { feed: feed.name, group }, fetched.records(), {
        complete: fetched.complete !== false,
        force: options.force === true,
        onRecords(records) {
          progress('reading', records);
          check();
        },
      });
    }
    after = succeeded(before, feed, fetched, loaded, { now: clock.now(), at: options.at ?? clock.now() });
  } catch (thrown) {
    const fault = Fault.from(thrown);
    log.error('feed sync failed', { feed: feed.name, group, code: fault.code, reason: fault.message.slice(0, 500) });
    after = { ...before, state: 'failed', checkedAt: clock.now(), lastError: fault.message.slice(0, 500) };
  }
  await putAndTell(sql, after, groupEvent({ feed, group }, before, after, loaded));
  if (loaded !== null && loaded.revision !== null) await count(world, { feed: feed.name, group });
  if (loaded !== null && loaded.opened >= bulk) await vacuum(world);
  progress('done', after.records);
  return outcomeOf(feed, after, loaded, clock.now());
}

async function putAndTell(sql: Sql, after: StoredGroup, event: LogEvent | null): Promise<void> {
  if (event === null) return putGroup(sql, after);
  await sql.transaction(async (tx) => {
    await putGroup(tx, after);
    await raiseEvents(tx, 'feeds', [event]);
  });
}

/** Numbers for people: without them they see those of before. */
async function count({ sql, log }: SyncWorld, name: GroupName): Promise<void> {
  try {
    await countNamespaces(sql, name);
  } catch (thrown) {
    log.info('records of a feed group were not counted', { ...name, reason: Fault.from(thrown).message.slice(0, 300) });
  }
}

/** As good as its result is, judgement is right without it. */
async function vacuum({ sql, log }: SyncWorld): Promise<void> {
  try {
    await vacuumTables(sql);
  } catch (thrown) {
    log.info('tables of advisories were not vacuumed', { reason: Fault.from(thrown).message.slice(0, 300) });
  }
}

function nothing(feed: Feed, group: string): StoredGroup {
  return {
    feed: feed.name,
    group,
    feedVersion: feed.version,
    rules: '',
    mark: null,
    syncedAt: null,
    checkedAt: 0,
    state: 'failed',
    records: 0,
    setAside: 0,
    missing: [],
    lastError: null,
    revision: 0,
  };
}

function succeeded(
  before: StoredGroup,
  feed: Feed,
  fetched: Fetched,
  loaded: Loaded | null,
  { now, at }: { readonly now: number; readonly at: number },
): StoredGroup {
  if (fetched.kind === 'absent') {
    // Upstreams drop releases that have ended: what is stored of them stays, and is said to be no longer confirmed.
    const state = before.syncedAt === null ? 'absent' : 'failed';
    return { ...before, state, checkedAt: now, lastError: fetched.reason };
  }
  const fresh = { ...before, state: 'ok' as const, syncedAt: at, checkedAt: now, lastError: null };
  if (fetched.kind === 'unchanged' || loaded === null) return fresh;
  return {
    ...fresh,
    feedVersion: feed.version,
    rules,
    mark: fetched.mark,
    missing: fetched.missing,
    records: loaded.records,
    setAside: loaded.setAside,
    revision: loaded.revision ?? before.revision,
  };
}

function outcomeOf(feed: Feed, after: StoredGroup, loaded: Loaded | null, now: number): SyncOutcome {
  const status = statusNow(feed, after.group, after, now);
  if (after.state !== 'ok') return { kind: after.state, status, reason: after.lastError ?? 'no reason was given' };
  return loaded === null ? { kind: 'unchanged', status } : { kind: 'changed', status, loaded };
}
