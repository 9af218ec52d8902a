import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import type { Secrets } from '#platform/secrets.ts';
import { storedLogin } from '#schema/registry-login.ts';
import type { AccountRegistry } from './account-registry.ts';
import type { GivenLogin } from './registry-login.ts';

type World = { readonly secrets: Secrets };
type Named = Pick<AccountRegistry, 'account' | 'name'>;

/**
 * What an account logs in to a registry with. It stands in the secret store as one value: whoever reads it while it is replaced gets the
 * old login or the new one. Throws `data/corrupt` when it is not there.
 */
export async function getLogin({ secrets }: World, registry: Named): Promise<GivenLogin> {
  const text = await secrets.get(secretName(registry));
  const login = text === null ? null : read(text);
  if (login !== null) return login;
  throw new Fault(
    'data/corrupt',
    `The credentials of registry ${registry.name} are not in the secret store: give them again by an update of the registry`,
  );
}

/** Stores or replaces it. */
export async function putLogin({ secrets }: World, registry: Named, login: GivenLogin): Promise<void> {
  const { type, user, secret } = login;
  await secrets.put(secretName(registry), JSON.stringify({ type, user, secret }));
}

/** Removes it; nothing happens when there is none. */
export async function deleteLogin({ secrets }: World, registry: Named): Promise<void> {
  await secrets.delete(secretName(registry));
}

/** Names of accounts and registries have characters that names of secrets have not. */
function secretName({ account, name }: Named): string {
  return `registries/${createHash('sha256')
    .update(JSON.stringify([account, name]))
    .digest('hex')}`;
}

function read(text: string): GivenLogin | null {
  try {
    return storedLogin.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
