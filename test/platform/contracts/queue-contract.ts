import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Queues } from '#platform/queue.ts';
import { isFault } from '#test/support/is-fault.ts';
import type { TestClock } from '#test/support/test-clock.ts';

export interface TestQueues extends AsyncDisposable {
  readonly queues: Queues;
  /** The clock that the queues go by. */
  readonly clock: TestClock;
}

/**
 * What every implementation of the queue port promises. `open` gives empty queues whose messages die after three deliveries.
 * `noRedrive` is why an emulator cannot put dead messages back. `together` runs the tests side by side, where waiting takes real time.
 */
export function queueContract(
  name: string,
  options: { readonly skip: boolean; readonly noRedrive?: string; readonly together?: boolean },
  open: () => Promise<TestQueues>,
): void {
  describe(`${name} as the queue port`, { skip: options.skip, concurrency: options.together === true }, () => {
    const bodies = (deliveries: readonly { body: string }[]) => deliveries.map(({ body }) => body).sort();

    test('a message is received once, and gone when it was acknowledged', async () => {
      await using store = await open();
      const queue = store.queues('images');
      await queue.send(['{"a":1}', '{"b":"ü\\u0000"}']);
      assert.deepEqual(await queue.depth(), { waiting: 2, inHand: 0, dead: 0 });
      const first = await queue.receive(1, 30);
      const second = await queue.receive(10, 30);
      assert.deepEqual(bodies([...first, ...second]), ['{"a":1}', '{"b":"ü\\u0000"}']);
      assert.deepEqual(await queue.receive(10, 30), []);
      assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 2, dead: 0 });
      for (const delivery of [...first, ...second]) {
        assert.equal(delivery.attempt, 1);
        await delivery.acknowledge();
      }
      await store.clock.advance(31_000);
      assert.deepEqual(await queue.receive(10, 30), []);
      assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 0, dead: 0 });
    });

    test('messages of groups are received as others are', async () => {
      await using store = await open();
      const queue = store.queues('images');
      await queue.send(['1', '2'], 0, 'team');
      await queue.send(['3'], 0, 'o.ther_@-1');
      await queue.send(['4']);
      assert.deepEqual(bodies(await queue.receive(10, 30)), ['1', '2', '3', '4']);
    });

    test('queues of different names do not see each other', async () => {
      await using store = await open();
      await store.queues('one').send(['1']);
      assert.deepEqual(await store.queues('two').receive(10, 30), []);
      assert.deepEqual(bodies(await store.queues('one').receive(10, 30)), ['1']);
    });

    test('a message stays hidden for its delay', async () => {
      await using store = await open();
      const queue = store.queues('q');
      await queue.send(['1'], 60);
      assert.deepEqual(await queue.receive(10, 30), []);
      assert.deepEqual(await queue.depth(), { waiting: 1, inHand: 0, dead: 0 });
      await store.clock.advance(60_000);
      assert.equal((await queue.receive(10, 30)).length, 1);
    });

    test('a message whose receiver died without a word comes back, with one more attempt', async () => {
      await using store = await open();
      const queue = store.queues('q');
      await queue.send(['1']);
      await queue.receive(1, 30);
      await store.clock.advance(29_999);
      assert.deepEqual(await queue.receive(1, 30), []);
      await store.clock.advance(1);
      const [again] = await queue.receive(1, 30);
      assert.equal(again!.attempt, 2);
    });

    test('a receiver that is late changes nothing of what was given to another', async () => {
      await using store = await open();
      const queue = store.queues('q');
      await queue.send(['1']);
      const [late] = await queue.receive(1, 30);
      await store.clock.advance(30_000);
      const [now] = await queue.receive(1, 30);
      await late!.acknowledge();
      await late!.release(0, 'late');
      await late!.extend(0);
      assert.deepEqual(await queue.receive(1, 30), [], 'it is still with the second one');
      assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 1, dead: 0 });
      await now!.acknowledge();
      await now!.release(0, 'done already');
      assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 0, dead: 0 });
    });

    test('a receiver that works on keeps its message', async () => {
      await using store = await open();
      const queue = store.queues('q');
      await queue.send(['1']);
      const [delivery] = await queue.receive(1, 30);
      await store.clock.advance(20_000);
      await delivery!.extend(30);
      await store.clock.advance(20_000);
      assert.deepEqual(await queue.receive(1, 30), []);
      await delivery!.acknowledge();
      assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 0, dead: 0 });
    });

    test('a released message comes back after its delay and dies after the last attempt with the last reason', async () => {
      await using store = await open();
      const queue = store.queues('q');
      await queue.send(['1']);
      for (const attempt of [1, 2, 3]) {
        const [delivery] = await queue.receive(1, 30);
        assert.equal(delivery!.attempt, attempt);
        await delivery!.release(5, `reason ${attempt}`);
        assert.deepEqual(await queue.receive(1, 30), []);
        await store.clock.advance(5_000);
      }
      assert.deepEqual(await queue.receive(1, 30), []);
      assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 0, dead: 1 });
      const [letter] = await queue.dead();
      assert.deepEqual({ ...letter, id: '' }, { id: '', body: '1', attempts: 3, reason: 'reason 3' });
    });

    test('a message whose receivers keep dying without a word is dead too, without a reason', async () => {
      await using store = await open();
      const queue = store.queues('q');
      await queue.send(['1', '2']);
      for (const seconds of [10, 10, 10]) {
        assert.equal((await queue.receive(10, seconds)).length, 2);
        await store.clock.advance(seconds * 1000);
      }
      assert.deepEqual(await queue.receive(10, 30), []);
      assert.deepEqual(
        (await queue.dead()).map(({ body, attempts, reason }) => [body, attempts, reason]),
        [
          ['1', 3, null],
          ['2', 3, null],
        ],
      );
    });

    const redriveNote = options.noRedrive === undefined ? '' : ` (skipped: ${options.noRedrive})`;
    test(`dead messages are put back as new${redriveNote}`, { skip: redriveNote !== '' }, async () => {
      await using store = await open();
      const queue = store.queues('q');
      await queue.send(['1', '2']);
      for (const _ of [1, 2, 3]) for (const delivery of await queue.receive(10, 30)) await delivery.release(0, 'no');
      assert.equal(await queue.redrive(), 2);
      assert.deepEqual(await queue.dead(), []);
      const again = await queue.receive(10, 30);
      assert.deepEqual(
        again.map(({ attempt }) => attempt),
        [1, 1],
      );
    });

    test('receivers at the same time never get the same message', async () => {
      await using store = await open();
      const queue = store.queues('q');
      const all = Array.from({ length: 40 }, (_, i) => String(i).padStart(2, '0'));
      await queue.send(all);
      const got = await Promise.all(Array.from({ length: 8 }, () => queue.receive(10, 30)));
      const rest = [
        await queue.receive(10, 30),
        await queue.receive(10, 30),
        await queue.receive(10, 30),
        await queue.receive(10, 30),
      ];
      assert.deepEqual(bodies([...got, ...rest].flat()), all);
    });

    test('bodies up to 256 KiB arrive whole, larger ones and other numbers of messages are refused', async () => {
      await using store = await open();
      const queue = store.queues('q');
      const body = (character: string, bytes: number) =>
        JSON.stringify(character.repeat(Math.floor((bytes - 2) / Buffer.byteLength(character))));
      const large = [body('x', 256 * 1024), body('ü', 200_000), body('😀', 262_000), body('"', 120_000), '1'];
      await queue.send(large);
      assert.deepEqual(bodies(await queue.receive(10, 30)), [...large].sort());
      await assert.rejects(queue.send(['1', body('x', 256 * 1024 + 1)]), isFault('input/too-large', /256 KiB/));
      assert.deepEqual(await queue.depth(), { waiting: 0, inHand: 5, dead: 0 }, 'nothing of a refused batch is there');
      for (const max of [0, 11, 1.5]) await assert.rejects(queue.receive(max, 30), isFault('input/invalid', /1 to 10/));
      await queue.send([]);
    });
  });
}
