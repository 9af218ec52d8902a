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
>;

/**
 * The request in an event of API Gateway. Its path comes without the stage and percent-encoded, its query decoded; a body of one of
 * the API's binary types is base64. Of a header that came several times the values are joined (RFC 9110, 5.3).
 */
export function fromProxyEvent(event: ProxyEvent): ApiRequest {
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
  };
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
