import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { removeAccounts } from '#functions/remove-accounts.ts';
import { runWatches } from '#functions/run-watches.ts';
import { type Subscription, subscriptionId } from '#notices/subscription.ts';
import { changeSubscription, findSubscription, listSubscriptions } from '#notices/subscription-store.ts';
import type { Sql } from '#platform/sql.ts';
import type { EventOf } from '#schema/events.ts';
import type { Refusal } from '#test/support/registry-server.ts';
import { built, type WatchBench, withWatches } from '#test/support/watch-bench.ts';

const [one, two] = built.map(({ digest }) => digest) as [Digest, Digest];
const minute = 60_000;

/** Watches the repository as a request does. */
const watchAll = (bench: WatchBench, autosubscribe = false) =>
  bench.watch(bench.repository, 'repo_update', 'team', JSON.stringify({ autosubscribe, lookuptag: 'latest' }));

const idOf = ({ repository }: WatchBench) => subscriptionId('team', repository, 'repo_update');

const shownOf = async (bench: WatchBench) =>
  JSON.parse((await findSubscription(bench, 'team', idOf(bench)))?.value ?? 'null');

const later = async (bench: WatchBench, minutes = 10) => {
  await bench.clock.advance(minutes * minute);
  return await bench.run();
};

/** The tags that were sent, by kind. */
const sentTags = (bench: WatchBench, kind: 'image.pushed' | 'image.removed' = 'image.pushed') =>
  bench.sent().flatMap((event) => {
    if (event.kind !== kind) return [];
    return /:([^:@/]+)(@.*)?$/.exec((event as EventOf<'image.pushed'>).reference)?.[1] ?? [];
  });

const activeTypes = (all: readonly Subscription[], tag: string) =>
  all.filter(({ key, active }) => active && key.endsWith(`:${tag}`)).map(({ type }) => type);

for (const autosubscribe of [false, true])
  test(`tags of a watched repository are added, ${autosubscribe ? 'and watched' : 'not watched'}, and new ones when they come`, () =>
    withWatches(async (bench) => {
      const { sql, tags } = bench;
      tags.set('v1', one).set('v2', two);
      await watchAll(bench, autosubscribe);
      await bench.run();
      assert.equal((await bench.settle()).length, 2);
      assert.deepEqual(await shownOf(bench), {
        ...{ autosubscribe, lookuptag: 'latest', repotags: ['v1', 'v2'], tagcount: 2 },
      });
      tags.set('v3', one);
      await later(bench);
      assert.deepEqual(
        (await bench.settle()).filter(({ kind }) => kind === 'image.pushed').map((event) => event),
        [
          {
            ...{ kind: 'image.pushed', account: 'team', reference: `${bench.repository}:v3` },
            ...{ at: bench.clock.now(), autosubscribe },
          },
        ],
      );
      assert.equal((await shownOf(bench)).tagcount, 3);
      const all = await listSubscriptions({ sql }, 'team', { key: null, type: null, after: '', limit: 100 });
      for (const tag of ['v1', 'v2', 'v3'])
        assert.deepEqual(activeTypes(all, tag).sort(), [
          'analysis_update',
          ...(autosubscribe ? (['tag_update'] as const) : []),
        ]);
      assert.deepEqual(await bench.told(), []);
    }));

test('a tag that moves is the business of whoever watches the tag, and one that was deleted here does not come back', () =>
  withWatches(async (bench) => {
    bench.tags.set('v1', one);
    await watchAll(bench);
    await bench.run();
    await bench.settle();
    await bench.sql.query('delete from image');
    bench.tags.set('v1', two);
    await later(bench, 24 * 60);
    assert.deepEqual(bench.sent(), []);
  }));

test('tags that are gone are noted, and new when they come back', () =>
  withWatches(async (bench) => {
    const { tags } = bench;
    tags.set('v1', one).set('v2', two);
    await watchAll(bench);
    await bench.run();
    await bench.settle();
    tags.delete('v2');
    await later(bench);
    assert.deepEqual(await bench.settle(), [
      {
        ...{ kind: 'image.removed', account: 'team', reference: `${bench.repository}:v2@${two}` },
        ...{ at: bench.clock.now() },
      },
    ]);
    assert.equal((await shownOf(bench)).tagcount, 1);
    tags.set('v2', two);
    await later(bench);
    assert.deepEqual(sentTags(bench), ['v2']);
  }));

test('a repository that suddenly lists nothing is asked once more before that is believed', () =>
  withWatches(async (bench) => {
    const { tags } = bench;
    tags.set('v1', one);
    await watchAll(bench);
    await bench.run();
    await bench.settle();
    tags.clear();
    await later(bench);
    assert.deepEqual(bench.sent(), []);
    assert.deepEqual(
      (await bench.told()).map(({ type, resource }) => [type, resource]),
      [['system.repository.list_tags_fail', bench.repository]],
    );
    await later(bench, 60);
    assert.deepEqual(sentTags(bench, 'image.removed'), ['v1']);
    assert.equal((await shownOf(bench)).tagcount, 0);
    await later(bench, 60);
    assert.deepEqual(bench.sent(), []);
    assert.equal((await bench.told()).length, 1);
  }));

