import type { Authenticator, Sender } from '#access/authenticate.ts';
import { type Principal, requireRight } from '#access/principal.ts';
import { about } from '#core/about.ts';
import { Fault, faults } from '#core/fault.ts';
import { download, faultResponse, json, problem, text } from './answer.ts';
import { type Found, findRoute } from './find-route.ts';
import { readBody, readQuery } from './read-request.ts';
import type { Admit } from './request-rate.ts';
import type { ApiRequest, ApiResponse, ApiWorld, Download, Route } from './route.ts';
import { type RouteFile, routesAt } from './route-file.ts';

/** Answers one request of the REST API. Never throws: what goes wrong is an answer, and a defect is a log line too. */
export type App = (request: ApiRequest) => Promise<ApiResponse>;

/**
 * The API over a route table: the same for the local server and for API Gateway. `admit` may throw for a principal who asks too often;
 * where it is left out somebody before us counts.
 */
export function createApp(
  world: ApiWorld,
  routes: readonly RouteFile[],
  authenticator: Authenticator,
  admit: Admit = () => {},
): App {
  const parts = { world, authenticator, admit };
  const answered = async (request: ApiRequest, work: () => Promise<ApiResponse>) => {
    try {
      return await work();
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
  return (request) =>
    answered(request, async () => {
      const found = findRoute(await routesAt(routes, request.path), request.method, request.path);
      const route = found.kind === 'route' ? `${found.route.method} ${found.route.path}` : found.kind;
      return about({ request_id: request.id, route }, () =>
        answered(request, () => inTime(world, request, answer(parts, request, found))),
      );
    });
}

/** What the app was made of. */
interface Parts {
  readonly world: ApiWorld;
  readonly authenticator: Authenticator;
  readonly admit: Admit;
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
async function answer({ world, authenticator, admit }: Parts, request: ApiRequest, found: Found): Promise<ApiResponse> {
  if (found.kind === 'unknown-path') return problem(404);
  if (found.kind === 'options') return { status: 204, headers: { allow: found.allow }, body: '' };
  if (found.kind === 'unknown-method') return problem(405, undefined, { allow: found.allow });
  const { route, params } = found;
  const sender = { authorization: request.headers['authorization'] ?? null, address: request.address ?? '' };
  const principal = await principalOf(found, authenticator, sender, request);
  if (principal !== nobody) admit(principal);
  const query = readQuery(route, request.query);
  if (query.kind === 'refused') return problem(400, query.problem);
  const body = readBody(route, await bytesOf(request, route, world.limits.requestBytes));
  if (body.kind === 'refused') return problem(400, body.problem);
  const given = { params, query: query.value, body: body.value, sender };
  const made = await route.handle({ world, principal, authenticator, ...given });
  const status = route.status ?? 200;
  const answered = await sent(route, status, made);
  // RFC 6749, 5.1
  return route.secret === true
    ? { ...answered, headers: { ...answered.headers, 'cache-control': 'no-store' } }
    : answered;
}

/** What a handler made in the form that its route declares. */
async function sent(route: Route, status: number, made: unknown): Promise<ApiResponse> {
  if (route.download !== undefined) return download(status, made as Download);
  return route.text === undefined ? json(status, made) : text(status, route.text, made as string);
}

/** The body of a request for those routes that want one: a stranger's is never read. */
async function bytesOf({ body }: ApiRequest, route: Route, usual: number): Promise<Uint8Array> {
  if (route.body === undefined && route.form === undefined && route.bytes === undefined) return new Uint8Array();
  const limit = route.bytes ?? usual;
  if (typeof body === 'function') return body(limit);
  if (body.length > limit) throw new Fault('input/too-large', `the request body passes ${limit} bytes`);
  return body;
}

async function principalOf(
  { route, params }: Found & { readonly kind: 'route' },
  authenticator: Authenticator,
  sender: Sender,
  { headers }: ApiRequest,
): Promise<Principal> {
  if (route.access === 'public') return nobody;
  const account = params['accountname'] ?? (headers['x-anchore-account'] || null);
  const principal = await authenticator.authenticate(sender, account);
  const own = route.ownUser === true && params['username'] === principal.user && principal.account === principal.home;
  if (route.access !== 'user' && !own) requireRight(principal, route.access);
  return principal;
}

const nobody: Principal = { user: '', home: '', account: '', role: null, admin: false, by: 'password' };
