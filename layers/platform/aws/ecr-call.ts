import { Fault } from '#core/fault.ts';
import type { Clock } from '../clock.ts';

/** What a call is about, for the message of a fault and for who has to change what. */
export interface EcrCall {
  /** As in "listing the images of team/app". */
  readonly doing: string;
  /** The IAM action that allows it, and on what. */
  readonly permission: string;
  readonly resource: string;
}

const attempts = 7;
/** Milliseconds: the first pause, doubled with each try, and the longest. Together half a minute at most. */
const pauses = { first: 400, longest: 20_000 } as const;

/**
 * Makes one call of the SDK that only reads, again while ECR says "later" or cannot be reached: seven times, with pauses
 * that double and differ, because the quota is shared with everybody who pulls in the account. A Fault passes through; the rest is
 * `registry/denied` with what has to be allowed, `registry/not-found`, `registry/failed` or `network/unreachable`.
 */
export async function callEcr<T>(clock: Clock, call: EcrCall, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (attempt === attempts || !isPassing(thrown)) throw ecrFault(thrown, call);
    }
    const longest = Math.min(pauses.first * 2 ** (attempt - 1), pauses.longest);
    await clock.sleep(longest * (0.5 + Math.random() / 2));
  }
}

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: unknown;
}

const throttling =
  /^(Throttling(Exception)?|ThrottledException|TooManyRequestsException|RequestLimitExceeded|SlowDown)$/;
const connection = /^(ECONN(RESET|REFUSED|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** True for what the next try may not meet: throttling, failures of the service, broken connections. */
export function isPassing(thrown: unknown): boolean {
  if (thrown instanceof Fault) return false;
  const error = thrown as SdkError;
  const status = error.$metadata?.httpStatusCode ?? 0;
  const later = throttling.test(error.name ?? '') || status === 429 || status >= 500;
  return later || error.$retryable !== undefined || isUnreachable(error);
}

function isUnreachable(error: SdkError): boolean {
  return error.name === 'TimeoutError' || connection.test(error.code ?? '');
}

const notCredentials =
  /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|IncompleteSignature.*|ExpiredToken(Exception)?|MissingAuthenticationToken.*)$/;
const absent = /^(RepositoryNotFound|ImageNotFound|LayersNotFound|RegistryPolicyNotFound)Exception$/;

/** Of the service's own words only the name of the error is told: messages may hold ARNs of others, or parts of tokens. */
function ecrFault(thrown: unknown, { doing, permission, resource }: EcrCall): Fault {
  if (thrown instanceof Fault) return thrown;
  const error = thrown as SdkError;
  const name = /^[A-Za-z.]{1,60}$/.test(error.name ?? '') ? error.name! : 'an unknown error';
  const fault = (
    code: 'registry/denied' | 'registry/not-found' | 'registry/failed' | 'network/unreachable',
    how: string,
  ) => new Fault(code, `${doing}: ${how}`, { detail: { error: name } });
  if (/^AccessDenied(Exception)?$/.test(name))
    return fault('registry/denied', `ECR does not allow it; give the role that runs this ${permission} on ${resource}`);
  if (notCredentials.test(name))
    return fault(
      'registry/denied',
      `AWS does not take the credentials (${name}); check that they are current, and the clock`,
    );
  if (/^(CredentialsProviderError|TokenProviderError)$/.test(name))
    return fault(
      'registry/denied',
      'there are no AWS credentials; run with a role, or configure them as for the AWS CLI',
    );
  if (absent.test(name))
    return fault('registry/not-found', `ECR does not have it (${name}); check account, region and name`);
  if (isUnreachable(error))
    return fault('network/unreachable', 'ECR cannot be reached; check the network, or the VPC endpoint ecr.api');
  return fault('registry/failed', `ECR answered ${name}${isPassing(error) ? ' again and again; try again later' : ''}`);
}