test('a list that breaks off takes nothing away, and is told once', () => {
  let broken = false;
  const refuses = ({ url }: { url?: string | undefined }): Refusal | null =>
    broken && url!.includes('last=') ? { status: 400, code: 'PAGINATION_NUMBER_INVALID' } : null;
  return withWatches(
    async (bench) => {
      for (let number = 0; number < 1500; number++) bench.tags.set(`v${number}`, one);
      await watchAll(bench);
      await bench.run();
      assert.equal(bench.sent().length, 1500);
      broken = true;
      for (let looks = 0; looks < 3; looks++) await later(bench, 6 * 60);
      assert.deepEqual(bench.sent(), []);
      assert.equal((await bench.told()).length, 1);
      broken = false;
      await later(bench, 6 * 60);
      assert.deepEqual(bench.sent(), []);
      assert.equal((await shownOf(bench)).tagcount, 1500);
    },
    { refuses },
  );
});

test('thousands of tags are all added, page by page; what is shown of them stays small', () =>
  withWatches(async (bench) => {
    const names = Array.from({ length: 12_345 }, (_, number) => `build-${number}-of-the-main-branch`);
    for (const name of names) bench.tags.set(name, one);
    await watchAll(bench);
    await bench.run();
    assert.deepEqual(sentTags(bench).sort(), names.sort());
    assert.equal(bench.registry.count(/tags\/list/), 13);
    const { value } = (await findSubscription(bench, 'team', idOf(bench)))!;
    assert.ok(value!.length < 20_000);
    assert.equal(JSON.parse(value!).tagcount, 12_345);
    await later(bench);
    assert.deepEqual(bench.sent(), []);
    bench.tags.set('one-more', two);
    await later(bench);
    assert.deepEqual(sentTags(bench), ['one-more']);
  }));

test('signatures and what else tools keep under tags are no tags of the repository', () =>
  withWatches(async (bench) => {
    bench.tags.set('v1', one);
    for (const end of ['', '.sig', '.att', '.sbom']) bench.tags.set(`${two.replace(':', '-')}${end}`, two);
    await watchAll(bench);
    await bench.run();
    assert.deepEqual(sentTags(bench), ['v1']);
    assert.deepEqual((await shownOf(bench)).repotags, ['v1']);
  }));

test('tags that were sent and not remembered, because the process died, are sent again', () =>
  withWatches(async (bench) => {
    bench.tags.set('v1', one).set('v2', two);
    await watchAll(bench);
    const gone = new Fault('sql/unavailable', 'the database is away');
    const dying: Sql = {
      query: (statement, parameters) =>
        statement.includes('insert into watched_tag') ? Promise.reject(gone) : bench.sql.query(statement, parameters),
      transaction: (work) => bench.sql.transaction(work),
    };
    await assert.rejects(runWatches({ ...bench.world, sql: dying }), gone);
    assert.deepEqual(sentTags(bench), ['v1', 'v2']);
    await later(bench, 21);
    assert.deepEqual(sentTags(bench), ['v1', 'v2']);
    await later(bench);
    assert.deepEqual(bench.sent(), []);
  }));

test('a watch that was away adds what came meanwhile and nothing else', () =>
  withWatches(async (bench) => {
    const { sql, clock, tags } = bench;
    tags.set('v1', one);
    await watchAll(bench);
    await bench.run();
    bench.sent();
    await changeSubscription({ sql }, 'team', idOf(bench), { active: false }, clock.now());
    tags.set('v2', two);
    await later(bench);
    assert.deepEqual(bench.sent(), []);
    await changeSubscription({ sql }, 'team', idOf(bench), { active: true }, clock.now());
    await bench.run();
    assert.deepEqual(sentTags(bench), ['v2']);
  }));

test('what its owner writes into a value while the registry is asked is kept', () =>
  withWatches(async (bench) => {
    const { sql, clock, tags } = bench;
    tags.set('v1', one);
    await watchAll(bench);
    const written = JSON.stringify({ autosubscribe: true, mine: 1 });
    const clientOf: typeof bench.world.registries.clientOf = async (...asked) => {
      await changeSubscription({ sql }, 'team', idOf(bench), { value: written }, clock.now());
      return await bench.world.registries.clientOf(...asked);
    };
    await runWatches({ ...bench.world, registries: { clientOf } });
    assert.deepEqual(await shownOf(bench), JSON.parse(written));
    tags.set('v2', two);
    await later(bench);
    assert.deepEqual((await shownOf(bench)).tagcount, 2);
    assert.deepEqual(
      bench.sent().map((event) => event.kind === 'image.pushed' && event.autosubscribe),
      [false, true],
    );
  }));

test('what one account watches is nothing to another, and is gone with the account', () =>
  withWatches(async (bench) => {
    const { sql, tags, repository } = bench;
    tags.set('v1', one);
    await watchAll(bench);
    await bench.watch(repository, 'repo_update', 'other');
    await bench.watch(`127.0.0.1:1/dead`, 'repo_update', 'other');
    await bench.run();
    assert.deepEqual(
      bench
        .sent()
        .map((event) => 'account' in event && event.account)
        .sort(),
      ['other', 'team'],
    );
    assert.deepEqual(await bench.told(), []);
    assert.equal((await bench.told('other')).length, 1);
    await sql.query(`update account set state = 'deleting' where account = 'other'`);
    await sql.query(`delete from app_user where account = 'other'`);
    assert.equal(await removeAccounts({ ...bench.world, secrets: bench.secrets, blobs: bench.blobs }, () => false), 1);
    for (const table of ['watch', 'watched_tag', 'registry_rest', 'event_log']) {
      const rows = await sql.query(`select * from ${table}`);
      assert.ok(rows.length === (table === 'watch' || table === 'watched_tag' ? 1 : 0), table);
    }
  }));
