import { Fault } from '#core/fault.ts';
import type { FetchRequest } from '#platform/fetch.ts';
import type { Platform } from '#platform/platform.ts';
import { discard, readText, type SendOptions, send } from '#platform/send.ts';
import { registryErrors } from '#schema/oci.ts';
import { registryHost } from '../reference.ts';
import type { FindCredentials } from './credentials.ts';
import { type RegistryAuth, registryAuth } from './registry-auth.ts';
import { restAsked } from './rest-asked.ts';

export interface CallOptions {
  /** The registry's name, `docker.io` or `host[:port]`. */
  readonly registry: string;
  readonly credentials: FindCredentials | null;
  /** How often calls are repeated, tokens too; as {@link send} has it when left out. */
  readonly sending?: SendOptions;
  /** Plain HTTP: true for this registry in any case, false never; null for registries on this machine only. */
  readonly plainHttp: boolean | null;
}

/** A call about a repository. `doing` is for people: "reading manifest 1.0". */
export interface RegistryRequest extends FetchRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly doing: string;
  readonly sending?: SendOptions;
}

/**
 * Calls to one registry, logged in when it asks for it. `path` is what stands behind the repository's name, or a whole address that the
 * registry gave: our credentials go there only when it is the registry itself.
 */
export interface RegistryCalls {
  /** `https://HOST`, where the registry's API answers. */
  readonly origin: string;
  /** The answer whatever its status; 401 and 403 only after a try with credentials, and one more with newer ones where these end. */
  ask(repository: string, path: string | URL, request: RegistryRequest): Promise<Response>;
  /** As {@link ask}; an answer other than 2xx is thrown. */
  call(repository: string, path: string | URL, request: RegistryRequest): Promise<Response>;
  /** What an answer other than 2xx means; reads its body. */
  refusal(response: Response, repository: string, doing: string): Promise<Fault>;
}

export function registryCalls(world: Pick<Platform, 'fetch' | 'clock'>, options: CallOptions): RegistryCalls {
  const { registry } = options;
  const usual = options.sending;
  const host = registryHost(registry);
  const plain = options.plainHttp ?? isLoopback(host);
  const origin = `${plain ? 'http' : 'https'}://${host}`;
  const auth = registryAuth(world, {
    registry,
    credentials: options.credentials,
    ...(usual === undefined ? {} : { sending: usual }),
    mayCall: (url) =>
      url.protocol === 'https:' ||
      (plain && url.protocol === 'http:' && (options.plainHttp === true || isLoopback(url.host))),
  });

  const ask = async (repository: string, path: string | URL, request: RegistryRequest): Promise<Response> => {
    const url = path instanceof URL ? path : new URL(`${origin}/v2/${repository}/${path}`);
    const { doing: _, sending = usual, ...sent } = request;
    const attempt = async (header: string | null) => {
      const headers = header === null ? sent.headers : { ...sent.headers, Authorization: header };
      return await send(world, url.href, { ...sent, headers }, sending);
    };
    if (url.origin !== new URL(origin).origin) return await attempt(null);
    const again = async (response: Response, login: Promise<string | null>): Promise<[Response, string | null]> => {
      const header = await login.catch(async (thrown: unknown) => {
        await discard(response);
        throw thrown;
      });
      if (header === null) return [response, null];
      await discard(response);
      return [await attempt(header), header];
    };
    const used = auth.header(repository);
    const first = await attempt(used);
    const [second, header] = await again(first, loginAfter(first, repository, used));
    // A login that was kept may have been ended since, which this call could not see before: it had none.
    const ended = used === null && header !== null && (second.status === 401 || second.status === 403);
    return ended ? (await again(second, auth.renew(repository, header)))[0] : second;
  };

  const loginAfter = async (response: Response, repository: string, used: string | null) => {
    const challenge = response.headers.get('www-authenticate');
    if (response.status === 401 && challenge !== null) return await auth.answer(challenge, repository, used);
    return response.status === 403 ? await auth.renew(repository, used) : null;
  };

  const refused = (response: Response, repository: string, doing: string) =>
    refusal(world, response, `${doing} of ${registry}/${repository}`, registry, auth);

  return {
    origin,
    ask,
    async call(repository, path, request) {
      const response = await ask(repository, path, request);
      if (response.ok) return response;
      throw await refused(response, repository, request.doing);
    },
    refusal: refused,
  };
}

/** Names and addresses of this machine, as they stand before a port. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || /^127(\.\d{1,3}){3}$/.test(name) || name === '[::1]';
}

/** What an answer other than 2xx means. Of the registry's own words only the error codes are told. */
async function refusal(
  { clock }: Pick<Platform, 'clock'>,
  response: Response,
  doing: string,
  registry: string,
  auth: RegistryAuth,
): Promise<Fault> {
  const { status } = response;
  const codes = await errorCodes(response);
  const detail = { status, codes, ...restAsked(response, clock) };
  const told = codes.length === 0 ? `${status}` : `${status} ${codes.join(', ')}`;
  if (status === 401 || status === 403) {
    const problem = auth.problem();
    const why = problem === null ? '' : ` (${problem})`;
    const help = auth.advice() ?? `check the name, or log in with: docker login ${registry}`;
    const message = `${doing}: ${registry} denies it (${told}); ${help}${why}`;
    return new Fault('registry/denied', message, { detail });
  }
  if (status === 404 || codes.some((code) => ['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'BLOB_UNKNOWN'].includes(code))) {
    return new Fault('registry/not-found', `${doing}: ${registry} does not have it (${told}); check name and tag`, {
      detail,
    });
  }
  return new Fault('registry/failed', `${doing}: ${registry} answered ${told}; try again later`, { detail });
}

async function errorCodes(response: Response): Promise<readonly string[]> {
  try {
    const parsed = registryErrors.safeParse(JSON.parse(await readText(response, 64 * 1024)));
    const codes = parsed.success ? parsed.data.errors.map(({ code }) => code ?? '') : [];
    return codes.filter((code) => /^[A-Z_]{1,40}$/.test(code)).slice(0, 5);
  } catch {
    return [];
  }
}
