import type { Clock } from '../clock.ts';

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      // setTimeout takes 2^31-1 ms at most and fires at once above that.
      const timer = setTimeout(done, Math.min(Math.max(0, milliseconds), 2 ** 31 - 1));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
