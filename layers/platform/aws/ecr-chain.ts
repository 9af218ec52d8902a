import type { ECRClientConfig } from '@aws-sdk/client-ecr';
import type { Log } from '#core/log.ts';
import type { Clock } from '../clock.ts';
import type { AssumedRole, FindEcrLogin } from '../ecr-login.ts';
import type { EcrClients } from './ecr-clients.ts';
import { late } from './late-ports.ts';

export interface EcrChainOptions {
  /** Region of STS, and whose calls these are; asked for at the first use, the SDK's own chain where it names nobody. */
  own(): { readonly region: string; readonly credentials?: NonNullable<ECRClientConfig['credentials']> };
  readonly clock: Clock;
  readonly log: Log;
  /** By account, the role by which its registry is read. */
  roles(): ReadonlyMap<string, AssumedRole>;
}

/** ECR as this process reaches it: its clients and logins for every identity. The SDK is loaded by the first use. */
export interface EcrChain {
  clients(): Promise<EcrClients>;
  readonly findLogin: FindEcrLogin;
}

export function ecrChain({ own, clock, log, roles }: EcrChainOptions): EcrChain {
  const assume = late(async () => {
    const { assumeRoles } = await import('./assume-role.ts');
    return assumeRoles({ ...own(), clock, sessionName: 'plimsoll' });
  });
  const clients = late(async () => {
    const { ecrClients } = await import('./ecr-clients.ts');
    return ecrClients({ ...own(), assumeRole: (role) => async () => (await assume())(role)() });
  });
  const logins = late(async () => {
    const [{ ecrCredentials }, { clientFor }] = await Promise.all([import('./ecr-auth.ts'), clients()]);
    return ecrCredentials({ clientFor, clock, log, roles: roles() });
  });
  return {
    clients,
    findLogin: async (registry, repository, refused, as) => (await logins())(registry, repository, refused, as),
  };
}
