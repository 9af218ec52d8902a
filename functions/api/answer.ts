import { type Fault, type FaultCode, faults } from '#core/fault.ts';
import type { ApiResponse, Download } from './route.ts';

/** An answer in JSON: of a value, or of JSON text that comes in pieces; undefined is an empty body. Throws what the first piece throws. */
export async function json(status: number, value: unknown): Promise<ApiResponse> {
  const headers = { 'content-type': 'application/json' };
  if (value === undefined) return { status, headers: {}, body: '' };
  if (isPieces(value)) return { status, headers, body: await begun(value) };
  return { status, headers, body: JSON.stringify(value) };
}

/** An answer in text of a media type. */
export function text(status: number, type: string, body: string): ApiResponse {
  return { status, headers: { 'content-type': type }, body };
}

/** A file to be stored under its name (RFC 6266); names are of the program's own making. */
export function download(status: number, { type, name, bytes }: Download): ApiResponse {
  const headers = { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
  return { status, headers, body: bytes };
}

/** Messages of these are for the log: they speak of statements and code, and are met before anybody has signed in. */
const isInner = (code: FaultCode) => code === 'internal/failed' || code.startsWith('sql/');

/** Errors in the form that clients of the v1 API read; a missing sign-in is plain text, as the original answers it. */
export function faultResponse(fault: Fault): ApiResponse {
  const { status, retry } = faults[fault.code];
  if (fault.code === 'auth/required')
    return {
      status,
      headers: { 'content-type': 'text/plain', 'www-authenticate': 'basic realm="Authentication required"' },
      body: 'Unauthorized',
    };
  const hidden = isInner(fault.code);
  const outer = status === 503 ? `${whyAway(fault)}; try again` : 'internal error';
  const message = hidden ? `${outer}; the log of the server says more` : fault.message;
  const detail = { error_codes: [], code: fault.code, ...(hidden ? {} : fault.detail) };
  const after = fault.detail['retry_after'] ?? (retry && status === 503 ? 5 : null);
  const headers = {
    'content-type': 'application/json',
    ...(typeof after === 'number' ? { 'retry-after': String(after) } : {}),
  };
  return { status, headers, body: JSON.stringify({ message, httpcode: status, detail }) };
}

function whyAway({ detail }: Fault): string {
  return detail['waking'] === true
    ? 'the database was paused and is waking up, which takes up to a minute'
    : 'the database takes no calls now';
}

const titles = {
  400: ['Bad Request', 'The request is not of the form that was asked for.'],
  404: ['Not Found', 'The requested URL was not found on the server.'],
  405: ['Method Not Allowed', 'The method is not allowed for the requested URL.'],
} as const;

/** What is wrong with a request itself, before anything was tried (RFC 9457). */
export function problem(
  status: keyof typeof titles,
  detail: string = titles[status][1],
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ detail, status, title: titles[status][0], type: 'about:blank' }),
  };
}

function isPieces(value: unknown): value is AsyncIterable<string> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** The same pieces with the first one made already: what fails before anything is sent is an error answer, not half a 200. */
async function begun(pieces: AsyncIterable<string>): Promise<AsyncIterable<string>> {
  const iterator = pieces[Symbol.asyncIterator]();
  let first: IteratorResult<string> | null = await iterator.next();
  const next = () => {
    const made = first;
    first = null;
    return made === null ? iterator.next() : Promise.resolve(made);
  };
  const end = async () => (await iterator.return?.()) ?? { done: true as const, value: undefined };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}
