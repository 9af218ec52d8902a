import { Readable } from 'node:stream';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { StreamedAnswer } from '#platform/aws/lambda.ts';
import type { ApiRequest, ApiResponse } from './route.ts';

/** What of an event of an API Gateway REST API (proxy integration, payload 1.0) is read. */
export type ProxyEvent = Pick<
  APIGatewayProxyEvent,
  | 'httpMethod'
  | 'path'
  | 'headers'
  | 'multiValueHeaders'
  | 'multiValueQueryStringParameters'
  | 'body'
  | 'isBase64Encoded'
> & {
  readonly requestContext: Pick<APIGatewayProxyEvent['requestContext'], 'requestId' | 'requestTimeEpoch'> & {
    /** Who sent it, by what API Gateway itself saw. */
    readonly identity?: { readonly sourceIp?: string };
  };
};

/**
 * The request in an event of API Gateway. Its path comes without the stage and percent-encoded, its query decoded; a body of one of
 * the API's binary types is base64. Of a header that came several times the values are joined (RFC 9110, 5.3). `leftMs` is what
 * Lambda gives the function yet.
 */
export function fromProxyEvent(
  event: ProxyEvent,
  now: number,
  leftMs: number,
): ApiRequest & { readonly until: number; readonly body: Uint8Array } {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.headers ?? {}))
    if (value != null) headers[name.toLowerCase()] = value;
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {}))
    if (values != null && values.length > 0) headers[name.toLowerCase()] = values.join(', ');
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {}))
    for (const value of values ?? []) query.append(name, value);
  return {
    method: event.httpMethod,
    path: event.path,
    query,
    headers,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    address: event.requestContext.identity?.sourceIp ?? '',
    id: event.requestContext.requestId,
    until: Math.min(now + leftMs, gatewayEnd(event, now)) - lastWordMs,
  };
}

/**
 * What API Gateway gives an integration, from when the request came: a cold start is in it. Milliseconds
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
 */
const gatewayMs = 29_000;

/** For the answer's own way back. Milliseconds. */
const lastWordMs = 1000;

/** A time of arrival that cannot be (an event that was written by hand, a clock that is wrong) counts as now. */
function gatewayEnd({ requestContext }: ProxyEvent, now: number): number {
  const age = now - requestContext.requestTimeEpoch;
  return now + gatewayMs - (age >= 0 && age < gatewayMs ? age : 0);
}

/** An answer as the Lambda edge streams it. HEAD gets the headers alone; what would have been sent is given back unread. */
export async function toStreamedAnswer(method: string, response: ApiResponse): Promise<StreamedAnswer> {
  const { status: statusCode, headers, body } = response;
  const answer = { statusCode, headers };
  if (typeof body === 'string') return { ...answer, body: method === 'HEAD' ? '' : body };
  if (method !== 'HEAD') return { ...answer, body: Readable.from(body) };
  await body[Symbol.asyncIterator]().return?.();
  return { ...answer, body: '' };
}
