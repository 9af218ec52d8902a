import { Fault } from '#core/fault.ts';
import type { Call } from './leaf.ts';
import type { OptionLine } from './takes.ts';

/** Options of commands that wait. */
export const pauseOptions: readonly OptionLine[] = [
  { name: 'timeout', value: 'SECONDS', help: 'how long to wait; for ever when negative (default: -1)' },
  { name: 'interval', value: 'SECONDS', help: 'between two looks (default: 5)' },
];

export type Look<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'waiting'; readonly for: string };

/** Looks until something is there. Throws `internal/overdue` when the time is over; with a timeout of 0 it does not look at all. */
export async function waitFor<T>(
  { given, clock, progress }: Call,
  what: string,
  look: () => Promise<Look<T>>,
  began = clock.now(),
): Promise<T> {
  const timeout = given.number('timeout', -1) * 1000;
  const interval = Math.max(given.number('interval', 5), 0) * 1000;
  let last = what;
  while (timeout < 0 || clock.now() - began < timeout) {
    const seen = await look();
    if (seen.kind === 'done') return seen.value;
    last = seen.for;
    const waited = Math.round((clock.now() - began) / 1000);
    progress.show(`${last}, ${waited} s`);
    await clock.sleep(timeout < 0 ? interval : Math.min(interval, Math.max(0, timeout - (clock.now() - began))));
  }
  throw new Fault('internal/overdue', `the time to wait for ${what} is over: ${last}`);
}
