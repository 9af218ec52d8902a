import type { Authenticate } from '#access/authenticate.ts';
import type { Principal } from '#access/principal.ts';
import { about } from '#core/about.ts';
import { Fault, faults } from '#core/fault.ts';
import { faultResponse, json, problem } from './answer.ts';
import { type Found, findRoute } from './find-route.ts';
import { readBody, readQuery } from './read-request.ts';
import type { ApiRequest, ApiResponse, ApiWorld, Route } from './route.ts';

/** Answers one request of the REST API. Never throws: what goes wrong is an answer, and a defect is a log line too. */
export type App = (request: ApiRequest) => Promise<ApiResponse>;

/** The API over a route table: the same for the local server and for API Gateway. */
export function createApp(world: ApiWorld, routes: readonly Route[], authenticate: Authenticate): App {
  const answered = async (request: ApiRequest, found: Found) => {
    try {
      return await inTime(world, request, answer(world, routes, authenticate, request, found));
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
  return (request) => {
    const found = findRoute(routes, request.method, request.path);
    const route = found.kind === 'route' ? `${found.route.method} ${found.route.path}` : found.kind;
    return about({ request_id: request.id, route }, () => answered(request, found));
  };
}

/** Throws `internal/overdue` when the answer has not begun by then; what it was at goes on, for nobody. */
async function inTime({ clock }: ApiWorld, { until }: ApiRequest, work: Promise<ApiResponse>): Promise<ApiResponse> {
  if (until === undefined) return work;
  const answered = new AbortController();
  const late = clock.sleep(Math.max(0, until - clock.now()), answered.signal).then(() => {
    if (answered.signal.aborted) return work;
    throw new Fault(
      'internal/overdue',
      'the answer was not ready in the time that a request has; what was begun may still be done: ask again in a moment',
    );
  });
  return Promise.race([work, late]).finally(() => answered.abort());
}

/** Who may call comes before what the call is: a stranger learns nothing of the shapes. */
async function answer(
  world: ApiWorld,
  routes: readonly Route[],
  authenticate: Authenticate,
  request: ApiRequest,
  found: Found,
): Promise<ApiResponse> {
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
