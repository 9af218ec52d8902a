import type { FindEcrLogin } from '#platform/ecr-login.ts';
import type { Platform } from '#platform/platform.ts';
import type { Credentials } from '../client/credential.ts';
import type { FindCredentials } from '../client/credentials.ts';
import { parseRegistryName } from './registry-name.ts';
import { registryLogin } from './registry-login.ts';
import { getLogin } from './registry-secret.ts';
import { findRegistry } from './registry-store.ts';

/**
 * The credentials that an account itself has for a repository: those of its most specific registry; null when none covers it. They are
 * read anew for each login, so that an update counts at once.
 */
export function accountCredentials(
  world: Pick<Platform, 'sql' | 'secrets'>,
  account: string,
  findEcrLogin: FindEcrLogin,
): FindCredentials {
  return async (registry, repository, refused) => {
    const found = await findRegistry(world, account, registry, repository);
    if (found === null) return null;
    const login = registryLogin(parseRegistryName(found.name).host, await getLogin(world, found));
    if (login.kind === 'fixed') return advised(login.credentials, found.name);
    return await findEcrLogin(registry, repository, refused, login.identity);
  };
}

function advised(credentials: Credentials | null, name: string): Credentials | null {
  if (credentials?.kind !== 'basic') return credentials;
  return { ...credentials, advice: `check the name, and the user and password of your registry ${name}` };
}
