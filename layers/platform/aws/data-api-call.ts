import type { Clock } from '../clock.ts';
import { awsErrorName } from './aws-fault.ts';
import { callEnd, dataApiFault } from './data-api-errors.ts';

/** For how long a call is tried again while the database wakes up or the service throttles, in ms. */
export interface Patience {
  readonly clock: Clock;
  readonly patienceMs: number;
  /** The time of the clock beyond which nothing is tried again, however much patience is left; asked at each call. */
  readonly until?: () => number;
  /** Told for how many seconds a call waited because the database was paused, however it ended. */
  readonly onWake?: (seconds: number) => void;
}

/**
 * Makes a call until it has an answer: again after 1, 2, 4, then every 5 s while the error proves that nothing was done, until
 * the patience is over. With `repeatable` (it reads, or doing it twice is doing it once) also when the answer is missing.
 * Throws the Fault of dataApiFault; `statement` is for its message.
 */
export async function callPatiently<T>(
  { clock, patienceMs: longest, until, onWake }: Patience,
  statement: string,
  repeatable: boolean,
  send: () => Promise<T>,
): Promise<T> {
  const began = clock.now();
  const patienceMs = Math.min(longest, (until?.() ?? Number.POSITIVE_INFINITY) - began);
  let paused = false;
  const told = () => {
    if (paused) onWake?.((clock.now() - began) / 1000);
  };
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await send();
      told();
      return answer;
    } catch (thrown) {
      const waited = clock.now() - began;
      paused ||= awsErrorName(thrown) === 'DatabaseResumingException';
      const end = callEnd(thrown);
      const again = end === 'not-run' || (end === 'unknown' && repeatable);
      if (!again || waited >= patienceMs) {
        told();
        throw dataApiFault(thrown, statement, waited);
      }
      await clock.sleep(Math.min(waits[attempt] ?? longestWait, patienceMs - waited));
    }
  }
}

/** Milliseconds. Waking takes 10 to 30 s: asking more often does not hasten it. */
const waits = [1000, 2000, 4000] as const;
const longestWait = 5000;
