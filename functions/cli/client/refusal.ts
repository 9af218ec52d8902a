import { Fault, type FaultCode, faults } from '#core/fault.ts';
import { valueAt } from './value-at.ts';

/** An answer that is none of 2xx. */
export interface RefusedAnswer {
  readonly status: number;
  /** The body: parsed where it is JSON. */
  readonly body: unknown;
}

/** The Fault of such an answer: the server's own code where it sent one that we know, its message, and the body for machines. */
export function refusal(what: string, { status, body }: RefusedAnswer): Fault {
  const sent = valueAt(body, 'detail.code');
  const code = typeof sent === 'string' && Object.hasOwn(faults, sent) ? (sent as FaultCode) : codeOf(status);
  const said = status === 401 ? unknownSender : (messageOf(body) ?? `${what} was answered with status ${status}`);
  return new Fault(code, said, { detail: { httpcode: status, body } });
}

const unknownSender =
  'the server does not know this user and password; give --u and --password-stdin, or set PLIMSOLL_USER and PLIMSOLL_PASS, or PLIMSOLL_TOKEN';

/** The exit code of a failure, as the original's: 2 for what is wrong with the call itself, a 401 or a 500, 1 for other answers. */
export function exitOf(fault: Fault): number {
  const status = fault.detail['httpcode'];
  return typeof status === 'number' && status !== 401 && status !== 500 ? 1 : 2;
}

/**
 * What is asked before the question itself: an image by its tag, who is who. Where that fails the original's client ends with
 * 2, whatever the server answered; so the Fault comes without the answer.
 */
export async function beforehand<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    const { code, message } = Fault.from(thrown);
    throw new Fault(code, message, { cause: thrown });
  }
}

const codes: Readonly<Record<number, FaultCode>> = {
  400: 'input/invalid',
  401: 'auth/required',
  403: 'auth/forbidden',
  404: 'state/not-found',
  406: 'registry/unusable',
  409: 'state/conflict',
  413: 'input/too-large',
  429: 'auth/throttled',
  502: 'network/unreachable',
  503: 'sql/unavailable',
  504: 'internal/overdue',
};

function codeOf(status: number): FaultCode {
  return codes[status] ?? (status < 500 ? 'input/invalid' : 'internal/failed');
}

/** `message` of the v1 API, `detail` of a problem document (RFC 9457), or a short plain text; not the page of a proxy. */
function messageOf(body: unknown): string | null {
  if (typeof body === 'string') return body !== '' && body.length <= 300 && !body.includes('<') ? body.trim() : null;
  for (const path of ['message', 'detail', 'title', 'error_description', 'Message']) {
    const text = valueAt(body, path);
    if (typeof text === 'string' && text !== '') return text;
  }
  return null;
}
