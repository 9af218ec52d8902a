import { Fault, type FaultCode } from '#core/fault.ts';
import { excerpt } from '../sql-check.ts';
import { sqlFault } from '../sql-fault.ts';
import { awsErrorName, awsErrorStatus } from './aws-fault.ts';

/**
 * What an error proves about the call that ended in it: that nothing was done and the same call may succeed soon; that it was
 * refused or failed for good; or neither: it may have been carried out, only the answer is missing.
 */
export type CallEnd = 'not-run' | 'refused' | 'unknown';

/** See CallEnd. What is not known to be one of the others is 'unknown'. */
export function callEnd(thrown: unknown): CallEnd {
  const name = nameOf(thrown);
  if (notRun.test(name) || awsErrorStatus(thrown) === 429) return 'not-run';
  if (notSent.has(name)) return 'not-run';
  const { message } = (thrown ?? {}) as { readonly message?: unknown };
  if (name === 'TimeoutError' && /did not establish a connection/.test(String(message))) return 'not-run';
  // Server errors by which PostgreSQL turns a connection away before it reads a statement.
  if (/^(53300|57P03)$/.test(sqlstateOf(thrown) ?? '')) return 'not-run';
  const status = awsErrorStatus(thrown);
  if (notSigned.test(name) || (status !== null && status >= 400 && status < 500)) return 'refused';
  return 'unknown';
}

/**
 * A failed call of the Data API as a Fault. `statement` is the SQL, or the name of the operation where it has none;
 * `waited` is for how long it was tried, in ms. Holds no values: neither those of parameters nor those
 * that PostgreSQL quotes, which is why the error itself is not its cause.
 */
export function dataApiFault(thrown: unknown, statement: string, waited: number): Fault {
  if (thrown instanceof Fault) return thrown;
  const name = nameOf(thrown);
  const said = String((thrown as { message?: unknown } | null)?.message ?? '');
  const sqlstate = sqlstateOf(thrown);
  if (sqlstate !== null) return sqlFault({ sqlstate, ...readPostgresMessage(said, sqlstate) }, statement);
  const known = knownFault(name, said);
  if (known !== null) return faultOf(known.code, `${known.says} (${name}; statement: ${excerpt(statement)})`, thrown);
  const after = waited > 0 ? ` for ${Math.round(waited / 1000)} s` : '';
  switch (callEnd(thrown)) {
    case 'not-run':
      return faultOf(
        'sql/unavailable',
        `The database took no call${after}: ${whyNot(name)}; nothing was done, try again in a minute (${name}; statement: ${excerpt(statement)})`,
        thrown,
        name === 'DatabaseResumingException' ? { waking: true } : {},
      );
    case 'unknown':
      return faultOf(
        'sql/unavailable',
        `The Data API gave no answer to a statement, which may have run or not and was not sent again unless it only reads; whatever asked for it runs once more and finds out (${name}; statement: ${excerpt(statement)})`,
        thrown,
        { outcome: 'unknown' },
      );
    default:
      return faultOf(
        'sql/failed',
        `The Data API refused a call: ${name}: ${withoutValues(said)} (statement: ${excerpt(statement)})`,
        thrown,
      );
  }
}

/** Errors of which AWS says that no statement was begun. The service's own throttling goes by several names. */
const notRun =
  /^(DatabaseResumingException|DatabaseUnavailableException|ServiceUnavailableError|Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded|SecretsErrorException)$/;

