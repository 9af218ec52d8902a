import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { endAnalysis } from '#catalog/end-analysis.ts';
import { failImage } from '#catalog/fail-image.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { findImage, moveImage } from '#catalog/image-store.ts';
import { pointTag } from '#catalog/point-tag.ts';
import { recordTag } from '#catalog/tag-store.ts';
import { type Digest, digestOf } from '#core/digest.ts';
import { silentLog } from '#core/log.ts';
import type { Queues } from '#platform/queue.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { eventsOf } from '#test/support/event-log.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const account = 'crew';
const digest = digestOf('image');
const place = { registry: 'quay.test', repository: 'crew/app' };

interface Bench {
  readonly world: {
    readonly sql: Sql;
    readonly clock: TestClock;
    readonly queues: Queues;
    readonly log: typeof silentLog;
  };
  readonly sent: unknown[];
  admit(image: Digest, annotations?: Readonly<Record<string, string>>, index?: Digest): Promise<void>;
  point(tag: string, image: Digest, detectedAt: number): Promise<void>;
  readonly reachMatching: () => Promise<void>;
}

/** An image that is being analysed. */
async function withImage(work: (bench: Bench) => Promise<void>): Promise<void> {
  await inRollback(async (sql) => {
    await addAccount({ sql }, { name: account, type: 'user', user: 'captain', password: 'x' }, 1);
    const sent: unknown[] = [];
    const send = async (bodies: readonly string[]) => void sent.push(...bodies.map((body) => JSON.parse(body)));
    const world = { sql, clock: testClock(), queues: (() => ({ send })) as unknown as Queues, log: silentLog };
    const admit = async (image: Digest, annotations = {}, index = image) => {
      const rest = { platform: 'linux/amd64', pullReference: `r/a@${image}`, dockerfile: null, annotations };
      const named = { account, digest: image, parentDigest: index, imageId: image.slice(7), createdAt: 1 };
      await admitToCatalog(world, { ...named, ...rest }, 1);
    };
    const point = (tag: string, image: Digest, detectedAt: number) =>
      recordTag(world, account, { ...place, tag, digest: image, detectedAt });
    const reachMatching = async () => {
      for (const event of ['claimed', 'indexed'] as const) await moveImage(world, { account, digest }, event, 2);
    };
    await admit(digest, { owner: 'deck' });
    await work({ world, sent, admit, point, reachMatching });
  });
}

test('the end of an analysis is told once for each tag that points to the image then', () =>
  withImage(async ({ world, admit, point, reachMatching }) => {
    const other = digestOf('other');
    await admit(other);
    for (const [tag, image, at] of [
      ['v1', digest, 1],
      ['latest', digest, 1],
      ['old', digest, 1],
      ['old', other, 2],
    ] as const)
      await point(tag, image, at);
    await reachMatching();
    for (const told of [true, false])
      assert.equal((await endAnalysis(world, { account, digest }, { kind: 'judged' })) !== null, told);
    const events = await eventsOf(world.sql, account);
    assert.deepEqual(
      events.map(({ type, resource, heardBy, service }) => [type, resource, heardBy, service]),
      ['quay.test/crew/app:latest', 'quay.test/crew/app:v1'].map((tag) => [
        ...['user.image.analysis.completed', tag, `analysis_update ${tag}`, 'analyzer'],
      ]),
    );
    const common = { imageDigest: digest, annotations: { owner: 'deck' } };
    assert.deepEqual(events[0]!.details, {
      ...{ subscription_type: 'analysis_update', ...common },
      curr_eval: { analysis_status: 'analyzed', ...common },
      last_eval: { analysis_status: 'analyzing', ...common },
    });
  }));

