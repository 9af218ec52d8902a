import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { admitToCatalog, type NewImage } from '#catalog/admit-store.ts';
import { findImage, findImageById, findImages, moveImage } from '#catalog/image-store.ts';
import { listImages } from '#catalog/listed-image-store.ts';
import { type ImageEvent, imageStates, transitions } from '#catalog/lifecycle.ts';
import { recordTag, tagHistory, tagsOf } from '#catalog/tag-store.ts';
import { noteAttempt } from '#catalog/note-attempt.ts';
import type { Digest } from '#core/digest.ts';
import { Fault, type FaultCode } from '#core/fault.ts';
import { silentLog } from '#core/log.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';

const all = { status: null, state: null, platform: null };

const digestOf = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;

function newImage(digit: string, more: Partial<NewImage> = {}): NewImage {
  return {
    account: 'team',
    digest: digestOf(digit),
    parentDigest: digestOf(digit),
    imageId: digit.repeat(64),
    platform: 'linux/amd64',
    pullReference: `registry.example/app@${digestOf(digit)}`,
    dockerfile: null,
    annotations: {},
    createdAt: 1000,
    ...more,
  };
}

async function withTeams(work: (world: { sql: Sql }) => Promise<void>): Promise<void> {
  await inRollback(async (sql) => {
    for (const name of ['team', 'other'])
      await addAccount({ sql }, { name, type: 'user', user: `${name}-user`, password: 'x' }, 1);
    await work({ sql });
  });
}

test('an image admitted twice is one image; annotations are merged, null removes one', async () => {
  await withTeams(async (world) => {
    const first = await admitToCatalog(world, newImage('1', { annotations: { a: '1', b: '2' } }), 1000);
    const again = await admitToCatalog(world, newImage('1', { annotations: { b: null, c: '3' } }), 2000);
    assert.deepEqual([first.added, again.added], [true, false]);
    assert.equal(first.image.imageNo, again.image.imageNo);
    assert.deepEqual(again.image.annotations, { a: '1', c: '3' });
    assert.equal(again.image.state, 'not_analyzed');
    const same = await admitToCatalog(world, newImage('1'), 9000);
    assert.equal(same.image.updatedAt, 2000);
  });
});

test('an image moves only along its life, and a second delivery of an event changes nothing', async () => {
  await withTeams(async (world) => {
    const { image } = await admitToCatalog(world, newImage('1'), 1000);
    const content = {
      report: 'key',
      size: 5,
      layerCount: 1,
      arch: 'amd64',
      distro: 'alpine',
      distroVersion: '3.9',
      namespace: 'alpine:3.9',
      base: { reference: 'registry.example/alpine:3.9', digest: null, layers: 1, by: 'layers' },
    } as const;
    assert.equal(await moveImage(world, image, 'indexed', 1100), null);
    assert.equal((await moveImage(world, image, 'claimed', 1100))?.state, 'analyzing');
    assert.equal((await moveImage(world, image, 'claimed', 1200))?.attempts, 2);
    assert.deepEqual((await moveImage(world, image, 'indexed', 1300, { content }))?.content, content);
    assert.equal(await moveImage(world, image, 'indexed', 1400), null);
    const judged = await moveImage(world, image, 'judged', 1500);
    assert.deepEqual([judged?.state, judged?.analyzedAt, judged?.content], ['analyzed', 1500, content]);
    assert.equal(await moveImage(world, image, 'failed', 1600, { failure: 'late' }), null);
    const requeued = await moveImage(world, image, 'requeued', 1700);
    assert.deepEqual([requeued?.state, requeued?.attempts], ['not_analyzed', 0]);
    assert.equal((await moveImage(world, image, 'failed', 1800, { failure: 'no disk' }))?.failure, 'no disk');
  });
});

test('an attempt that breaks off says why until the image is done; one whose process died is told as that', async () => {
  await withTeams(async (world) => {
    const { image } = await admitToCatalog(world, newImage('1'), 1000);
    const claim = async () => (await moveImage(world, image, 'claimed', 1100))?.failure;
    const breakOff = (code: FaultCode, message: string) =>
      assert.rejects(
        noteAttempt({ ...world, log: silentLog }, image, async () => {
          throw new Fault(code, message);
        }),
        { code, message },
      );
    await breakOff('network/unreachable', 'nobody is at it');
    assert.equal(await claim(), null);
    await breakOff('network/unreachable', 'the registry does not answer');
    const why = 'attempt 1 broke off: the registry does not answer (network/unreachable)';
    assert.equal((await findImage(world, 'team', image.digest))?.failure, why);
    assert.equal(await claim(), why, 'it is tried again');
    assert.equal(await claim(), 'attempt 2 ended without a word: the process that had it died');
    assert.equal(await claim(), 'attempt 3 ended without a word: the process that had it died');
    assert.equal((await moveImage(world, image, 'indexed', 1200))?.failure, null);
    await breakOff('feed/failed', 'no advisories');
    assert.equal(
      (await findImage(world, 'team', image.digest))?.failure,
      'attempt 4 broke off: no advisories (feed/failed)',
    );
    assert.equal((await moveImage(world, image, 'judged', 1200))?.failure, null);
  });
});

