import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { type Account, reservedAccounts } from './account.ts';
import { addAccount, beginDeletion, moveAccount, requireAccount } from './account-store.ts';

type World = Pick<Platform, 'sql' | 'clock'>;

/** Makes an account without users. Throws `input/invalid` when the name is taken or reserved, as the original answers it. */
export async function createAccount(world: World, name: string, email: string | null): Promise<Account> {
  const added =
    !reservedAccounts.includes(name) && (await addAccount(world, { name, type: 'user', email }, world.clock.now()));
  if (!added) throw new Fault('input/invalid', `Account name already in use: ${name}`);
  return requireAccount(world, name);
}

/** Enables or disables an account. Throws `state/not-found`, and `input/invalid` where the account does not change so. */
export async function changeAccountState(world: World, name: string, state: 'enabled' | 'disabled'): Promise<void> {
  const { state: current } = await requireChangeable(world, name);
  if (!(await moveAccount(world, name, state, world.clock.now()))) throw wrongState(current, state);
}

/** Begins to delete a disabled account. Its users go at once, all that it owns after; then it is not there any more. Throws as above. */
export async function deleteAccount(world: World, name: string): Promise<void> {
  const { state } = await requireChangeable(world, name);
  if (!(await beginDeletion(world, name, world.clock.now()))) throw wrongState(state, 'deleting');
}

async function requireChangeable(world: World, name: string): Promise<Account> {
  const account = await requireAccount(world, name);
  if (reservedAccounts.includes(name) || account.type !== 'user')
    throw new Fault('input/invalid', `Account ${name} is Plimsoll's own: its state does not change`);
  return account;
}

/** The first words are what the CLI looks for. */
function wrongState(current: string, wanted: string): Fault {
  const hint = wanted === 'deleting' ? '; disable it first' : '';
  return new Fault(
    'input/invalid',
    `Invalid account state change requested. Current state: ${current}, Requested state: ${wanted}${hint}`,
  );
}
