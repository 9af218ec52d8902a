import { createHmac, randomBytes } from 'node:crypto';
import type { Platform } from '#platform/platform.ts';
import { isPassword, nobodysPassword } from './password.ts';
import { beginTry } from './sign-in-throttle.ts';

type World = Pick<Platform, 'sql' | 'clock'>;

/** A password somebody sent. */
export interface Attempt {
  readonly user: string;
  readonly password: string;
  /** Stored form of the user's; null where there is no such user, or no password. */
  readonly stored: string | null;
  readonly address: string;
}

/** Whether a password is right. Throws `auth/throttled`. */
export type CheckPassword = (attempt: Attempt) => Promise<boolean>;

/** A password that was right is not hashed again for this long. Milliseconds. */
const rememberedMs = 5 * 60_000;

const mostRemembered = 1000;

/**
 * Checks passwords slowly, as they must be, and each right one once in a while: clients of the API send theirs with every request.
 * Remembered is a hash under a key of this process, of user, password and stored form, so that one that was changed anywhere is
 * forgotten. Equal attempts at the same time are one. An unknown user costs what a wrong password costs.
 */
export function passwordCheck(world: World): CheckPassword {
  const key = randomBytes(32);
  const remembered = new Map<string, number>();
  const running = new Map<string, Promise<boolean>>();
  const attemptOnce = async ({ user, password, stored, address }: Attempt) => {
    const begun = await beginTry(world, user, address);
    const good = (await isPassword(password, stored ?? nobodysPassword)) && stored !== null;
    await (good ? begun.succeeded() : begun.failed());
    return good;
  };
  const attemptAndRemember = async (proof: string, attempt: Attempt) => {
    const good = await attemptOnce(attempt);
    if (!good) return false;
    if (remembered.size >= mostRemembered) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(proof, world.clock.now() + rememberedMs);
    return true;
  };
  return async (attempt) => {
    const { user, password, stored, address } = attempt;
    const proof = createHmac('sha256', key)
      .update(JSON.stringify([user, password, stored]))
      .digest('base64');
    const until = remembered.get(proof);
    if (until !== undefined && until > world.clock.now()) return true;
    remembered.delete(proof);
    // From another address it is another attempt.
    const same = `${proof} ${address}`;
    const begun = running.get(same);
    if (begun !== undefined) return begun;
    const work = attemptAndRemember(proof, attempt).finally(() => running.delete(same));
    running.set(same, work);
    return work;
  };
}
