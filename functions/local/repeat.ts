import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';

/** Does something now and then again and again; one that fails is a log line, and is done again all the same. */
export function repeat(
  { clock, log }: Pick<Platform, 'clock' | 'log'>,
  name: string,
  everyMs: number,
  work: () => Promise<void>,
): AsyncDisposable {
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      await work().catch((thrown: unknown) => log.error(`${name} failed`, { message: Fault.from(thrown).message }));
      await clock.sleep(everyMs, stop.signal);
    }
  };
  const running = loop();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      const ended = new AbortController();
      await Promise.race([running, clock.sleep(5000, ended.signal)]);
      ended.abort();
    },
  };
}
