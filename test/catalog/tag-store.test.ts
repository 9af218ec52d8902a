import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { endTags, recordTag, tagHistory, tagsAt, tagsOf } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';

const digestOf = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;
const where = { registry: 'r', repository: 'app' };

/** Images 1, 2 and 3 in the catalog; 3 came from the index 9. */
async function withImages(work: (world: { sql: Sql }) => Promise<void>): Promise<void> {
  await inRollback(async (sql) => {
    for (const name of ['team', 'other'])
      await addAccount({ sql }, { name, type: 'user', user: `${name}-user`, password: 'x' }, 1);
    for (const digit of '123') {
      const digest = digestOf(digit);
      const parentDigest = digit === '3' ? digestOf('9') : digest;
      const image = { account: 'team', digest, parentDigest, imageId: '', platform: 'linux/amd64', createdAt: 1 };
      await admitToCatalog(
        { sql },
        { ...image, pullReference: `r/app@${digest}`, dockerfile: null, annotations: {} },
        1,
      );
    }
    await work({ sql });
  });
}

type Move = { readonly digit: string | null; readonly at: number; readonly tag?: string };

async function say(world: { sql: Sql }, { digit, at, tag = 'v1' }: Move): Promise<void> {
  if (digit === null) await endTags(world, 'team', where, [tag], at);
  else await recordTag(world, 'team', { ...where, tag, digest: digestOf(digit), detectedAt: at });
}

/** From when on the tag points where, without repetitions. */
async function history(world: { sql: Sql }, tag = 'v1'): Promise<readonly (readonly [string | null, number])[]> {
  const moves = (await tagHistory(world, 'team', { ...where, tag }, 20)).toReversed();
  return moves
    .filter(({ digest }, i) => i === 0 || moves[i - 1]!.digest !== digest)
    .map(({ digest, detectedAt }) => [digest?.[7] ?? null, detectedAt]);
}

function orders<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first, at) => orders(items.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}

test('pushes and deletions give one history, in whatever order and however often they are heard of', async () => {
  const cases: readonly (readonly Move[])[] = [
    [
      { digit: '1', at: 100 },
      { digit: null, at: 200 },
      { digit: '1', at: 300 },
    ],
    [
      { digit: '1', at: 100 },
      { digit: '2', at: 200 },
      { digit: '1', at: 300 },
      { digit: null, at: 400 },
    ],
    [
      { digit: '1', at: 100 },
      { digit: '2', at: 200 },
      { digit: null, at: 300 },
      { digit: null, at: 400 },
    ],
  ];
  for (const moves of cases) {
    const want = moves
      .filter(({ digit }, i) => i === 0 || moves[i - 1]!.digit !== digit)
      .map(({ digit, at }) => [digit, at]);
    for (const order of orders(moves))
      await withImages(async (world) => {
        for (const move of order) await say(world, move);
        assert.deepEqual(await history(world), want, JSON.stringify(order));
        for (const move of order.toReversed()) await say(world, move);
        assert.deepEqual(await history(world), want, `${JSON.stringify(order)}, all of it twice`);
      });
  }
});

test('a push and a deletion of the same moment leave the tag where it was pushed', async () => {
  for (const order of orders<Move>([
    { digit: '1', at: 100 },
    { digit: null, at: 100 },
  ]))
    await withImages(async (world) => {
      for (const move of order) await say(world, move);
      assert.deepEqual(await history(world), [['1', 100]]);
    });
});

test('deleting one tag ends no other, no other repository and no other account', async () => {
  await withImages(async (world) => {
    await say(world, { digit: '1', at: 100 });
    await say(world, { digit: '1', at: 100, tag: 'v2' });
    await endTags(world, 'team', { ...where, repository: 'copy' }, ['v1'], 200);
    await endTags(world, 'other', where, ['v1'], 200);
    await say(world, { digit: null, at: 200, tag: 'v2' });
    assert.deepEqual(
      [await history(world), await history(world, 'v2')],
      [
        [['1', 100]],
        [
          ['1', 100],
          [null, 200],
        ],
      ],
    );
  });
});

test('thousands of tags are ended, the pushes after it stay', async () => {
  await withImages(async (world) => {
    await world.sql.query(
      `insert into image_tag (account, registry, repository, tag, detected_at, digest)
       select 'team', 'r', 'app', 'build-' || n, n, :digest::text from generate_series(1, 2500) as n`,
      { digest: digestOf('1') },
    );
    const tags = await tagsAt(world, 'team', where, digestOf('1'), 2400);
    assert.equal(new Set(tags).size, 2400);
    await endTags(world, 'team', where, tags, 2400);
    assert.equal((await tagsAt(world, 'team', where, digestOf('1'), 5000)).length, 101);
  });
});

test('the tags of a digest are those that pointed to it at that moment, whether it is an image or an index', async () => {
  await withImages(async (world) => {
    await say(world, { digit: '9', at: 100, tag: 'a' });
    await say(world, { digit: '9', at: 100, tag: 'b' });
    await say(world, { digit: '1', at: 200, tag: 'b' });
    await say(world, { digit: null, at: 300, tag: 'a' });
    const at = (moment: number, digit = '9') => tagsAt(world, 'team', where, digestOf(digit), moment);
    assert.deepEqual([await at(99), await at(150), await at(250), await at(300)], [[], ['a', 'b'], ['a'], []]);
    assert.deepEqual([await at(250, '1'), await at(250, '3')], [['b'], []]);
    const tags = (await tagsOf(world, 'team', [digestOf('1'), digestOf('3')])).entries().toArray();
    assert.deepEqual(
      tags.map(([digest, of]) => [digest[7], of.map(({ tag, detectedAt }) => [tag, detectedAt])]),
      [
        ['1', [['b', 200]]],
        [
          '3',
          [
            ['a', 100],
            ['b', 100],
          ],
        ],
      ],
      'the tags of an index are those of its images',
    );
  });
});
