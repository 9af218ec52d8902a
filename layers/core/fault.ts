/**
 * Every way Plimsoll can refuse or fail, in one closed table. HTTP answers, queue retries, CLI exit codes and the
 * documentation all read it; nothing else decides a status.
 *
 * `status` is the HTTP status, `retry` says whether the same call may succeed later, `exit` the exit code of the CLI.
 */
export const faults = {
  'input/invalid': {
    status: 400,
    retry: false,
    exit: 2,
    meaning: 'What was given is not of the form that was asked for.',
  },
  'input/too-large': {
    status: 413,
    retry: false,
    exit: 2,
    meaning: 'What was given is larger than the limit that protects this call.',
  },
  'auth/required': {
    status: 401,
    retry: false,
    exit: 2,
    meaning: 'The call needs credentials, or those given are wrong.',
  },
  'auth/forbidden': { status: 403, retry: false, exit: 2, meaning: 'The credentials are good but do not allow this.' },
  'auth/throttled': {
    status: 429,
    retry: true,
    exit: 2,
    meaning: 'Too many sign-ins failed; the next is tried after the time that the answer names.',
  },
  'auth/too-fast': {
    status: 429,
    retry: true,
    exit: 2,
    meaning:
      'One user asks more often than the setting allows; the next request is answered after the time that the answer names.',
  },
  'state/not-found': { status: 404, retry: false, exit: 2, meaning: 'There is nothing under this name.' },
  'state/conflict': {
    status: 409,
    retry: false,
    exit: 2,
    meaning: 'The thing is in a state that does not allow this.',
  },
  'state/exists': {
    status: 500,
    retry: false,
    exit: 2,
    meaning: 'The thing is there already, and clients of the v1 API know that by this status.',
  },
  'data/in-use': { status: 409, retry: true, exit: 2, meaning: 'Another process holds the data folder.' },
  'data/corrupt': {
    status: 500,
    retry: false,
    exit: 2,
    meaning: 'Stored data does not have the form it was written in.',
  },
  'sql/refused': {
    status: 500,
    retry: false,
    exit: 2,
    meaning: 'The statement breaks a rule that every platform of Plimsoll keeps.',
  },
  'sql/result-too-large': {
    status: 500,
    retry: false,
    exit: 2,
    meaning: 'The answer passes 1 MiB, or a row 64 KiB; ask for less a page.',
  },
  'sql/failed': { status: 500, retry: false, exit: 2, meaning: 'The database refused or failed the statement.' },
  'sql/unavailable': { status: 503, retry: true, exit: 2, meaning: 'The database cannot be reached now.' },
  'network/unreachable': {
    status: 502,
    retry: true,
    exit: 2,
    meaning: 'The other side could not be reached, or broke off.',
  },
  'network/refused': { status: 400, retry: false, exit: 2, meaning: 'The address is one that Plimsoll does not call.' },
  'network/offline': {
    status: 503,
    retry: false,
    exit: 2,
    meaning: 'The call needs the network, which is switched off.',
  },
  'registry/denied': {
    status: 400,
    retry: false,
    exit: 2,
    meaning: 'The registry does not let these credentials read the image.',
  },
  'registry/not-found': { status: 400, retry: false, exit: 2, meaning: 'The registry does not have the image.' },
  'registry/unusable': {
    status: 406,
    retry: false,
    exit: 2,
    meaning: 'The registry could not be logged in to with what was given, so that was not stored.',
  },
  'registry/failed': { status: 502, retry: true, exit: 2, meaning: 'The registry answered with an error.' },
  'image/not-an-image': { status: 400, retry: false, exit: 2, meaning: 'The source holds no container image.' },
  'image/platform-missing': {
    status: 400,
    retry: false,
    exit: 2,
    meaning: 'The image is not built for the platform that was asked for.',
  },
  'image/unsupported': {
    status: 400,
    retry: false,
    exit: 2,
    meaning: 'The image uses a form that Plimsoll does not read.',
  },
  'image/corrupt': { status: 400, retry: false, exit: 2, meaning: 'The bytes of the image are damaged or cut off.' },
  'image/digest-mismatch': {
    status: 400,
    retry: false,
    exit: 2,
    meaning: 'Bytes do not have the digest under which they were named.',
  },
  'image/too-large': { status: 400, retry: false, exit: 2, meaning: 'The image passes a limit for whole images.' },
  'feed/failed': { status: 502, retry: true, exit: 2, meaning: 'An advisory feed could not be fetched or read.' },
  'internal/overdue': {
    status: 503,
    retry: true,
    exit: 2,
    meaning: 'The answer was not ready in the time that a request has.',
  },
  'internal/failed': {
    status: 500,
    retry: true,
    exit: 2,
    meaning: 'Plimsoll has a defect or met a condition it does not know.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; exit: number; meaning: string }>;

export type FaultCode = keyof typeof faults;

/**
 * The one error class. The message says what was attempted, on what, and what to do; it never holds a secret.
 * `detail` is for machines and goes into API answers as it is.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: FaultCode, message: string, options: { detail?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.detail = options.detail ?? {};
  }

  /** A Fault as it is; anything else as `internal/failed` with the thing as its cause. */
  static from(thrown: unknown): Fault {
    if (thrown instanceof Fault) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new Fault('internal/failed', message, { cause: thrown });
  }
}
