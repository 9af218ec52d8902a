import type { Authenticate } from '#access/authenticate.ts';
import type { Principal } from '#access/principal.ts';
import { Fault, faults } from '#core/fault.ts';
import { faultResponse, json, problem } from './answer.ts';
import { findRoute } from './find-route.ts';
import { readBody, readQuery } from './read-request.ts';
import type { ApiRequest, ApiResponse, ApiWorld, Route } from './route.ts';

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
          path: request.path.slice(0, 300),
          code: fault.code,
          message: fault.message,
        });
      return faultResponse(fault);
    }
  };
}

/** Who may call comes before what the call is: a stranger learns nothing of the shapes. */
async function answer(
  world: ApiWorld,
  routes: readonly Route[],
  authenticate: Authenticate,
  request: ApiRequest,
): Promise<ApiResponse> {
  const found = findRoute(routes, request.method, request.path);
  if (found.kind === 'unknown-path') return problem(404);
  if (found.kind === 'options') return { status: 204, headers: { allow: found.allow }, body: '' };
  if (found.kind === 'unknown-method') return problem(405, undefined, { allow: found.allow });
  const { route, params } = found;
  const principal = await principalOf(route, authenticate, request);
  const query = readQuery(route, request.query);
  if (query.kind === 'refused') return problem(400, query.problem);
  const body = readBody(route, request.body);
  if (body.kind === 'refused') return problem(400, body.problem);
  return json(200, await route.handle({ world, principal, params, query: query.value, body: body.value, routes }));
}

async function principalOf(route: Route, authenticate: Authenticate, { headers }: ApiRequest): Promise<Principal> {
  if (route.access === 'public') return { user: '', account: '', admin: false };
  const principal = await authenticate(headers['authorization'] ?? null, headers['x-anchore-account'] ?? null);
  if (route.access === 'admin' && !principal.admin)
    throw new Fault('auth/forbidden', 'Not authorized. Requires permissions: domain=system action=* target=*');
  return principal;
}
