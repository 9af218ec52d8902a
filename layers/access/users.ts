import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { reservedUsers } from './account.ts';
import { requireAccount } from './account-store.ts';
import { hashPassword } from './password.ts';
import type { Principal } from './principal.ts';
import { addUser, deleteUser, findUser, setPassword, type User } from './user-store.ts';

type World = Pick<Platform, 'sql' | 'clock'>;

/** The user of an account. Throws `state/not-found`, for users of other accounts as for those who are not there. */
export async function requireUser(world: World, account: string, name: string): Promise<User> {
  const user = await findUser(world, name);
  if (user === null || user.account !== account) throw noSuchUser(account, name);
  return user;
}

/**
 * Makes a user with full control of the account. Throws `state/not-found` for the account, `input/invalid` when the name is taken (by
 * whomever: names are unique over all accounts) or reserved, or the account is being deleted.
 */
export async function createUser(world: World, account: string, name: string, password: string): Promise<User> {
  const { state } = await requireAccount(world, account);
  if (state === 'deleting') throw new Fault('input/invalid', `account ${account} is being deleted and gets no users`);
  const hash = await hashPassword(password);
  const taken = reservedUsers.includes(name);
  const added = taken ? null : await addUser(world, { account, name, password: hash }, world.clock.now());
  if (added === null) throw new Fault('input/invalid', `User name already in use: ${name}`);
  return added;
}

/** Removes a user with all keys and roles. Throws `input/invalid` for oneself and for the administrator, `state/not-found`. */
export async function removeUser(world: World, by: Principal, account: string, name: string): Promise<void> {
  if (by.user === name) throw new Fault('input/invalid', `user ${name} cannot be deleted by itself; ask somebody else`);
  if (reservedUsers.includes(name)) throw new Fault('input/invalid', `user ${name} cannot be deleted`);
  if (!(await deleteUser(world, account, name))) throw noSuchUser(account, name);
}

/** Sets a user's password; tokens and remembered sign-ins of the old one end. Throws `auth/forbidden` for who came by a key. */
export async function changePassword(world: World, by: Principal, user: User, password: string): Promise<User> {
  requireNoKey(by, 'set passwords');
  await setPassword(world, user.name, await hashPassword(password), world.clock.now());
  return requireUser(world, user.account, user.name);
}

/** Removes a user's password; keys stay. Throws `input/invalid` for one's own and the administrator's, `auth/forbidden` as above. */
export async function removePassword(world: World, by: Principal, user: User): Promise<void> {
  requireNoKey(by, 'remove passwords');
  if (by.user === user.name)
    throw new Fault('input/invalid', `user ${user.name} cannot remove the own password; set another one`);
  if (reservedUsers.includes(user.name))
    throw new Fault('input/invalid', `the password of user ${user.name} cannot be removed`);
  await setPassword(world, user.name, null, world.clock.now());
}

/** Throws `auth/forbidden` for who signed in by a key: one that was stolen must not make a way in of its own. */
export function requireNoKey({ by }: Principal, what: string): void {
  if (by === 'key')
    throw new Fault('auth/forbidden', `Not authorized. API keys cannot ${what}; sign in with a password.`);
}

function noSuchUser(account: string, name: string): Fault {
  return new Fault('state/not-found', `account ${account.slice(0, 128)} has no user '${name.slice(0, 128)}'`);
}
