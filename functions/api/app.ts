import type { Authenticate } from '#access/authenticate.ts';
import { Fault, faults } from '#core/fault.ts';
import type { ApiRequest, ApiResponse, ApiWorld, Route } from './route.ts';
import { findRoute } from './find-route.ts';

/** Answers one request of the REST API. Never throws: what goes wrong is an answer, and a defect is a log line too. */
export type App = (request: ApiRequest) => Promise<ApiResponse>;

/** The API over a route table: the same for the local server and for API Gateway. */
export function createApp(world: ApiWorld, routes: readonly Route[], authenticate: Authenticate): App {
  return async (request) => {
    try {
      return await answer(world, routes, authenticate, request);
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (faults[fault.code].status >= 500)
        world.log.error('request failed', {
          method: request.method,
          path: request.path,
          code: fault.code,
          message: fault.message,
        });
      return faultResponse(fault);
    }
  };
}

async function answer(world: ApiWorld, routes: readonly Route[], authenticate: Authenticate, request: ApiRequest) {
  if (/^\/v1\/?$/.test(request.path) && request.method === 'GET') return json(200, 'v1');
  const found = findRoute(routes, request.method, request.path);
  if (found.kind !== 'route') return problem(found.kind === 'unknown-path' ? 404 : 405);
  const { route, params } = found;
  const principal =
    route.access === 'public'
      ? { user: '', account: '', admin: false }
      : await authenticate(request.headers['authorization'] ?? null, request.headers['x-anchore-account'] ?? null);
  if (route.access === 'admin' && !principal.admin)
    throw new Fault('auth/forbidden', 'Not authorized. Requires permissions: domain=system action=* target=*');
  return json(
    200,
    await route.handle({ world, principal, params, query: request.query, json: () => parseJson(request.body) }),
  );
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw new Fault('input/invalid', 'the request body is not JSON', { cause });
  }
}

function json(status: number, body: unknown): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Errors in the form that clients of the v1 API read; a missing sign-in is plain text, as the original answers it. */
function faultResponse(fault: Fault): ApiResponse {
  const { status, retry } = faults[fault.code];
  if (fault.code === 'auth/required')
    return {
      status,
      headers: { 'content-type': 'text/plain', 'www-authenticate': 'basic realm="Authentication required"' },
      body: 'Unauthorized',
    };
  const message = fault.code === 'internal/failed' ? 'internal error; the log of the server says more' : fault.message;
  const detail = { error_codes: [], code: fault.code, ...fault.detail };
  const response = json(status, { message, httpcode: status, detail });
  return retry && status === 503 ? { ...response, headers: { ...response.headers, 'retry-after': '5' } } : response;
}

const titles: Readonly<Record<number, readonly [string, string]>> = {
  404: ['Not Found', 'The requested URL was not found on the server.'],
  405: ['Method Not Allowed', 'The method is not allowed for the requested URL.'],
};

function problem(status: 404 | 405): ApiResponse {
  const [title, detail] = titles[status]!;
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ detail, status, title, type: 'about:blank' }),
  };
}
