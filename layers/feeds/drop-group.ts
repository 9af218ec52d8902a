import { Fault } from '#core/fault.ts';
import type { FeedRecord } from './advisory.ts';
import { takeGroup } from './group-lease.ts';
import { putGroup, storedGroup } from './group-store.ts';
import { loadRecords } from './load-records.ts';
import { countNamespaces } from './namespace-count-store.ts';
import type { GroupName } from './revision-store.ts';
import type { SyncWorld } from './sync-feed.ts';

/**
 * Takes back everything that a group says, as if upstream had none of it any more: nothing is judged by it from now on, what was known
 * before can still be asked for, and the next sync loads it anew. One that died half-way goes on when it is called again. Throws
 * `state/conflict` while the group is being synced.
 */
export async function dropGroup(world: Pick<SyncWorld, 'sql' | 'clock' | 'staging'>, name: GroupName): Promise<void> {
  const { sql, clock } = world;
  await using held = await takeGroup(world, name);
  if (held === null)
    throw new Fault('state/conflict', `deleting ${name.group}: it is being synced; try again when that has ended`, {
      detail: { error_codes: ['FEED_SYNC_ALREADY_IN_PROGRESS'] },
    });
  const stored = await storedGroup(sql, name);
  if (stored === null) return;
  // Should this die half-way, what is left is no whole group: it must not be taken for one.
  const dropped = {
    ...stored,
    ...{ mark: null, syncedAt: null, checkedAt: clock.now(), records: 0, setAside: 0, missing: [] },
    ...{ state: 'failed' as const, lastError: 'its records were deleted' },
  };
  await putGroup(sql, dropped);
  const options = { complete: true, force: true, onRecords: held.check };
  const { revision } = await loadRecords(world, name, nothing(), options);
  await putGroup(sql, { ...dropped, revision: revision ?? stored.revision });
  await countNamespaces(sql, name);
}

async function* nothing(): AsyncGenerator<FeedRecord> {}
