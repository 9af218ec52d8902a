import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { reservedUsers } from './account.ts';
import { requireAccount } from './account-store.ts';
import { type Member, removeGuest, setRole } from './member-store.ts';
import type { Role } from './permissions.ts';
import type { Principal } from './principal.ts';
import { findUser } from './user-store.ts';

type World = Pick<Platform, 'sql' | 'clock'>;

/**
 * Gives a user a role in an account. Users of other accounts are let in by administrators only; to everybody else they are not there.
 * Throws `state/not-found`, and `input/invalid` for one's own role, the administrator's, and guests of the administrators' account.
 */
export async function grantRole(
  world: World,
  by: Principal,
  member: { readonly account: string; readonly user: string; readonly role: Role },
): Promise<Member> {
  const { account, user: name, role } = member;
  const { type } = await requireAccount(world, account);
  const user = await findUser(world, name);
  if (user === null || (user.account !== account && !by.admin)) throw noSuchMember(account, name);
  if (by.user === name) throw new Fault('input/invalid', `user ${name} cannot change the own role; ask somebody else`);
  if (reservedUsers.includes(name)) throw new Fault('input/invalid', `user ${name} always has full control`);
  // Whoever has full control there could make administrators.
  if (type !== 'user' && user.account !== account)
    throw new Fault('input/invalid', `account ${account} is for administrators; make the user in it`);
  const since = world.clock.now();
  if (!(await setRole(world, member, since))) throw noSuchMember(account, name);
  return { user: name, home: user.account, role, since };
}

/** Takes a guest's role away. Throws `state/not-found`; the account's own users are given another role, or deleted. */
export async function revokeRole(world: World, account: string, name: string): Promise<void> {
  const user = await findUser(world, name);
  if (user?.account === account)
    throw new Fault('input/invalid', `user ${name} belongs to ${account}: give another role, or delete the user`);
  if (!(await removeGuest(world, account, name))) throw noSuchMember(account, name);
}

function noSuchMember(account: string, name: string): Fault {
  return new Fault('state/not-found', `account ${account.slice(0, 128)} has no member '${name.slice(0, 128)}'`);
}
