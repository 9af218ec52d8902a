import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { addAccount, findUser, setPassword } from './account-store.ts';
import { hashPassword, isPassword, newPassword } from './password.ts';
import type { Principal } from './principal.ts';

type World = Pick<Platform, 'sql' | 'clock'>;

/** Asks who a request is from; throws `auth/required` or `auth/forbidden`. */
export type Authenticate = (authorization: string | null, accountHeader: string | null) => Promise<Principal>;

/**
 * Sign-in by HTTP Basic. A good password is remembered for a minute by its digest, so that a client that sends it with
 * every request does not pay for the slow hash each time; unknown users cost as much as wrong passwords.
 */
export function authenticator(world: World): Authenticate {
  const remembered = new Map<
    string,
    { readonly principal: Principal; readonly stored: string; readonly until: number }
  >();
  return async (authorization, accountHeader) => {
    const [user, password] = basicCredentials(authorization);
    const stored = await findUser(world, user);
    const proof = createHash('sha256')
      .update(JSON.stringify([user, password]))
      .digest('base64');
    const known = remembered.get(proof);
    const fresh = known !== undefined && known.until > world.clock.now() && known.stored === stored?.password;
    if (!fresh) {
      remembered.delete(proof);
      const good = await isPassword(password, stored?.password ?? (await dummy()));
      if (stored === null || !good) throw new Fault('auth/required', 'Unauthorized');
    }
    if (stored!.accountState !== 'enabled')
      throw new Fault('auth/forbidden', `Not authorized. Account ${stored!.account} not enabled.`);
    const principal: Principal = { user, account: stored!.account, admin: stored!.accountType === 'admin' };
    if (remembered.size >= 1000) remembered.clear();
    remembered.set(proof, { principal, stored: stored!.password, until: world.clock.now() + 60_000 });
    return forAccount(principal, accountHeader);
  };
}

/**
 * Makes the administrator where there is none, with this password or a new one; answers the new one, to be shown once, or
 * null. A password that is given again replaces the stored one: so a lost one can be set.
 */
export async function ensureAdmin(world: World, password: string | null): Promise<string | null> {
  const stored = await findUser(world, 'admin');
  if (stored === null) {
    const first = password ?? newPassword();
    const admin = { name: 'admin', type: 'admin', user: 'admin', password: await hashPassword(first) } as const;
    const added = await addAccount(world, admin, world.clock.now());
    return added && password === null ? first : null;
  }
  if (password !== null && !(await isPassword(password, stored.password)))
    await setPassword(world, 'admin', await hashPassword(password), world.clock.now());
  return null;
}

function basicCredentials(authorization: string | null): [string, string] {
  const encoded = /^basic +([A-Za-z0-9+/=_-]{1,4096})$/i.exec(authorization ?? '')?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  // A name with NUL is nobody's, and PostgreSQL takes it in no text.
  if (colon < 1 || text.includes('\0')) throw new Fault('auth/required', 'Unauthorized');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

function forAccount(principal: Principal, header: string | null): Principal {
  if (header === null || header === '' || header === principal.account) return principal;
  if (principal.admin) return { ...principal, account: header };
  throw new Fault(
    'auth/forbidden',
    `Not authorized. Requires permissions: domain=${header.slice(0, 128)} action=* target=*`,
  );
}

let dummyHash: Promise<string> | undefined;

/** What an unknown user's password is compared with. */
function dummy(): Promise<string> {
  dummyHash ??= hashPassword(newPassword());
  return dummyHash;
}
