import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '#policy/evaluate.ts';
import { putBundleDocument } from '#policy/bundle-document.ts';
import {
  latestVerdict,
  readVerdict,
  storeVerdict,
  type VerdictRecord,
  type VerdictWorld,
  verdictHistory,
} from '#policy/verdict-store.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';
import { memoryBlobs } from './memory-blobs.ts';
import { bundleOf, digest, facts, ruleOf } from './sample-facts.ts';

const place = { account: 'v1', digest, tag: facts.tag, policyId: 'bundle' };

function inWorld(work: (world: VerdictWorld, clock: ReturnType<typeof testClock>) => Promise<void>): Promise<void> {
  return inRollback(async (sql) => {
    const clock = testClock();
    await sql.query(
      `insert into account (account, type, state, created_at, updated_at) values ('v1', 'user', 'enabled', 0, 0)`,
    );
    await sql.query(
      `insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
       values ('v1', :digest::text, :digest::text, 'c', 'linux/amd64', 'x', 'analyzed', 'active', 0, 0)`,
      { digest },
    );
    await work({ sql, blobs: memoryBlobs(), clock }, clock);
  });
}

const stopping = bundleOf([ruleOf('always', 'always', 'STOP')]);
const going = bundleOf([ruleOf('always', 'always', 'GO')]);

async function store(
  world: VerdictWorld,
  bundle: PolicyBundle,
  change: Partial<typeof place> = {},
  latest: VerdictRecord | null = null,
) {
  const key = await putBundleDocument(world, bundle);
  return storeVerdict(world, { ...place, ...change }, { verdict: evaluate(bundle, facts), bundle: key }, latest);
}

test('a verdict that says the same moves its time and leaves one row, whether the latest was known or not', () =>
  inWorld(async (world, clock) => {
    const first = await store(world, stopping);
    for (const latest of [null, first.record]) {
      await clock.advance(60_000);
      const again = await store(world, stopping, {}, latest);
      assert.deepEqual([first.kind, again.kind], ['changed', 'same']);
      const history = await verdictHistory(world, place);
      assert.equal(history.length, 1);
      assert.equal(history[0]!.evaluatedAt, clock.now());
      assert.deepEqual(await latestVerdict(world, place), again.record);
    }
  }));

test('a verdict that was seen to say the same less than a minute ago asks the database nothing', () =>
  inWorld(async (world, clock) => {
    const { record } = await store(world, stopping);
    await clock.advance(59_999);
    const silent = { ...world, sql: { query: async () => assert.fail(), transaction: async () => assert.fail() } };
    assert.deepEqual(await store(silent, stopping, {}, record), { kind: 'same', record });
    await assert.rejects(store(silent, going, {}, record), { code: 'ERR_ASSERTION' });
  }));

test('a verdict that says something else is a new row, and what was before is told', () =>
  inWorld(async (world) => {
    const told = [];
    for (const bundle of [stopping, going, stopping]) {
      const stored = await store(world, bundle);
      assert.ok(stored.kind === 'changed');
      told.push([stored.previous, stored.record.action]);
    }
    assert.deepEqual(told, [
      [null, 'stop'],
      ['stop', 'go'],
      ['go', 'stop'],
    ]);
    const history = await verdictHistory(world, place);
    assert.deepEqual(
      history.map(({ action }) => action),
      ['stop', 'go', 'stop'],
    );
    const older = await verdictHistory(world, place, { before: history[0]!.verdictNo, limit: 1 });
    assert.deepEqual(older, [history[1]]);
  }));

test('a stored verdict is read back whole, with its bundle', () =>
  inWorld(async (world) => {
    const { record } = await store(world, stopping);
    const verdict = evaluate(stopping, facts);
    assert.deepEqual(await readVerdict(world, record), JSON.parse(JSON.stringify({ verdict, bundle: stopping })));
    assert.deepEqual([record.action, record.reason], ['stop', 'policy_evaluation']);
  }));

test('each tag and each bundle has a history of its own', () =>
  inWorld(async (world) => {
    await store(world, stopping);
    await store(world, going, { tag: 'other:1' });
    await store(world, going, { policyId: 'other' });
    assert.equal((await verdictHistory(world, place)).length, 1);
    assert.equal((await latestVerdict(world, { ...place, tag: 'other:1' }))?.action, 'go');
    assert.equal(await latestVerdict(world, { ...place, tag: 'none:1' }), null);
  }));

test('a verdict on an image that the account does not have is refused', () =>
  inWorld(async (world) => {
    await assert.rejects(store(world, going, { account: 'nobody' }), { code: 'state/not-found' });
  }));

test('a verdict stored twice at the same time is one row', () =>
  inWorld(async (world) => {
    const stored = await Promise.all([store(world, stopping), store(world, stopping)]);
    assert.deepEqual(stored.map(({ kind }) => kind).sort(), ['changed', 'same']);
  }));
