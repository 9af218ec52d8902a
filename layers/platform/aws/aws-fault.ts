import { Fault, type FaultCode } from '#core/fault.ts';

/**
 * What the AWS SDK threw as a Fault: `attempted` says what was tried on what ("Blob a/b: reading from bucket c"). Throttling,
 * failures of the service and of the connection are `network/unreachable` (the SDK has retried them already), refusals
 * `auth/*`, missing buckets, queues and secrets `state/not-found`. A Fault is given back as it is.
 */
export function awsFault(thrown: unknown, attempted: string): Fault {
  if (thrown instanceof Fault) return thrown;
  const name = awsErrorName(thrown);
  const code = codeOf(name, awsErrorStatus(thrown), thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault(code, `${attempted} failed: ${name}: ${message.slice(0, 500)}${hints[code] ?? ''}`, {
    cause: thrown,
    detail: { aws: name },
  });
}

/** The name by which AWS calls an error (`NoSuchKey`, `AccessDenied`), the code of a failed connection, or the class. */
export function awsErrorName(thrown: unknown): string {
  const { name, code } = (thrown ?? {}) as { name?: unknown; code?: unknown };
  if (typeof name === 'string' && name !== 'Error') return name;
  return typeof code === 'string' ? code : 'Error';
}

/** The HTTP status of the answer, null when there was none. */
export function awsErrorStatus(thrown: unknown): number | null {
  const metadata = (thrown as { $metadata?: { httpStatusCode?: unknown } } | null)?.$metadata;
  return typeof metadata?.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}

const hints: Partial<Record<FaultCode, string>> = {
  'auth/forbidden': '; allow it to the role of this process',
  'auth/required': '; look at the credentials of this process',
  'state/not-found': '; look at the settings, and whether the stack is deployed in this region',
  'network/unreachable': '; it may be tried again',
};

const forbidden =
  /^(AccessDenied|AllAccessDisabled|KMS\.?AccessDenied|Forbidden|AuthorizationError|NotAuthorized|InvalidAccessException)/;

const unauthenticated =
  /^(ExpiredToken|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|RequestTimeTooSkewed|CredentialsProviderError|MissingAuthenticationToken|IncompleteSignature|InvalidToken|RequestExpired)/;

const missing =
  /^(NoSuchBucket|NoSuchKey|NotFound|QueueDoesNotExist|ResourceNotFound|AWS\.SimpleQueueService\.NonExistentQueue)/;

const passing =
  /^(SlowDown|Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|BandwidthLimitExceeded|PriorRequestNotComplete|ServiceUnavailable|InternalError|InternalFailure|InternalService|RequestTimeout|TimeoutError|OverLimit|ConditionalRequestConflict|OperationAborted|E[A-Z]{4,})/;

function codeOf(name: string, status: number | null, thrown: unknown): FaultCode {
  if (forbidden.test(name)) return 'auth/forbidden';
  if (unauthenticated.test(name)) return 'auth/required';
  if (missing.test(name)) return 'state/not-found';
  if (passing.test(name) || status === 429 || (status !== null && status >= 500)) return 'network/unreachable';
  if (status === 403) return 'auth/forbidden';
  // Node names connections that broke off only by their code or by "aborted".
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && /^(E[A-Z]{4,}|UND_ERR)/.test(code)) return 'network/unreachable';
  if (typeof message === 'string' && /^(aborted|socket hang up|Connection lost)/.test(message))
    return 'network/unreachable';
  return 'internal/failed';
}
