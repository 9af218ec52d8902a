import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admitAllToCatalog } from '#catalog/admit-store.ts';
import { findImage } from '#catalog/image-store.ts';
import { takeWatches } from '#catalog/watch-store.ts';
import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { runWatches } from '#functions/run-watches.ts';
import { subscriptionId } from '#notices/subscription.ts';
import { changeSubscription, removeSubscription } from '#notices/subscription-store.ts';
import type { Queue } from '#platform/queue.ts';
import { addRegistry } from '#registry/logins/account-registries.ts';
import { index } from '#test/support/image-builder.ts';
import type { Refusal } from '#test/support/registry-server.ts';
import { built, settings, type WatchBench, withWatches } from '#test/support/watch-bench.ts';

const [one, two, three] = built.map(({ digest }) => digest) as [Digest, Digest, Digest];
const minute = 60_000;
const lookupFailed = 'system.image_analysis.registry_lookup_failed';

const pushed = ({ repository, clock }: WatchBench, tag: string, digest: Digest) => ({
  ...{ kind: 'image.pushed', account: 'team', reference: `${repository}:${tag}@${digest}`, at: clock.now() },
});

const heads = ({ registry }: WatchBench) => registry.count(/^HEAD /);

test('a watched tag that moves is pushed once, with what its image was called, and told with the images before', () =>
  withWatches(async (bench) => {
    const { sql, clock, tags, repository, registry } = bench;
    tags.set('v1', one);
    await bench.watch(`${repository}:v1`);
    await bench.run();
    assert.deepEqual(bench.sent(), [pushed(bench, 'v1', one)], 'it is not in the catalog yet');
    await clock.advance(10 * minute);
    await bench.run();
    assert.deepEqual(bench.sent(), [], 'what was sent is on its way');
    tags.set('v1', two);
    await clock.advance(10 * minute);
    await bench.run();
    await bench.settle();
    const image = (await findImage({ sql }, 'team', two))!;
    await admitAllToCatalog({ sql }, [{ ...image, place: 0, annotations: { owner: 'crew' } }], clock.now());
    tags.set('v1', three);
    await clock.advance(10 * minute);
    await bench.run();
    assert.deepEqual(await bench.settle(), [pushed(bench, 'v1', three)]);
    assert.deepEqual((await findImage({ sql }, 'team', three))?.annotations, { owner: 'crew' });
    assert.deepEqual(await bench.told(), [
      {
        type: 'user.image.tag.updated',
        resource: `${repository}:v1`,
        details: { curr_eval: [three], last_eval: [two], annotations: { owner: 'crew' } },
      },
    ]);
    assert.equal(registry.count(/GET .*manifests\/v1/), 0, 'HEAD is enough');
  }));

test('a push that never came into the catalog is sent again after a day', () =>
  withWatches(async (bench) => {
    bench.tags.set('v1', one);
    await bench.watch(`${bench.repository}:v1`);
    await bench.run();
    bench.sent();
    await bench.clock.advance(24 * 60 * minute);
    await bench.run();
    assert.deepEqual(bench.sent(), [pushed(bench, 'v1', one)]);
    await bench.clock.advance(24 * 60 * minute);
    await bench.run();
    await bench.settle();
    await bench.clock.advance(24 * 60 * minute);
    await bench.run();
    assert.deepEqual(bench.sent(), [], 'now it is there');
  }));

test('a tag of an index is known by the index, whichever of its images is kept', () => {
  const multi = index([built[0]!, built[1]!], { tag: 'multi' });
  return withWatches(async (bench) => {
    bench.tags.set('multi', multi.digest);
    bench.content.set(multi.digest, multi.bytes);
    await bench.watch(`${bench.repository}:multi`);
    await bench.run();
    await bench.settle();
    for (let day = 0; day < 3; day++) {
      await bench.clock.advance(24 * 60 * minute);
      await bench.run();
      assert.deepEqual(bench.sent(), []);
    }
    assert.deepEqual(await bench.told(), []);
  });
});

test('a tag is removed when its repository says that it has none of the name, and is told once', () =>
  withWatches(async (bench) => {
    const { tags, repository, clock } = bench;
    tags.set('v1', one);
    await bench.watch(`${repository}:v1`);
    await bench.run();
    await bench.settle();
    tags.delete('v1');
    for (let looks = 0; looks < 3; looks++) {
      await clock.advance(60 * minute);
      const next = await bench.run();
      const gone = { kind: 'image.removed', account: 'team', reference: `${repository}:v1@${one}`, at: clock.now() };
      assert.deepEqual(await bench.settle(), looks === 0 ? [gone] : []);
      assert.deepEqual(next, looks === 0 ? [{ kind: 'notice.raised', account: 'team' }] : []);
    }
    assert.deepEqual(
      (await bench.told()).map(({ type, resource }) => [type, resource]),
      [[lookupFailed, `${repository}:v1`]],
    );
    tags.set('v1', one);
    await clock.advance(6 * 60 * minute);
    await bench.run();
    assert.deepEqual(await bench.settle(), [pushed(bench, 'v1', one)], 'it came back');
  }));

