import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '#platform/clock.ts';

/** What every implementation of the Clock port promises. `advance` lets at least so many milliseconds pass. */
export function clockContract(name: string, clock: Clock, advance: (milliseconds: number) => Promise<void>): void {
  describe(`${name} as the clock port`, () => {
    test('time goes on, and a sleep ends after it was over', async () => {
      const before = clock.now();
      const sleeping = clock.sleep(20).then(() => clock.now());
      await advance(20);
      assert.ok((await sleeping) >= before);
      await clock.sleep(0, AbortSignal.abort());
    });

    test('a signal ends a sleep early and without an error, before it and within it', async () => {
      await clock.sleep(3_600_000, AbortSignal.abort());
      const controller = new AbortController();
      const sleeping = clock.sleep(3_600_000, controller.signal);
      controller.abort(new Error('stop'));
      await sleeping;
    });

    test('a sleep longer than a timer can hold does not end at once', async () => {
      const controller = new AbortController();
      let woken = false;
      const sleeping = clock.sleep(2 ** 40, controller.signal).then(() => {
        woken = true;
      });
      await advance(20);
      assert.equal(woken, false);
      controller.abort();
      await sleeping;
    });
  });
}
