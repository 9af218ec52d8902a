import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  activateBundle,
  activeBundle,
  type BundleWorld,
  deleteBundle,
  ensureDefaultBundle,
  getBundle,
  listBundles,
  putBundle,
} from '#policy/bundle-store.ts';
import { inRollback } from '#test/support/database.ts';
import { eventsOf } from '#test/support/event-log.ts';
import { testClock } from '#test/support/test-clock.ts';
import { memoryBlobs } from './memory-blobs.ts';
import { bundleOf, ruleOf } from './sample-facts.ts';

function inWorld(work: (world: BundleWorld, clock: ReturnType<typeof testClock>) => Promise<void>): Promise<void> {
  return inRollback(async (sql) => {
    const clock = testClock();
    for (const account of ['a1', 'a2']) {
      await sql.query(
        `insert into account (account, type, state, created_at, updated_at)
         values (:account::text, 'user', 'enabled', 0, 0)`,
        { account },
      );
    }
    await work({ sql, blobs: memoryBlobs(), clock }, clock);
  });
}

const bundle = (id: string) => ({ ...bundleOf([ruleOf('always', 'always')]), id });

test('a stored bundle is given back as it was, and is not active', () =>
  inWorld(async (world) => {
    const stored = { ...bundle('b'), description: 'kept' };
    await putBundle(world, 'a1', stored);
    const found = await getBundle(world, 'a1', 'b');
    assert.deepEqual(found?.bundle, stored);
    assert.equal(found.active, false);
    assert.equal(await getBundle(world, 'a2', 'b'), null);
    assert.equal(await activeBundle(world, 'a1'), null);
  }));

test('exactly one bundle of an account is active', () =>
  inWorld(async (world) => {
    for (const id of ['b', 'c', 'a']) await putBundle(world, 'a1', bundle(id));
    await putBundle(world, 'a2', bundle('b'));
    await activateBundle(world, 'a2', 'b');
    for (const id of ['b', 'c', 'c', 'a', 'b']) {
      assert.equal((await activateBundle(world, 'a1', id)).active, true);
      const active = (await listBundles(world, 'a1')).filter((record) => record.active);
      assert.deepEqual(
        active.map(({ policyId }) => policyId),
        [id],
      );
      assert.equal((await activeBundle(world, 'a1'))?.policyId, id);
    }
    assert.equal((await activeBundle(world, 'a2'))?.policyId, 'b');
  }));

test('activating a bundle that does not exist changes nothing', () =>
  inWorld(async (world) => {
    await putBundle(world, 'a1', bundle('b'));
    await activateBundle(world, 'a1', 'b');
    await assert.rejects(activateBundle(world, 'a1', 'x'), { code: 'state/not-found' });
    assert.equal((await activeBundle(world, 'a1'))?.policyId, 'b');
  }));

test('a bundle that is stored again keeps its place; its time moves only when it changes', () =>
  inWorld(async (world, clock) => {
    const first = await putBundle(world, 'a1', bundle('b'));
    await activateBundle(world, 'a1', 'b');
    await clock.advance(1000);
    assert.equal((await putBundle(world, 'a1', bundle('b'))).updatedAt, first.updatedAt);
    const changed = await putBundle(world, 'a1', { ...bundle('b'), name: 'new' });
    assert.equal(changed.updatedAt, first.updatedAt + 1000);
    assert.equal(changed.createdAt, first.createdAt);
    assert.equal(changed.active, true);
    assert.notEqual(changed.key, first.key);
  }));

test('the active bundle cannot be removed', () =>
  inWorld(async (world) => {
    await putBundle(world, 'a1', bundle('b'));
    await putBundle(world, 'a1', bundle('c'));
    await activateBundle(world, 'a1', 'b');
    assert.equal(await deleteBundle(world, 'a1', 'b'), 'active');
    assert.equal(await deleteBundle(world, 'a1', 'c'), 'deleted');
    assert.equal(await deleteBundle(world, 'a1', 'c'), 'absent');
  }));

test('bundles are listed by id, page by page', () =>
  inWorld(async (world) => {
    for (const id of ['b', 'c', 'a']) await putBundle(world, 'a1', bundle(id));
    const ids = async (page: Parameters<typeof listBundles>[2]) =>
      (await listBundles(world, 'a1', page)).map(({ policyId }) => policyId);
    assert.deepEqual(await ids({ limit: 2 }), ['a', 'b']);
    assert.deepEqual(await ids({ after: 'b' }), ['c']);
  }));

test('an account without bundles gets the default one, once; others keep theirs', () =>
  inWorld(async (world) => {
    await ensureDefaultBundle(world, 'a1');
    await ensureDefaultBundle(world, 'a1');
    assert.equal((await activeBundle(world, 'a1'))?.policyId, 'plimsoll-default');
    assert.equal((await listBundles(world, 'a1')).length, 1);
    await putBundle(world, 'a2', bundle('b'));
    await ensureDefaultBundle(world, 'a2');
    assert.deepEqual(
      (await listBundles(world, 'a2')).map(({ policyId }) => policyId),
      ['b'],
    );
  }));

test('another active bundle and another content of it are told, what changes nothing or is not active is not', () =>
  inWorld(async (world, clock) => {
    const told = async () =>
      (await eventsOf(world.sql, 'a1')).map(({ type, resource, details }) => [type, resource, details.previous]);
    const first = await putBundle(world, 'a1', bundle('b'));
    await putBundle(world, 'a1', bundle('c'));
    await putBundle(world, 'a1', { ...bundle('c'), name: 'new' });
    assert.deepEqual(await told(), []);
    for (const id of ['b', 'b', 'c', 'b']) {
      await activateBundle(world, 'a1', id);
      await clock.advance(1);
    }
    const moves = [
      ['user.policy.active.updated', 'b', null],
      ['user.policy.active.updated', 'c', 'b'],
      ['user.policy.active.updated', 'b', 'c'],
    ];
    assert.deepEqual(await told(), moves);
    for (const _ of [1, 2]) await putBundle(world, 'a1', { ...bundle('b'), name: 'new' });
    const before = /[0-9a-f]{64}/.exec(first.key)?.[0];
    assert.deepEqual(await told(), [...moves, ['user.policy.active.content_change', 'b', before]]);
  }));
