import type { Clock } from '#platform/clock.ts';

/** A clock that stands still until it is moved; sleepers wake when it passes their time. */
export interface TestClock extends Clock {
  /** Moves the time; those whose sleep is over go on before this resolves. */
  advance(milliseconds: number): Promise<void>;
}

/** A clock that begins at the given time (2026-01-01 when left out). With `selfWinding` every sleep moves it at once. */
export function testClock(start = Date.UTC(2026, 0, 1), options: { readonly selfWinding?: boolean } = {}): TestClock {
  let now = start;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        if (options.selfWinding === true) {
          now += milliseconds;
          return setImmediate(resolve);
        }
        const sleeper = { until: now + milliseconds, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
        function wake() {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        }
      }),
    async advance(milliseconds) {
      now += milliseconds;
      for (const sleeper of [...sleepers]) if (sleeper.until <= now) sleeper.wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