test('every event of the life of an image leads from known states to a known state', () => {
  for (const event of Object.keys(transitions) as ImageEvent[]) {
    const { from, to } = transitions[event];
    assert.ok(imageStates.includes(to));
    for (const state of from) assert.ok(imageStates.includes(state));
  }
});

test('an account sees its own images only', async () => {
  await withTeams(async (world) => {
    await admitToCatalog(world, newImage('1'), 1000);
    assert.equal(await findImage(world, 'other', digestOf('1')), null);
    assert.equal(await findImageById(world, 'other', '1'.repeat(64)), null);
    assert.deepEqual(await listImages(world, 'other', all, null, 10), []);
    assert.equal(await moveImage(world, { account: 'other', digest: digestOf('1') }, 'claimed', 1), null);
  });
});

test('the digest of an index finds its newest image', async () => {
  await withTeams(async (world) => {
    await admitToCatalog(world, newImage('1', { parentDigest: digestOf('9'), createdAt: 1 }), 1000);
    await admitToCatalog(world, newImage('2', { parentDigest: digestOf('9'), createdAt: 2 }), 1000);
    assert.equal((await findImage(world, 'team', digestOf('9')))?.digest, digestOf('2'));
    assert.equal((await findImage(world, 'team', digestOf('1')))?.digest, digestOf('1'));
  });
});

test('pages of a list give every image once, newest first', async () => {
  await withTeams(async (world) => {
    for (const digit of '12345')
      await admitToCatalog(world, newImage(digit, { createdAt: digit === '5' ? 4 : Number(digit) }), 1);
    const seen: string[] = [];
    for (let page = await listImages(world, 'team', all, null, 2); page.length > 0; ) {
      seen.push(...page.map((image) => image.digest[7]!));
      page = await listImages(world, 'team', all, page.at(-1)!, 2);
    }
    assert.deepEqual(seen, ['5', '4', '3', '2', '1']);
  });
});

test('events of a tag that come twice or out of order give one history', async () => {
  const moves = [
    { digit: '1', at: 100 },
    { digit: '2', at: 200 },
    { digit: '1', at: 300 },
  ];
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2, 1, 0],
    [2, 2, 0, 1],
  ])
    await withTeams(async (world) => {
      for (const digit of '12') await admitToCatalog(world, newImage(digit), 1);
      for (const at of order) {
        const move = moves[at]!;
        await recordTag(world, 'team', {
          registry: 'r',
          repository: 'app',
          tag: 'v1',
          digest: digestOf(move.digit),
          detectedAt: move.at,
        });
      }
      const history = await tagHistory(world, 'team', { registry: 'r', repository: 'app', tag: 'v1' }, 10);
      assert.deepEqual(
        history.map((tag) => [tag.digest?.[7], tag.detectedAt]),
        [
          ['1', 300],
          ['2', 200],
          ['1', 100],
        ],
      );
      assert.equal((await tagsOf(world, 'team', [digestOf('1')])).get(digestOf('1'))?.[0]?.detectedAt, 300);
    });
});

test('annotations that would grow without end are refused, and nothing is changed', async () => {
  await withTeams(async (world) => {
    const annotate = (key: string) =>
      admitToCatalog(world, newImage('1', { annotations: { [key]: 'x'.repeat(8000) } }), 1000);
    await annotate('a');
    await annotate('b');
    await assert.rejects(annotate('c'), { code: 'input/too-large', message: /annotations/ });
    const { annotations } = (await findImage(world, 'team', digestOf('1')))!;
    assert.deepEqual(Object.keys(annotations), ['a', 'b']);
    const fewer = await admitToCatalog(world, newImage('1', { annotations: { a: null, b: null } }), 1000);
    assert.deepEqual(fewer.image.annotations, {});
  });
});

test('several images are found by their digests, in the account alone', async () => {
  await withTeams(async (world) => {
    for (const digit of '123') await admitToCatalog(world, newImage(digit), 1);
    await admitToCatalog(world, newImage('4', { account: 'other' }), 1);
    const found = await findImages(world, 'team', ['2', '3', '4', '5'].map(digestOf));
    assert.deepEqual(found.map(({ digest }) => digest).sort(), ['2', '3'].map(digestOf));
    assert.deepEqual(await findImages(world, 'team', []), []);
  });
});

test('an image that thousands of tags point to has them all, the newest first', async () => {
  await withTeams(async (world) => {
    for (const digit of '12') await admitToCatalog(world, newImage(digit), 1);
    await world.sql.query(
      `insert into image_tag (account, registry, repository, tag, detected_at, digest)
       select 'team', 'r', 'app', 'build-' || n, n, :digest::text from generate_series(1, 2500) as n`,
      { digest: digestOf('1') },
    );
    await recordTag(world, 'team', {
      ...{ registry: 'r', repository: 'app', tag: 'v1', digest: digestOf('2'), detectedAt: 7 },
    });
    const tags = await tagsOf(world, 'team', [digestOf('1'), digestOf('2')]);
    assert.deepEqual(
      tags.get(digestOf('1'))?.map(({ tag }) => tag),
      Array.from({ length: 2500 }, (_, at) => `build-${2500 - at}`),
    );
    assert.equal(tags.get(digestOf('2'))?.length, 1);
  });
});
