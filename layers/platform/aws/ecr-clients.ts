import { ECRClient, type ECRClientConfig } from '@aws-sdk/client-ecr';
import { Fault } from '#core/fault.ts';
import type { AssumedRole, EcrIdentity } from '../ecr-login.ts';
import { isPassing } from './ecr-call.ts';
import { identityKey } from './identity-key.ts';
import { traceCalls } from './xray-subsegments.ts';

type AwsCredentials = NonNullable<ECRClientConfig['credentials']>;

export interface EcrClientSettings {
  /** Instead of the region's own endpoint: an emulator. From settings, never from data. */
  readonly endpoint?: string;
  /** Whose calls these are; the SDK's own chain (task role, environment, profile) when left out. */
  readonly credentials?: AwsCredentials;
  /** Takes on a role (STS AssumeRole with its external id); without it roles cannot be used. */
  readonly assumeRole?: (role: AssumedRole, region: string) => AwsCredentials;
}

/** Clients by region and identity, made when they are first wanted. Disposing of it closes their connections. */
export interface EcrClients extends Disposable {
  clientFor(region: string, identity: EcrIdentity): ECRClient;
}

const mostClients = 64;

/** The clients of ECR's API. They do not try again by themselves: callEcr does, by the clock that it is given. */
export function ecrClients(settings: EcrClientSettings = {}): EcrClients {
  const clients = new Map<string, ECRClient>();
  const credentialsOf = (region: string, identity: EcrIdentity) => {
    if (identity === null) return settings.credentials;
    if ('accessKeyId' in identity) return identity;
    if (settings.assumeRole !== undefined) return told(identity, settings.assumeRole(identity, region));
    throw new Fault(
      'registry/denied',
      `Role ${identity.arn} cannot be taken on here: nothing is set up to assume roles`,
    );
  };
  return {
    clientFor(region, identity) {
      const key = identityKey(region, identity);
      const known = clients.get(key);
      if (known !== undefined) return known;
      const credentials = credentialsOf(region, identity);
      const client = traceCalls(
        new ECRClient({
          region,
          maxAttempts: 1,
          requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
          ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
          ...(credentials === undefined ? {} : { credentials }),
        }),
      );
      clients.set(key, client);
      if (clients.size > mostClients) {
        const [oldest, unused] = clients.entries().next().value!;
        clients.delete(oldest);
        unused.destroy();
      }
      return client;
    },
    [Symbol.dispose]() {
      for (const client of clients.values()) client.destroy();
      clients.clear();
    },
  };
}

/** The same credentials; when they cannot be had for good, the fault names the role and not the call that wanted them. */
function told(role: AssumedRole, credentials: AwsCredentials): AwsCredentials {
  if (typeof credentials !== 'function') return credentials;
  return async (properties) => {
    try {
      return await credentials(properties);
    } catch (thrown) {
      if (thrown instanceof Fault || isPassing(thrown)) throw thrown;
      throw new Fault(
        'registry/denied',
        `Role ${role.arn} could not be taken on; check that its trust policy names us, with the external id that is set here`,
      );
    }
  };
}
