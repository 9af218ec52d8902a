import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { syncGroup } from '#feeds/sync-feed.ts';
import { changingFeed, knownOf, storePackages } from '../support/changing-feed.ts';
import { startChild } from '../support/child-process.ts';
import { inRollback } from '../support/database.ts';
import { syncWorld } from '../support/fake-feed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Answers = 'whole' | 'changes';

/** What is known after a load and a change that nothing disturbed. */
async function undisturbed(answers: Answers) {
  let known: readonly string[] = [];
  await inRollback(async (sql) => {
    using world = syncWorld(sql);
    await storePackages(sql);
    for (const version of ['A', 'B'] as const) {
      const { feed, group } = changingFeed(version, answers);
      assert.equal((await syncGroup(world, feed, group)).kind, 'changed');
    }
    known = await knownOf(sql);
  });
  return { lines: known.length, hash: createHash('sha256').update(known.join('\n')).digest('hex') };
}

/** Runs a sync in a process of its own until it has told this line, then kill -9; to its end when the line never comes. */
async function run(data: string, answers: Answers, versions: readonly string[], killAfter: string | null) {
  await using child = startChild('sync-feed.ts', data, answers, ...versions);
  for (let line = await child.line(); line !== null; line = await child.line()) {
    if (line.startsWith('{')) return JSON.parse(line);
    if (line === killAfter) await child.kill();
  }
  assert.equal(await child.ended(), 'SIGKILL');
  return null;
}

test('a first load and a change that are killed in the middle end, run again, in what undisturbed ones leave', async () => {
  const want = await undisturbed('changes');
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  assert.equal(await run(data, 'changes', ['A'], 'A 9'), null);
  assert.equal(await run(data, 'changes', ['A', 'B'], 'B 8'), null);
  assert.deepEqual(await run(data, 'changes', ['B'], null), want);
});

const rounds = Number(process.env['PLIMSOLL_TEST_KILLS'] ?? 0);

test(`the same at ${rounds} moments drawn by lot${rounds === 0 ? ' (not tried: PLIMSOLL_TEST_KILLS is not set)' : ''}`, {
  skip: rounds === 0,
}, async (t) => {
  const seed = process.env['PLIMSOLL_TEST_SEED'] ?? String(process.pid);
  t.diagnostic(`PLIMSOLL_TEST_SEED=${seed}`);
  await using folder = await temporaryFolder();
  const empty = join(folder.path, 'empty');
  await run(empty, 'whole', [], null);
  const wanted = { whole: await undisturbed('whole'), changes: await undisturbed('changes') };
  for (let round = 0; round < rounds; round++) {
    const answers = draw(seed, round, 'answers', 2) === 0 ? 'whole' : 'changes';
    const [first, second] = [1 + draw(seed, round, 'first', 22), 1 + draw(seed, round, 'second', 16)];
    const data = join(folder.path, String(round));
    await cp(empty, data, { recursive: true });
    await run(data, answers, ['A'], `A ${first}`);
    await run(data, answers, ['A', 'B'], `B ${second}`);
    const got = await run(data, answers, ['B'], null);
    t.diagnostic(`${answers}: killed after statement ${first} of the load and ${second} of the change`);
    assert.deepEqual(got, wanted[answers]);
  }
});

/** A number below `below`, the same for the same words. */
function draw(seed: string, round: number, what: string, below: number): number {
  return createHash('sha256').update(`${seed} ${round} ${what}`).digest().readUInt32BE(0) % below;
}
