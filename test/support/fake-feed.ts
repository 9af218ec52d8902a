import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#core/log.ts';
import type { AffectedRange, Advisory } from '#feeds/advisory.ts';
import type { Feed } from '#feeds/feed.ts';
import type { SyncWorld } from '#feeds/sync-feed.ts';
import type { Sql } from '#platform/sql.ts';
import { testClock } from './test-clock.ts';

/** An advisory with everything that a test does not care about. */
export function advisory(
  id: string,
  affected: readonly Partial<AffectedRange>[],
  more: Partial<Advisory> = {},
): Advisory {
  return {
    record: id,
    id,
    aliases: [],
    related: [],
    severity: 'Unknown',
    severitySource: null,
    title: null,
    urls: [],
    published: null,
    affected: affected.map((range) => ({
      namespace: 'npm',
      name: 'left-pad',
      introduced: null,
      fixed: null,
      lastAffected: null,
      state: range.fixed == null ? 'not-fixed' : 'fixed',
      ...range,
    })),
    ...more,
  };
}

/** A feed whose upstream is the list that the test holds; every sync sees it as it is then. */
export function fakeFeed(name: string, records: readonly Advisory[]): Feed {
  return {
    name,
    version: 1,
    knownGroups: [name],
    groupsFor: () => [name],
    fetch: async () => ({
      kind: 'changed',
      mark: {},
      missing: [],
      records: async function* () {
        yield* records;
      },
    }),
  };
}

/** A world for syncs without any network. */
export function syncWorld(sql: Sql): SyncWorld & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-feeds-'));
  return {
    sql,
    clock: testClock(),
    log: silentLog,
    fetch: async (url) => {
      throw new Error(`a test asked the network for ${url}`);
    },
    staging: null,
    temporaryFile: (file) => join(folder, file),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
