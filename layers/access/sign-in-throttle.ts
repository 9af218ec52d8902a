import { isIPv4, isIPv6 } from 'node:net';
import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { admitTry, countFailure, forgetFailures, type TryKey } from './sign-in-try-store.ts';

type World = Pick<Platform, 'sql' | 'clock'>;

/** A password that is about to be tried. */
export interface Try {
  failed(): Promise<void>;
  succeeded(): Promise<void>;
}

/**
 * Slows down guessing, by what stands in the database. Failures count for the user at that address, and for the address: nobody
 * elsewhere can keep a user out. After 5 (50) failures the wait is 1 s and doubles, to 15 minutes (1 minute); one is forgotten
 * every 10 minutes (1 minute). Throws `auth/throttled`, whose detail says `retry_after` in seconds.
 */
export async function beginTry(world: World, user: string, address: string): Promise<Try> {
  const from = networkOf(address);
  const byAddress: TryKey = { part: 0, name: from, free: 50, leak: 60_000, longest: 60_000 };
  const byUser: TryKey = { part: 1, name: JSON.stringify([from, user]), free: 5, leak: 600_000, longest: 900_000 };
  const now = world.clock.now();
  const { until, known } = await admitTry(world, [byAddress, byUser], now);
  if (until !== null) {
    const seconds = Math.max(1, Math.ceil((until - now) / 1000));
    throw new Fault(
      'auth/throttled',
      `too many sign-ins from ${from} failed; try again in ${seconds} s, with the right password`,
      { detail: { retry_after: seconds } },
    );
  }
  return {
    failed: () => countFailure(world, [byAddress, byUser], world.clock.now()),
    succeeded: async () => (known ? forgetFailures(world, byUser) : undefined),
  };
}

/** What one attacker has of addresses: an IPv4 address as it is, of an IPv6 address the /64. Anything else counts as one. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(mapped)) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return 'unknown';
  const [head = '', tail = ''] = plain.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  // An IPv4 ending stands for two groups.
  const after = groups(tail).flatMap((one) => (one.includes('.') ? [one, one] : [one]));
  const zeros = plain.includes('::') ? Math.max(0, 8 - groups(head).length - after.length) : 0;
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...after];
  return `${all
    .slice(0, 4)
    .map((one) => Number.parseInt(one, 16).toString(16))
    .join(':')}::/64`;
}