test('a registry that only says 404 to who may not see takes no tag away', () => {
  let hidden = false;
  const refuses = (): Refusal | null => (hidden ? { status: 404, code: 'NAME_UNKNOWN' } : null);
  return withWatches(
    async (bench) => {
      bench.tags.set('v1', one);
      await bench.watch(`${bench.repository}:v1`);
      await bench.run();
      await bench.settle();
      hidden = true;
      for (let looks = 0; looks < 3; looks++) {
        await bench.clock.advance(6 * 60 * minute);
        await bench.run();
        assert.deepEqual(bench.sent(), []);
      }
      assert.equal((await bench.told()).length, 1);
    },
    { refuses },
  );
});

test('a registry that asks for a rest gets it, for all that is watched there, and is told of once', () => {
  let busy = true;
  const refuses = (): Refusal | null =>
    busy ? { status: 429, code: 'TOOMANYREQUESTS', headers: { 'Retry-After': '1800' } } : null;
  return withWatches(
    async (bench) => {
      const { tags, repository, clock } = bench;
      for (let number = 0; number < 30; number++) {
        tags.set(`v${number}`, one);
        await bench.watch(`${repository}:v${number}`);
      }
      assert.deepEqual(await bench.run(), [{ kind: 'notice.raised', account: 'team' }]);
      const asked = heads(bench);
      assert.ok(asked <= 4, `${asked} lanes asked at once, none after`);
      await clock.advance(29 * minute);
      assert.deepEqual(await bench.run(), []);
      assert.equal(heads(bench), asked);
      await clock.advance(2 * minute);
      assert.deepEqual(await bench.run(), [], 'it is still busy');
      assert.equal((await bench.told()).length, 1);
      busy = false;
      await clock.advance(31 * minute);
      await bench.run();
      assert.equal(bench.sent().length, 30);
    },
    { refuses },
  );
});

test('a dead registry is asked less and less, and keeps nobody from the others', () =>
  withWatches(async (bench) => {
    bench.tags.set('v1', one);
    const dead = '127.0.0.1:1';
    for (let number = 0; number < 20; number++) await bench.watch(`${dead}/team/app:v${number}`);
    await bench.watch(`${bench.repository}:v1`);
    await bench.watch(`${dead}/team/app`, 'repo_update');
    await bench.run();
    assert.equal(bench.sent().length, 1);
    const told = await bench.told();
    assert.equal(told.length, 1);
    assert.ok(told[0]!.resource.startsWith(dead));
    const rests: number[] = [];
    for (let looks = 0; looks < 8; looks++) {
      const [rest] = await bench.sql.query<{ until: number }>('select until from registry_rest');
      rests.push((rest!.until - bench.clock.now()) / minute);
      await bench.clock.advance(rest!.until - bench.clock.now());
      await bench.run();
    }
    assert.deepEqual(rests, [1, 2, 4, 8, 16, 32, 60, 60]);
    assert.equal((await bench.told()).length, 1, 'it is the same death');
  }));

test('a refusal is told once, and a login of the account ends it', () =>
  withWatches(
    async (bench) => {
      bench.tags.set('v1', one);
      await bench.watch(`${bench.repository}:v1`);
      for (let looks = 0; looks < 3; looks++) {
        await bench.run();
        await bench.clock.advance(6 * 60 * minute);
      }
      assert.deepEqual(
        (await bench.told()).map(({ type, details }) => [type, details['code']]),
        [[lookupFailed, 'registry/denied']],
      );
      const login = { user: 'ann', secret: 'sesame' };
      await addRegistry({ ...bench.world, secrets: bench.secrets }, 'team', bench.registry.host, login, null);
      await bench.run();
      assert.equal(bench.sent().length, 1);
      const [watch] = await bench.sql.query('select failure, failures from watch');
      assert.deepEqual(watch, { failure: null, failures: 0 });
    },
    { auth: 'basic', username: 'ann', password: 'sesame' },
  ));

test('one login serves the tags of a repository', () =>
  withWatches(
    async (bench) => {
      for (let number = 0; number < 50; number++) {
        bench.tags.set(`v${number}`, one);
        await bench.watch(`${bench.repository}:v${number}`);
      }
      await bench.run();
      assert.equal(bench.sent().length, 50);
      assert.ok(bench.registry.count(/\/token/) <= 4);
    },
    { auth: 'anonymous-bearer' },
  ));

