import { Fault } from '#core/fault.ts';
import { type Action, allows, isGlobal, type Role } from './permissions.ts';

/** Who makes a request, and for which account. */
export interface Principal {
  readonly user: string;
  /** The account that the user belongs to. */
  readonly home: string;
  /** The account whose things are meant: the user's own, one the user is a member of, or any that an administrator named. */
  readonly account: string;
  /** What the user may do in that account; null: not a member of it, which only administrators get by with. */
  readonly role: Role | null;
  /** Users with full control in an account of type admin or service may do everything. */
  readonly admin: boolean;
  /** By what they signed in. */
  readonly by: 'password' | 'token' | 'key';
}

/** Whether a principal may do an action in the account that is meant. */
export function may({ admin, role }: Principal, action: Action): boolean {
  return admin || (role !== null && allows(role, action));
}

/** Throws `auth/forbidden` in the original's words where a principal may not do an action. */
export function requireRight(principal: Principal, action: Action): void {
  if (!may(principal, action)) throw notAuthorized(isGlobal(action) ? 'system' : principal.account, action);
}

/** What every refusal says, whether or not there is anything under the name. */
export function notAuthorized(domain: string, action: string): Fault {
  return new Fault(
    'auth/forbidden',
    `Not authorized. Requires permissions: domain=${domain.slice(0, 128)} action=${action} target=*`,
  );
}
