import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import type { AccountRegistry, RegistryType } from './account-registry.ts';
import { registryLogin, registryType } from './registry-login.ts';
import { parseRegistryName } from './registry-name.ts';
import { deleteLogin, getLogin, putLogin } from './registry-secret.ts';
import { deleteRegistry, getRegistry, insertRegistry, listRegistries, replaceRegistry } from './registry-store.ts';
import type { RegistryTrial } from './try-registry.ts';

type World = Pick<Platform, 'sql' | 'secrets' | 'clock'>;

/** What is given of a registry; what is left out is as it was, or as it usually is. */
export interface GivenRegistry {
  readonly type?: RegistryType | undefined;
  readonly user?: string | undefined;
  readonly secret?: string | undefined;
  readonly title?: string | undefined;
  readonly verify?: boolean | undefined;
}

/** Logs in to a registry before it is stored; null: it is stored unseen. */
export type TryRegistry = ((trial: RegistryTrial) => Promise<void>) | null;

/**
 * Adds a registry to an account. Throws `state/conflict` when it has one of that name or a name that cannot be, `input/invalid`, and
 * what `tryLogin` throws: nothing is stored then.
 */
export async function addRegistry(
  world: World,
  account: string,
  name: string,
  given: GivenRegistry,
  tryLogin: TryRegistry,
): Promise<AccountRegistry> {
  const parsed = parseRegistryName(name);
  const { user = '', secret = '', title = name, verify = true } = given;
  const type = registryType(parsed.host, user, given.type);
  const login = registryLogin(parsed.host, { type, user, secret });
  if ((await getRegistry(world, account, name)) !== null) throw exists(name);
  await tryLogin?.({ name: parsed, login, verify });
  const now = world.clock.now();
  const registry = { account, name, type, user, title, verify, createdAt: now, updatedAt: now };
  if (!(await insertRegistry(world, registry))) throw exists(name);
  try {
    await putLogin(world, registry, { type, user, secret });
  } catch (thrown) {
    await deleteRegistry(world, account, name);
    throw thrown;
  }
  return registry;
}

/** Changes a registry; a new secret replaces the old one. Throws `state/not-found`, and as {@link addRegistry}. */
export async function changeRegistry(
  world: World,
  account: string,
  name: string,
  given: GivenRegistry,
  tryLogin: TryRegistry,
): Promise<AccountRegistry> {
  const before = await requireRegistry(world, account, name);
  const parsed = parseRegistryName(name);
  const { user = before.user, title = before.title, verify = before.verify } = given;
  if (given.secret === undefined && user !== before.user)
    throw new Fault('input/invalid', `another user of registry ${name} needs a password: give registry_pass too`);
  const secret = given.secret ?? (await getLogin(world, before)).secret;
  const type = registryType(parsed.host, user, given.type ?? before.type);
  const login = registryLogin(parsed.host, { type, user, secret });
  await tryLogin?.({ name: parsed, login, verify });
  const after = { ...before, type, user, title, verify, updatedAt: world.clock.now() };
  await putLogin(world, after, { type, user, secret });
  if (await replaceRegistry(world, after)) return after;
  await deleteLogin(world, after);
  throw unknown(name);
}

/** Removes a registry and its secret, which is done when it is repeated where it broke off; nothing happens when there is none. */
export async function removeRegistry(
  world: Pick<Platform, 'sql' | 'secrets'>,
  account: string,
  name: string,
): Promise<void> {
  await deleteLogin(world, { account, name });
  await deleteRegistry(world, account, name);
}

/** Removes all registries of an account with their secrets, before the account itself is removed; false when `late` ended it. */
export async function removeRegistries(
  world: Pick<Platform, 'sql' | 'secrets'>,
  account: string,
  late: () => boolean,
): Promise<boolean> {
  for await (const { name } of allRegistries(world, account)) {
    if (late()) return false;
    await removeRegistry(world, account, name);
  }
  return true;
}

/** The registry of a name; throws `state/not-found`. */
export async function requireRegistry(
  world: Pick<Platform, 'sql'>,
  account: string,
  name: string,
): Promise<AccountRegistry> {
  const found = await getRegistry(world, account, name);
  if (found === null) throw unknown(name);
  return found;
}

const pageSize = 200;

/** All registries of an account by name, a page at a time. */
export async function* allRegistries(world: Pick<Platform, 'sql'>, account: string): AsyncGenerator<AccountRegistry> {
  for (let after = ''; ; ) {
    const page = await listRegistries(world, account, after, pageSize);
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.name;
  }
}

function exists(name: string): Fault {
  return new Fault('state/conflict', 'registry already exists in DB', { detail: { registry: name.slice(0, 500) } });
}

function unknown(name: string): Fault {
  return new Fault('state/not-found', `registry not found in DB: ${name.slice(0, 500)}`);
}