test('what is switched off is left alone, and what is switched on again is looked at at once', () =>
  withWatches(async (bench) => {
    const { sql, clock, repository } = bench;
    const id = subscriptionId('team', `${repository}:v1`, 'tag_update');
    bench.tags.set('v1', one);
    await bench.watch(`${repository}:v1`);
    await bench.run();
    for (const [active, looks] of [
      [false, 1],
      [true, 2],
    ] as const) {
      await changeSubscription({ sql }, 'team', id, { active }, clock.now());
      await bench.run();
      assert.equal(heads(bench), looks);
    }
    await sql.query(`update account set state = 'disabled' where account = 'team'`);
    await clock.advance(60 * minute);
    await bench.run();
    assert.equal(heads(bench), 2, 'nor what a disabled account watches');
    await sql.query(`update account set state = 'enabled' where account = 'team'`);
    await removeSubscription({ sql }, 'team', id);
    await bench.run();
    assert.equal(heads(bench), 2);
    assert.deepEqual(await sql.query('select * from watch'), []);
  }));

test('keys that no registry could have are watched by nobody and hold up nothing', () =>
  withWatches(async (bench) => {
    for (const key of ['', 'a b', `${bench.repository}@${one}`, bench.repository, `${bench.repository}:`])
      await bench.watch(key);
    await bench.watch(`${bench.repository}:v1`, 'repo_update');
    await bench.run();
    assert.equal(bench.registry.requests.length, 0);
    assert.deepEqual(await bench.told(), []);
  }));

test('two processes share the work: each tag is asked for by one of them', () =>
  withWatches(async (bench) => {
    for (let number = 0; number < 120; number++) {
      bench.tags.set(`v${number}`, one);
      await bench.watch(`${bench.repository}:v${number}`);
    }
    await Promise.all([bench.run(), bench.run()]);
    assert.equal(heads(bench), 120);
    assert.equal(bench.sent().length, 120);
  }));

test('what a process had in hand when it died is looked at by another', () =>
  withWatches(async (bench) => {
    const { clock } = bench;
    bench.tags.set('v1', one);
    await bench.watch(`${bench.repository}:v1`);
    const gone = new Fault('network/unreachable', 'the queue is away');
    const dying = { ...bench.world, queues: () => ({ send: () => Promise.reject(gone) }) as unknown as Queue };
    await assert.rejects(runWatches(dying), gone);
    await bench.run();
    assert.equal(heads(bench), 1, 'it may still be at it');
    await clock.advance(21 * minute);
    await bench.run();
    assert.deepEqual(bench.sent(), [pushed(bench, 'v1', one)]);
  }));

test('a run ends after some minutes, and says that there is more', () =>
  withWatches(async (bench) => {
    for (let number = 0; number < 100; number++) {
      bench.tags.set(`v${number}`, one);
      await bench.watch(`${bench.repository}:v${number}`);
    }
    // Half a minute a look.
    const slow = { ...bench.clock, now: () => bench.clock.now() + heads(bench) * 30_000 };
    const next = await runWatches({ ...bench.world, clock: slow });
    assert.deepEqual(next, [{ kind: 'watch.due' }]);
    const looked = heads(bench);
    assert.ok(looked >= 12 && looked < 20, String(looked));
    await bench.clock.advance(30 * minute);
    await bench.run();
    assert.equal(new Set(bench.registry.requests).size, 100, 'the next run does the rest');
  }));

test('where a registry tells of pushes by itself a tag is looked at once', async () => {
  const telling: string[] = [];
  await withWatches(
    async (bench) => {
      telling.push(bench.registry.host);
      bench.tags.set('v1', one);
      await bench.watch(`${bench.repository}:v1`);
      await bench.watch(bench.repository, 'repo_update');
      for (let hours = 0; hours < 48; hours++) {
        await bench.run();
        await bench.clock.advance(60 * minute);
      }
      assert.equal(heads(bench), 1);
      assert.equal(bench.registry.count(/tags\/list/), 3, 'its repository once a day');
    },
    {},
    { ...settings, telling },
  );
});

test('with the clock switched off a watch is looked at when it is switched on, and never again', () =>
  withWatches(
    async (bench) => {
      bench.tags.set('v1', one);
      await bench.watch(`${bench.repository}:v1`);
      for (let days = 0; days < 3; days++) {
        await bench.run();
        await bench.clock.advance(24 * 60 * minute);
      }
      assert.equal(heads(bench), 1);
    },
    {},
    { everyMs: null, telling: [] },
  ));

test('looks are spread over the time before the next', () =>
  withWatches(async (bench) => {
    for (let number = 0; number < 40; number++) {
      bench.tags.set(`v${number}`, one);
      await bench.watch(`${bench.repository}:v${number}`);
    }
    await bench.run();
    const turns = await bench.sql.query<{ due_at: number }>('select distinct due_at from watch');
    assert.ok(turns.length > 20);
    for (const { due_at: due } of turns)
      assert.ok(due > bench.clock.now() + 7 * minute && due < bench.clock.now() + 10 * minute);
    assert.deepEqual(await takeWatches(bench, bench.clock.now() + 7 * minute, 0, 20), []);
  }));
