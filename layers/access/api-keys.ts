import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { apiKeyText, hashApiKey, newApiKey } from './api-key.ts';
import { addApiKey, deleteApiKey, maxApiKeys, type StoredApiKey } from './api-key-store.ts';
import type { Role } from './permissions.ts';
import type { Principal } from './principal.ts';
import { requireNoKey } from './users.ts';

type World = Pick<Platform, 'sql' | 'clock'>;

/** What a key is to be. */
export interface WantedApiKey {
  readonly name: string;
  /** Narrows what the key may do below what its user may; null: it may the same. */
  readonly role: Role | null;
  /** Milliseconds since the epoch; null: until it is revoked. */
  readonly expiresAt: number | null;
}

/**
 * Makes a key for the one who asks; its text is in the answer and nowhere else. Throws `input/invalid` when it would have ended
 * already or there are too many, `auth/forbidden` for who came by a key.
 */
export async function createApiKey(
  world: World,
  by: Principal,
  wanted: WantedApiKey,
): Promise<StoredApiKey & { readonly text: string }> {
  requireNoKey(by, 'make keys');
  const createdAt = world.clock.now();
  if (wanted.expiresAt !== null && wanted.expiresAt <= createdAt)
    throw new Fault('input/invalid', 'the key would have ended already; give a later expires_at');
  const key = newApiKey();
  const stored: StoredApiKey = { id: key.id, ...wanted, createdAt };
  if (!(await addApiKey(world, by.user, { ...stored, hash: hashApiKey(key) })))
    throw new Fault('input/invalid', `user ${by.user} has ${maxApiKeys} keys, which is the most; revoke one`);
  return { ...stored, text: apiKeyText(key) };
}

/** Revokes a user's key: the next request that comes with it is a stranger's. Throws `state/not-found`. */
export async function revokeApiKey(world: World, user: string, id: string): Promise<void> {
  if (!(await deleteApiKey(world, user, id)))
    throw new Fault('state/not-found', `user ${user} has no key '${id.slice(0, 64)}'`);
}
