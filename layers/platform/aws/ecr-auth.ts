import { type ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { Fault, faults } from '#core/fault.ts';
import type { Log } from '#core/log.ts';
import type { Clock } from '../clock.ts';
import type { AssumedRole, EcrIdentity, FindEcrLogin } from '../ecr-login.ts';
import { callEcr } from './ecr-call.ts';
import { parseEcrHost } from './ecr-host.ts';
import { identityKey } from './identity-key.ts';

export interface EcrAuthOptions {
  /** The client of a region, with the credentials of this process or of another identity. */
  clientFor(region: string, identity: EcrIdentity): Pick<ECRClient, 'send'>;
  readonly clock: Clock;
  readonly log?: Log;
  /** The role to take on for the registry of an account; accounts without one are asked as ourselves. */
  readonly roles?: ReadonlyMap<string, AssumedRole>;
}

/** Milliseconds. ECR's tokens last 12 hours and are asked for anew an hour before. */
const [minute, hour] = [60_000, 3_600_000];
const usualLife = 12 * hour;

/** Regions and identities whose tokens are kept. */
const mostKept = 200;

interface Token {
  readonly password: string;
  readonly since: number;
  /** When to ask for the next one. */
  readonly until: number;
  readonly expires: number;
}

/**
 * Finds the login for registries of ECR, null for others (the registry client's FindCredentials). One token of
 * GetAuthorizationToken serves all registries of a region that its holder may read, so there is one call for a region and identity in
 * 11 hours, however many pulls want it at once; a token that was refused is replaced, at most once a minute. When ECR's API
 * is out of order a token serves to its end. Throws `registry/denied` with what has to be allowed,
 * `registry/failed` or `network/unreachable` when the next try may succeed.
 * (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html)
 */
export function ecrCredentials(options: EcrAuthOptions): FindEcrLogin {
  const { clock, log } = options;
  const kept = new Map<string, Token>();
  const running = new Map<string, Promise<Token>>();

  const tokenFor = async (region: string, identity: EcrIdentity, refused: string | undefined): Promise<Token> => {
    const key = identityKey(region, identity);
    const now = clock.now();
    const found = kept.get(key);
    // One that is refused at a minute's age is refused for another reason than its age.
    const stale = found !== undefined && found.password === refused && now - found.since >= minute;
    if (found !== undefined && now < found.until && !stale) return found;
    const flight = running.get(key) ?? renew(key, region, identity, stale ? undefined : found);
    running.set(key, flight);
    try {
      return await flight;
    } finally {
      if (running.get(key) === flight) running.delete(key);
    }
  };

  const renew = async (key: string, region: string, identity: EcrIdentity, last: Token | undefined) => {
    const role = roleOf(identity);
    try {
      const token = await askToken(options, region, identity);
      if (token.until > token.since) keep(key, token);
      // Used this once, or every call would ask again.
      else log?.error('ECR token had expired when it came: check the clock', { region, role });
      return token;
    } catch (thrown) {
      const now = clock.now();
      if (last === undefined || now >= last.expires || !(thrown instanceof Fault) || !faults[thrown.code].retry)
        throw thrown;
      log?.error('ECR token not renewed, the last one still serves', {
        region,
        role,
        reason: thrown.message,
      });
      const longer = { ...last, until: Math.min(now + minute, last.expires) };
      keep(key, longer);
      return longer;
    }
  };

  const keep = (key: string, token: Token) => {
    kept.delete(key);
    kept.set(key, token);
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
  };

  return async (registry, repository, refused, as) => {
    const host = parseEcrHost(registry);
    if (host === null) return null;
    const identity = as === undefined ? (options.roles?.get(host.account) ?? null) : as;
    const { password, since, until } = await tokenFor(host.region, identity, refused?.password);
    const login = {
      kind: 'basic',
      username: 'AWS',
      password,
      advice: adviceFor(host.account, repository, identity),
    } as const;
    return until > since ? { ...login, until } : login;
  };
}

async function askToken({ clientFor, clock }: EcrAuthOptions, region: string, identity: EcrIdentity): Promise<Token> {
  const role = roleOf(identity);
  const doing = `Logging in to ECR of ${region}${role === undefined ? '' : ` as ${role}`}`;
  const call = { doing, permission: 'ecr:GetAuthorizationToken', resource: "'*'" };
  const since = clock.now();
  const client = clientFor(region, identity);
  const { authorizationData } = await callEcr(clock, call, () => client.send(new GetAuthorizationTokenCommand({})));
  const data = authorizationData?.[0];
  const [, password] = /^AWS:([\x21-\x7e]{1,16384})$/.exec(decode(data?.authorizationToken)) ?? [];
  if (password === undefined)
    throw new Fault('registry/failed', `${doing}: ECR answered without a token; try again later`);
  const stated = data?.expiresAt?.getTime() ?? Number.NaN;
  const expires = Number.isNaN(stated) ? since + usualLife : stated;
  // An hour early; of short lives a twelfth.
  const until = expires - Math.min(hour, Math.max(0, expires - since) / 12);
  return { password, since, until, expires };
}

function decode(token: string | undefined): string {
  return Buffer.from((token ?? '').slice(0, 32_768), 'base64').toString('latin1');
}

/** The ARN of the role that an identity is; keys have no name that could be told. */
function roleOf(identity: EcrIdentity): string | undefined {
  return identity !== null && 'arn' in identity ? identity.arn : undefined;
}

function adviceFor(account: string, repository: string, identity: EcrIdentity): string {
  const who = identity === null ? 'the role that runs this' : (roleOf(identity) ?? 'the owner of the access key');
  return `check that ${repository} exists and that ${who} has ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on it; a repository of another account (${account}) needs them in its repository policy too`;
}