test('an image that fails is told with its reason, and who looks after the system hears of it too', () =>
  withImage(async ({ world, sent, point }) => {
    await point('v1', digest, 1);
    for (const _ of [1, 2]) await failImage(world, { account, digest }, 'the layer is cut off');
    const events = await eventsOf(world.sql, account);
    assert.deepEqual(
      events.map(({ type, resource, heardBy }) => [type, resource, heardBy]),
      [
        ['system.image_analysis.failed', digest, null],
        ['user.image.analysis.failed', 'quay.test/crew/app:v1', 'analysis_update quay.test/crew/app:v1'],
      ],
    );
    assert.equal(events[0]!.details.reason, 'the layer is cut off');
    assert.equal(events[1]!.details.reason, 'the layer is cut off');
    assert.equal(events[1]!.details.curr_eval.analysis_status, 'analysis_failed');
    assert.deepEqual(sent, [{ kind: 'notice.raised', account }], 'what had failed already is not told again');
  }));

test('an image that cannot be judged is told as that', () =>
  withImage(async ({ world, point, reachMatching }) => {
    await point('v1', digest, 1);
    await reachMatching();
    await failImage(world, { account, digest }, 'the report is gone', 'judgement');
    assert.deepEqual(
      (await eventsOf(world.sql, account)).map(({ type, resource, service }) => [type, resource, service]),
      ['user.image.analysis.failed', 'system.image_analysis.policy_engine_load_failed'].map((type) => [
        ...[type, 'quay.test/crew/app:v1', 'policy_engine'],
      ]),
    );
  }));

test('an image that is analysed again is told again', () =>
  withImage(async ({ world, point, reachMatching }) => {
    await point('v1', digest, 1);
    for (const _ of [1, 2]) {
      await reachMatching();
      await endAnalysis(world, { account, digest }, { kind: 'judged' });
      await world.clock.advance(1);
      await moveImage(world, { account, digest }, 'requeued', world.clock.now());
    }
    assert.equal((await eventsOf(world.sql, account)).length, 2);
  }));

test('a tag that is put on an analysed image is told of its analysis, once', () =>
  withImage(async ({ world, admit, reachMatching }) => {
    const other = digestOf('other');
    await admit(other);
    const tag = (image: Digest, detectedAt: number) =>
      pointTag(world, account, { ...place, tag: 'v1', digest: image, detectedAt });
    assert.equal(await tag(digest, 1), false, 'it is not analysed yet');
    await reachMatching();
    await endAnalysis(world, { account, digest }, { kind: 'judged' });
    assert.equal((await eventsOf(world.sql, account)).length, 1);
    await world.clock.advance(10);
    assert.equal(await tag(digest, 2), false, 'it points there already');
    assert.equal(await tag(other, 3), true, 'the other image is not analysed, but the tag moved');
    assert.equal(await tag(digest, 2), false, 'what is heard of late is not so any more');
    assert.equal(await tag(digest, 4), true);
    assert.equal(await tag(digest, 4), false);
    assert.deepEqual(
      (await eventsOf(world.sql, account)).map(({ type, service }) => [type, service]),
      [
        ['user.image.analysis.completed', 'analyzer'],
        ['user.image.tag.updated', 'catalog'],
        ['user.image.tag.updated', 'catalog'],
        ['user.image.analysis.completed', 'catalog'],
      ],
    );
  }));

test('an image of an index is told for the tags of the index', () =>
  withImage(async ({ world, admit, point, reachMatching }) => {
    const index = digestOf('index');
    await admit(digest, {}, index);
    await point('multi', index, 1);
    await reachMatching();
    await endAnalysis(world, { account, digest }, { kind: 'judged' });
    const again = { ...place, tag: 'again', digest: index, detectedAt: 2 };
    assert.equal(await pointTag(world, account, again), true);
    assert.deepEqual(
      (await eventsOf(world.sql, account)).map(({ resource }) => resource),
      ['quay.test/crew/app:multi', 'quay.test/crew/app:again'],
    );
  }));

test('annotations that no event could hold do not keep an image from its end', () =>
  withImage(async ({ world, admit, point, reachMatching }) => {
    const annotations = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key${i}`, '€'.repeat(390)]));
    await admit(digest, annotations);
    await point('v1', digest, 1);
    await reachMatching();
    await endAnalysis(world, { account, digest }, { kind: 'judged' });
    assert.equal((await findImage(world, account, digest))?.state, 'analyzed');
    const [event] = await eventsOf(world.sql, account);
    assert.equal(Object.keys(event!.details.annotations).length, 6);
  }));