/** Codes of Node for connections that never came about. */
const notSent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** The code of a connection that did not come about, which Node puts on errors of several names; else the name. */
function nameOf(thrown: unknown): string {
  const { code } = (thrown ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && notSent.has(code) ? code : awsErrorName(thrown);
}

/** Failures of the client before it sends: without credentials no second try helps. */
const notSigned = /^(CredentialsProviderError|TokenProviderError)$/;

interface KnownFault {
  readonly code: FaultCode;
  readonly says: string;
}

/** Errors that say more than their class; null for all others. */
function knownFault(name: string, said: string): KnownFault | null {
  if (name === 'StatementTimeoutException') {
    return {
      code: 'sql/failed',
      says: 'A statement ran for longer than the 45 s that the Data API gives it and was stopped; nothing of it was kept: do less a call (smaller pages, fewer rows)',
    };
  }
  if (name === 'TransactionNotFoundException') {
    return {
      code: 'sql/unavailable',
      says: 'The transaction is gone and nothing of it was kept: the Data API takes one back after 3 minutes without a call or 24 hours; run it again, and wait for nothing inside it',
    };
  }
  if (/still running a query/i.test(said)) {
    return {
      code: 'sql/unavailable',
      says: 'An earlier statement of the transaction is still running; run the transaction again, and await each call before the next',
    };
  }
  // Whether rows or the whole are too large, the words of it differ from version to version.
  const ofSize = /response|result|row|returned/i.test(said) && /size|large|limit/i.test(said);
  if (ofSize && /^(UnsupportedResult|BadRequest|DatabaseError)Exception$/.test(name)) {
    return {
      code: 'sql/result-too-large',
      says: 'The answer passes 1 MiB or a row of it 64 KiB, which the Data API does not give; ask for smaller pages or fewer columns, or keep the document in a blob',
    };
  }
  if (name === 'UnsupportedResultException') {
    return {
      code: 'sql/refused',
      says: 'A column of the answer is an array of arrays or of a type without a plain form; cast it to text',
    };
  }
  const set = configuration[name];
  return set === undefined ? null : { code: 'sql/unavailable', says: set };
}

/** What has to be set right by hand; until then the database cannot be used, and what waits for it waits in its queue. */
const configuration: Readonly<Record<string, string>> = {
  AccessDeniedException:
    'This process may not use the database; allow its role the five rds-data actions on the cluster and secretsmanager:GetSecretValue on the secret',
  ForbiddenException:
    'This process may not use the database; allow its role the five rds-data actions on the cluster and secretsmanager:GetSecretValue on the secret',
  InvalidSecretException: 'The secret of the database is not one of a user and a password; restore it',
  HttpEndpointNotEnabledException: 'The cluster has its Data API switched off; enable its HTTP endpoint',
  DatabaseNotFoundException: 'The cluster has no instance; look at it in the RDS console',
  NotFoundException: 'The cluster or its secret is not there; look at the settings, and whether the stack is deployed',
  InvalidResourceStateException: 'The cluster is in a state that takes no calls; look at it in the RDS console',
  CredentialsProviderError: 'There are no AWS credentials for the call; look at the role of this process',
};

function whyNot(name: string): string {
  if (name === 'DatabaseResumingException') return 'it is waking up from its pause';
  if (name === 'DatabaseUnavailableException') return 'its writer instance is not available';
  if (name === 'SecretsErrorException') return 'its secret could not be read';
  if (notSent.has(name) || name === 'TimeoutError') return 'the Data API cannot be reached';
  return 'the Data API takes no more calls now';
}

/** `ERROR: relation "x" does not exist\n  Position: 15; SQLState: 42P01`, as the Data API passes on PostgreSQL's errors. */
function sqlstateOf(thrown: unknown): string | null {
  const { message } = (thrown ?? {}) as { message?: unknown };
  return /;\s*SQLState:\s*([0-9A-Z]{5})\s*$/.exec(String(message))?.[1] ?? null;
}

function readPostgresMessage(message: string, sqlstate: string): { said: string; names: Record<string, string> } {
  const values = sqlstate.startsWith('22');
  const [first = ''] = (values ? message.replace(/"[\s\S]*"/, '"..."') : message)
    .replace(/;\s*SQLState:[^;]*$/, '')
    .replace(/^ERROR:\s*/, '')
    .split('\n');
  const names: Record<string, string> = {};
  for (const [key, pattern] of values ? [] : namePatterns) {
    const found = pattern.exec(first)?.[1];
    if (found !== undefined) names[key] = found;
  }
  return { said: first.trim(), names };
}

const namePatterns = [
  ['constraint', /constraint "([^"]+)"/],
  ['table', /(?:relation|table) "([^"]+)"/],
  ['column', /column "([^"]+)"/],
] as const;

/** The first line, without what stands in quotes. */
function withoutValues(said: string): string {
  return (said.replace(/"[\s\S]*"|'[\s\S]*'/g, '"..."').split('\n')[0] ?? '').slice(0, 300);
}

function faultOf(code: FaultCode, message: string, thrown: unknown, more: Record<string, unknown> = {}): Fault {
  const { $metadata } = (thrown ?? {}) as { $metadata?: { requestId?: unknown } };
  const requestId = $metadata?.requestId;
  return new Fault(code, message, {
    detail: { aws: nameOf(thrown), ...(typeof requestId === 'string' ? { requestId } : {}), ...more },
  });
}
