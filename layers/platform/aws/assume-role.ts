import { AssumeRoleCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { Fault } from '#core/fault.ts';
import type { Clock } from '../clock.ts';
import type { AssumedRole } from '../ecr-login.ts';
import { isPassing } from './ecr-call.ts';

export interface AssumeRoleOptions {
  /** The region whose STS is asked; its sessions count in all regions, those that have to be enabled too. */
  readonly region: string;
  readonly clock: Clock;
  /** What the other account reads in CloudTrail: 2 to 64 of A-Z, a-z, 0-9, `_+=,.@-`. */
  readonly sessionName: string;
  /** Who takes on the roles; the SDK's own chain when left out. */
  readonly credentials?: NonNullable<STSClientConfig['credentials']>;
  /** Instead of the region's own endpoint: an emulator. From settings, never from data. */
  readonly endpoint?: string;
}

/** Keys of a role for a while, as clients of the SDK take them. Never shown, never logged. */
export interface RoleSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Gives the credentials of a role. Disposing of it closes its connections. */
export interface AssumeRole extends Disposable {
  (role: AssumedRole): () => Promise<RoleSession>;
}

/** Seconds: the longest that a role taken on by a role may have, which ours always is. */
const sessionSeconds = 3_600;

/** Milliseconds before the end from which the next session is asked for: clients of the SDK ask five minutes before. */
const renewBefore = 10 * 60_000;

/** Milliseconds between tries while STS is out of order and the old session still counts. */
const renewPause = 60_000;

/**
 * STS AssumeRole: one call an hour and role, however many want it at once. A session serves to its end when STS cannot give the next
 * one. Rejects with what the SDK throws, which ecrClients tells with the role's name; it is not tried again here, callers do that.
 * (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html)
 */
export function assumeRoles(options: AssumeRoleOptions): AssumeRole {
  const { clock } = options;
  const client = new STSClient({
    region: options.region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
  const ask = async (role: AssumedRole): Promise<RoleSession> => {
    const answer = await client.send(
      new AssumeRoleCommand({
        RoleArn: role.arn,
        RoleSessionName: options.sessionName,
        DurationSeconds: sessionSeconds,
        ...(role.externalId === null ? {} : { ExternalId: role.externalId }),
      }),
    );
    return sessionOf(role, answer.Credentials);
  };
  const sessions = new Map<string, () => Promise<RoleSession>>();
  const credentialsOf = (role: AssumedRole) => {
    const key = JSON.stringify([role.arn, role.externalId]);
    const known = sessions.get(key) ?? renewed(clock, () => ask(role));
    sessions.set(key, known);
    return known;
  };
  return Object.assign(credentialsOf, { [Symbol.dispose]: () => client.destroy() });
}

/** One session for all who want it, asked for anew before it ends. */
function renewed(clock: Clock, ask: () => Promise<RoleSession>): () => Promise<RoleSession> {
  let current: RoleSession | null = null;
  let running: Promise<RoleSession> | null = null;
  let notBefore = 0;
  const left = () => (current === null ? 0 : current.expiration.getTime() - clock.now());
  const renew = async (): Promise<RoleSession> => {
    try {
      current = await ask();
    } catch (thrown) {
      if (current === null || left() <= 0 || !isPassing(thrown)) throw thrown;
      notBefore = clock.now() + renewPause;
    }
    return current;
  };
  return async () => {
    if (current !== null && (left() > renewBefore || (left() > 0 && clock.now() < notBefore))) return current;
    running ??= renew().finally(() => {
      running = null;
    });
    return await running;
  };
}

function sessionOf(
  role: AssumedRole,
  found:
    | {
        readonly AccessKeyId?: string | undefined;
        readonly SecretAccessKey?: string | undefined;
        readonly SessionToken?: string | undefined;
        readonly Expiration?: Date | undefined;
      }
    | undefined,
): RoleSession {
  if (found?.AccessKeyId && found.SecretAccessKey && found.SessionToken && found.Expiration !== undefined)
    return {
      accessKeyId: found.AccessKeyId,
      secretAccessKey: found.SecretAccessKey,
      sessionToken: found.SessionToken,
      expiration: found.Expiration,
    };
  throw new Fault('registry/failed', `Role ${role.arn}: STS answered without credentials; try again later`);
}
