import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { findImage, moveImage } from '#catalog/image-store.ts';
import type { Digest } from '#core/digest.ts';
import { silentLog } from '#core/log.ts';
import type { PipelineWorld } from '#functions/pipeline.ts';
import { askRenewal, moveRenewal } from '#policy/renewal-store.ts';
import { type SweepSettings, sweepUnfinished } from '#functions/sweep-unfinished.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';

const hour = 3_600_000;
const settings: SweepSettings = { quietMs: hour, busyQuietMs: 24 * hour, upTo: 250 };
const digestOf = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}` as Digest;

/** A catalog in which nothing else is on its way, `now` after the epoch, and queues in which so many messages wait. */
async function withCatalog(
  waiting: number,
  work: (bench: { world: PipelineWorld; sent: string[]; admit(n: number, at: number): Promise<void> }) => Promise<void>,
): Promise<void> {
  await inRollback(async (sql) => {
    await sql.query(`update image set status = 'deleting' where status = 'active'`);
    await addAccount({ sql }, { name: 'swept', type: 'user', user: 'sweeper', password: 'x' }, 1);
    const sent: string[] = [];
    const queues = (name: string) => ({
      depth: async () => ({ waiting: name === 'image.queued' ? waiting : 0, inHand: 0, dead: 0 }),
      send: async (bodies: readonly string[]) => void sent.push(...bodies),
    });
    const world = { sql, queues, clock: testClock(100 * hour), log: silentLog } as unknown as PipelineWorld;
    const admit = async (n: number, at: number) => {
      const digest = digestOf(n);
      const image = { account: 'swept', digest, parentDigest: digest, imageId: digest.slice(7), createdAt: at };
      const rest = { platform: 'linux/amd64', pullReference: `r/a@${digest}`, dockerfile: null, annotations: {} };
      await admitToCatalog({ sql }, { ...image, ...rest }, at);
    };
    await work({ world, sent, admit });
  });
}

const numberOf = (body: string) => Number.parseInt((JSON.parse(body) as { digest: string }).digest.slice(7), 16);

test('images that no message speaks of are sent on again, each with the event of its state', async () => {
  await withCatalog(0, async ({ world, sent, admit }) => {
    for (const n of [1, 2]) await admit(n, hour);
    await admit(3, 99.5 * hour);
    for (const event of ['claimed', 'indexed'] as const)
      await moveImage(world, { account: 'swept', digest: digestOf(2) }, event, hour);
    assert.equal(await sweepUnfinished(world, settings), 2);
    assert.deepEqual(sent.map((body) => (JSON.parse(body) as { kind: string }).kind).sort(), [
      'image.analyzed',
      'image.queued',
    ]);
  });
});

test('a sweep goes on over all pages, the oldest first, until the queues are full enough', async () => {
  await withCatalog(0, async ({ world, sent, admit }) => {
    // Many of the same moment, as after a reconciliation.
    for (let n = 1; n <= 260; n++) await admit(n, n > 130 ? 2 * hour : hour);
    assert.equal(await sweepUnfinished(world, settings), 250);
    assert.deepEqual(
      sent.map(numberOf).sort((a, b) => a - b),
      Array.from({ length: 250 }, (_, i) => i + 1),
    );
  });
});

test('while messages wait only what stood still for a day is sent again, and no more than there is room for', async () => {
  await withCatalog(248, async ({ world, sent, admit }) => {
    for (let n = 1; n <= 4; n++) await admit(n, n * hour);
    await admit(5, 90 * hour);
    assert.equal(await sweepUnfinished(world, settings), 2);
    assert.deepEqual(sent.map(numberOf), [1, 2]);
  });
  await withCatalog(1, async ({ world, admit }) => {
    await admit(1, hour);
    assert.equal(await sweepUnfinished(world, { ...settings, busyQuietMs: null }), 0);
    await admit(2, 90 * hour);
    assert.equal(await sweepUnfinished(world, settings), 1);
  });
});

test('an image whose analysis began too often is failed with the reason and takes no place in a queue', async () => {
  await withCatalog(0, async ({ world, sent, admit }) => {
    await admit(1, hour);
    for (let i = 0; i < 20; i++) await moveImage(world, { account: 'swept', digest: digestOf(1) }, 'claimed', hour);
    assert.equal(await sweepUnfinished(world, settings), 0);
    assert.deepEqual(
      sent.map((body) => JSON.parse(body)),
      [{ kind: 'notice.raised', account: 'swept' }],
    );
    const image = await findImage(world, 'swept', digestOf(1));
    assert.equal(image?.state, 'analysis_failed');
    assert.match(image?.failure ?? '', /began 20 times/);
  });
});

test('a renewal of verdicts whose messages are lost goes on where it was', async () => {
  await withCatalog(0, async ({ world, sent, admit }) => {
    for (const n of [1, 2, 3]) await admit(n, 99.5 * hour);
    await world.sql.query(`update image set state = 'analyzed' where account = 'swept'`);
    const { asking } = await askRenewal(world, 'swept', 'evaluating', hour);
    await moveRenewal(world, { account: 'swept', asking, after: '' }, digestOf(1), 2 * hour);
    await addAccount(world, { name: 'waiting', type: 'user', user: 'waiter', password: 'x' }, 1);
    await askRenewal(world, 'waiting', 'evaluating', 99.5 * hour);
    await sweepUnfinished(world, settings);
    assert.deepEqual(sent.map(numberOf), [2, 3]);
    assert.deepEqual((JSON.parse(sent[1]!) as { onward: number }).onward, asking);
  });
});
