import type { Principal } from '#access/principal.ts';
import { Fault } from '#core/fault.ts';
import type { Clock } from '#platform/clock.ts';

/** Lets a request of a principal through, or throws `auth/too-fast` with the seconds after which one gets through. */
export type Admit = (principal: Principal) => void;

/** Buckets that are kept before those that are full again are forgotten. */
const mostBuckets = 10_000;

/**
 * A token bucket for each user: so many requests a second over time, ten times as many at once. It knows what this process has answered and
 * nothing else: for a server that is one process.
 */
export function requestRate(perSecond: number, clock: Clock): Admit {
  const burst = perSecond * 10;
  const buckets = new Map<string, { tokens: number; at: number }>();
  const tokensAt = ({ tokens, at }: { tokens: number; at: number }, now: number) =>
    Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
  const forgetFull = (now: number) => {
    for (const [user, bucket] of buckets) if (tokensAt(bucket, now) >= burst) buckets.delete(user);
  };
  return ({ user }) => {
    const now = clock.now();
    const bucket = buckets.get(user) ?? { tokens: burst, at: now };
    const tokens = tokensAt(bucket, now);
    if (tokens < 1) {
      const seconds = Math.max(1, Math.ceil((1 - tokens) / perSecond));
      throw new Fault(
        'auth/too-fast',
        `${user} asks more often than ${perSecond} times a second; come again in ${seconds} s`,
        { detail: { retry_after: seconds } },
      );
    }
    if (buckets.size >= mostBuckets && !buckets.has(user)) forgetFull(now);
    buckets.set(user, { tokens: tokens - 1, at: now });
  };
}
