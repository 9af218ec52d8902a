import { Fault } from '#core/fault.ts';
import type { Clock } from '#platform/clock.ts';
import { type Lease, takeLease } from '#platform/lease.ts';
import type { Platform } from '#platform/platform.ts';
import type { GroupName } from './revision-store.ts';

/** The right to write a group alone, kept until it is disposed of. `check` throws `feed/failed` once another process has it. */
export interface HeldGroup extends AsyncDisposable {
  readonly check: () => void;
}

/** A holder that says nothing for this long is dead; a living one says something four times as often. */
const leaseMs = 60_000;

/** Takes the right to write a group; null while somebody has it. */
export async function takeGroup(
  { sql, clock }: Pick<Platform, 'sql' | 'clock'>,
  { feed, group }: GroupName,
): Promise<HeldGroup | null> {
  const lease = await takeLease(sql, clock, `feed ${feed} ${group}`, 'sync', leaseMs);
  return lease === null ? null : startBeat(lease, clock);
}

/** Keeps the lease while its holder downloads and writes. */
function startBeat(lease: Lease, clock: Clock): HeldGroup {
  const stop = new AbortController();
  let lost = false;
  const beat = async () => {
    while (!lost) {
      await clock.sleep(leaseMs / 4, stop.signal);
      if (stop.signal.aborted) return;
      // A database that fails now may answer the next time; if it does not, the writing fails by itself.
      lost = await lease.renew().then(
        (kept) => !kept,
        () => false,
      );
    }
  };
  const beating = beat();
  return {
    check() {
      if (lost)
        throw new Fault('feed/failed', `syncing (${lease.name}): another process has taken over, and finishes it`);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await beating;
      // One that cannot be given back runs out; the failure that is on its way says more.
      await lease.release().catch(() => {});
    },
  };
}
