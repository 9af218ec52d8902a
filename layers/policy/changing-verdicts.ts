import { askRenewal, type RenewFrom } from './renewal-store.ts';
import { type RenewWorld, renewVerdicts } from './renew-verdicts.ts';

/** Images that are sent on while somebody waits for an answer; the others follow by themselves. */
const atOnce = 20;

/**
 * Makes a change of what the verdicts of an account are computed from (its active bundle, its corrections) and has all of its analysed images
 * made anew, in pages. That is written down before the change too: a process that dies in between leaves it to the sweep.
 */
export async function changingVerdicts<T>(
  world: RenewWorld,
  account: string,
  from: RenewFrom,
  change: () => Promise<T>,
): Promise<T> {
  await askRenewal(world, account, from, world.clock.now());
  const made = await change();
  await renewVerdicts(world, await askRenewal(world, account, from, world.clock.now()), atOnce);
  return made;
}
