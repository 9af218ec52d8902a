import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import { groupsInUse } from '#functions/refresh-feeds.ts';
import { askForGroups } from '#feeds/ask-for-groups.ts';
import { groupStatuses } from '#feeds/ensure-groups.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { retryMs } from '#feeds/group-status.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '../support/database.ts';
import { testClock } from '../support/test-clock.ts';

/** Servers that need these groups; what they asked for, and whether whoever is asked answers. */
function worldOf(sql: Sql) {
  const asked: string[] = [];
  const lines: string[] = [];
  const state = { deaf: false };
  const log = { info: () => {}, error: (line: string) => void lines.push(line) };
  const world = {
    ...{ sql, log, clock: testClock() },
    askForGroup: async ({ group }: { readonly group: string }) => {
      if (state.deaf) throw new Error('the queue is away');
      asked.push(group);
    },
  };
  const need = async (...names: string[]) =>
    askForGroups(
      world,
      (await groupStatuses(world)).filter(({ group }) => names.includes(group)),
    );
  return { world, asked, lines, state, need };
}

test('only groups that take minutes are asked for, each once in ten minutes however many images need it', () =>
  inRollback(async (sql) => {
    const { world, asked, need } = worldOf(sql);
    for (let images = 0; images < 3; images++) await need('ubuntu', 'alpine:3.20', 'redhat');
    assert.deepEqual(asked, ['redhat', 'ubuntu']);
    await world.clock.advance(retryMs);
    await need('ubuntu');
    assert.deepEqual(asked, ['redhat', 'ubuntu', 'ubuntu']);
  }));

test('what was asked for is loaded with the groups in use, after those that are, if nobody else does', () =>
  inRollback(async (sql) => {
    const { world, need } = worldOf(sql);
    const inUse = async () => (await groupsInUse(world as never, 0)).map(({ group }) => group);
    await need('redhat');
    assert.deepEqual(await inUse(), ['redhat']);
    const notThere = { ...world, ...unreachable };
    const { feed, group } = findGroup('ubuntu');
    assert.equal((await syncGroup(notThere, feed, group)).kind, 'absent');
    assert.deepEqual(await inUse(), ['ubuntu', 'redhat']);
    const status = (await groupStatuses(world)).find(({ group }) => group === 'redhat');
    assert.deepEqual([status?.state, status?.syncedAt, status?.lastError], ['never', null, null]);
  }));

test('a load that failed is asked for again after ten minutes, and one that is fresh is not', () =>
  inRollback(async (sql) => {
    const { world, asked, need } = worldOf(sql);
    const { feed, group } = findGroup('ubuntu');
    await syncGroup({ ...world, ...unreachable }, feed, group);
    await need('ubuntu');
    assert.deepEqual(asked, []);
    await world.clock.advance(retryMs);
    await need('ubuntu');
    assert.deepEqual(asked, ['ubuntu']);
    await sql.query(`update feed_group set state = 'ok', synced_at = :now::bigint, checked_at = :now::bigint`, {
      now: world.clock.now(),
    });
    await world.clock.advance(retryMs);
    const fresh = (await groupStatuses(world)).map((status) => ({ ...status, state: 'ok' as const }));
    await askForGroups(world, fresh);
    assert.deepEqual(asked, ['ubuntu']);
  }));

test('who cannot be asked now is asked by the next image; the image that needs it goes on', () =>
  inRollback(async (sql) => {
    const { asked, lines, state, need } = worldOf(sql);
    state.deaf = true;
    await need('ubuntu');
    assert.deepEqual([asked, lines], [[], ['feed group not asked for']]);
    state.deaf = false;
    await need('ubuntu');
    assert.deepEqual(asked, ['ubuntu']);
  }));

test('where nobody would load it nothing is asked for, and nothing is noted', () =>
  inRollback(async (sql) => {
    const { world } = worldOf(sql);
    const { askForGroup: _, ...alone } = world;
    await askForGroups(alone, await groupStatuses(world));
    assert.deepEqual(await sql.query('select feed_group from feed_group'), []);
  }));

const unreachable = {
  fetch: async () => new Response(null, { status: 404 }),
  log: silentLog,
  staging: null,
  temporaryFile: () => assert.fail('nothing comes'),
};
