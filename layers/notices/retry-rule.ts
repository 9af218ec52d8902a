import { createHash } from 'node:crypto';

const minute = 60_000;
const hour = 60 * minute;

/** When an undelivered notice is tried again, and when no more. Milliseconds. */
export const retryRule = {
  first: minute / 2,
  longest: hour,
  /** As it comes; a deployment may set another. */
  giveUpAfter: 24 * hour,
  /** Tries of what the other side refuses (4xx): somebody may mend it within the half hour that they take. */
  refusals: 7,
  /** A bound for whoever counts: more tries than `giveUpAfter` holds. */
  mostTries: 60,
} as const;

/**
 * Milliseconds until a notice is tried again that failed `tries` times: half a minute, doubled each time, an hour at most, a quarter more
 * or less, by its id, so that notices that failed together do not come back together. What the other side asked for counts when it is longer.
 */
export function retryDelay(id: string, tries: number, asked: number | null): number {
  const doubled = Math.min(retryRule.first * 2 ** Math.min(tries - 1, 20), retryRule.longest);
  const spread = createHash('sha256').update(`${id} ${tries}`).digest().readUInt16BE(0) / 0x1_0000;
  return Math.round(Math.max(doubled * (0.75 + spread / 2), Math.min(asked ?? 0, retryRule.giveUpAfter)));
}
