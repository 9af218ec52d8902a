import { type Read, readShape, type Shape } from '#schema/api/shape.ts';
import type { Route } from './route.ts';

/** The query of a request by the shape of its route. A parameter without a value counts as not given; of several the last. */
export function readQuery(route: Route, query: URLSearchParams): Read<unknown> {
  if (route.query === undefined) return { kind: 'read', value: undefined };
  const given = [...query].filter(([, value]) => value !== '');
  const wrong = given.find(([, value]) => value.includes('\0'));
  if (wrong !== undefined) return { kind: 'refused', problem: `the parameter '${wrong[0].slice(0, 100)}' holds NUL` };
  const read = readShape(route.query, Object.fromEntries(given));
  return read.kind === 'read' ? read : { kind: 'refused', problem: `query parameter ${read.problem}` };
}

/** The body of a request by the shape of its route. */
export function readBody(route: Route, bytes: Uint8Array): Read<unknown> {
  if (route.bytes !== undefined) return { kind: 'read', value: bytes };
  if (route.form !== undefined) return readForm(route.form, bytes);
  if (route.body === undefined) return { kind: 'read', value: undefined };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const read = readShape(route.body, JSON.parse(text, refuseOddText));
    return read.kind === 'read' ? read : { kind: 'refused', problem: `request body ${read.problem}` };
  } catch (thrown) {
    const reason = thrown instanceof OddText ? thrown.message : 'it is not JSON in UTF-8, or is nested too deep';
    return { kind: 'refused', problem: `the request body cannot be read: ${reason}` };
  }
}

/** A form as clients of OAuth send it; a field without a value counts as not given, of several the last (RFC 6749, 3.2). */
function readForm(shape: Shape, bytes: Uint8Array): Read<unknown> {
  const fields = [...new URLSearchParams(Buffer.from(bytes).toString('utf8'))].filter(([, value]) => value !== '');
  const read = readShape(shape, Object.fromEntries(fields));
  return read.kind === 'read' ? read : { kind: 'refused', problem: `form field ${read.problem}` };
}

class OddText extends Error {}

/** JSON can spell what PostgreSQL stores in no text: NUL, and halves of surrogate pairs. */
function refuseOddText(key: string, value: unknown): unknown {
  for (const text of [key, value])
    if (typeof text === 'string' && (text.includes('\0') || !text.isWellFormed()))
      throw new OddText('a text in it holds NUL or half a surrogate pair');
  return value;
}
