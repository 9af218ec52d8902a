import type { Platform } from '#platform/platform.ts';
import { addAccount } from './account-store.ts';
import { hashPassword, isPassword, newPassword } from './password.ts';
import { findUser, setPassword } from './user-store.ts';

/**
 * Makes the administrator where there is none, with this password or a new one; answers the new one, to be shown once, or
 * null. A password that is given again replaces the stored one: so a lost one can be set.
 */
export async function ensureAdmin(
  world: Pick<Platform, 'sql' | 'clock'>,
  password: string | null,
): Promise<string | null> {
  const stored = await findUser(world, 'admin');
  if (stored === null) {
    const first = password ?? newPassword();
    const admin = { name: 'admin', type: 'admin', user: 'admin', password: await hashPassword(first) } as const;
    const added = await addAccount(world, admin, world.clock.now());
    return added && password === null ? first : null;
  }
  if (password !== null && (stored.password === null || !(await isPassword(password, stored.password))))
    await setPassword(world, 'admin', await hashPassword(password), world.clock.now());
  return null;
}
