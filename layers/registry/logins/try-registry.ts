import { Fault } from '#core/fault.ts';
import type { FindEcrLogin } from '#platform/ecr-login.ts';
import type { Fetch } from '#platform/fetch.ts';
import type { Platform } from '#platform/platform.ts';
import { discard, send } from '#platform/send.ts';
import type { Credentials } from '../client/credential.ts';
import type { FindCredentials } from '../client/credentials.ts';
import { basicHeader } from '../client/registry-auth.ts';
import { registryCalls } from '../client/registry-call.ts';
import type { RegistryName } from './registry-name.ts';
import type { RegistryLogin } from './registry-login.ts';
import { unverifiedRegistry } from './unverified-registry.ts';

/** A registry that is not stored yet. */
export interface RegistryTrial {
  readonly name: RegistryName;
  readonly login: RegistryLogin;
  readonly verify: boolean;
}

/** Milliseconds for one answer: people wait for it, behind API Gateway for 29 seconds at most. */
const patience = 8000;

/**
 * Logs in to a registry once (`GET /v2/`, distribution-spec "determining support"), with a token of its token server or of ECR where it asks
 * for one. Throws `registry/unusable` with what was answered.
 */
export async function tryRegistry(
  world: Pick<Platform, 'fetch' | 'clock'>,
  findEcrLogin: FindEcrLogin,
  { name: { host }, login, verify }: RegistryTrial,
): Promise<void> {
  const hasty: Fetch = (url, request) => world.fetch(url, { timeout: patience, ...request });
  const find: FindCredentials = async (_host, _repository, refused) =>
    login.kind === 'fixed' ? login.credentials : await findEcrLogin(host, '', refused, login.identity);
  try {
    const credentials = await find(host, '');
    const { fetch, plainHttp } = verify ? { fetch: hasty, plainHttp: null } : await unverifiedRegistry(hasty, host);
    await logIn({ clock: world.clock, fetch }, host, { credentials, find }, plainHttp);
  } catch (thrown) {
    const fault = Fault.from(thrown);
    if (!/^(registry|network)\//.test(fault.code)) throw fault;
    throw new Fault('registry/unusable', `cannot ping supplied registry with supplied credentials: ${fault.message}`, {
      detail: {
        error_codes: [fault.code === 'registry/denied' ? 'REGISTRY_PERMISSION_DENIED' : 'REGISTRY_NOT_ACCESSIBLE'],
      },
      cause: fault,
    });
  }
}

async function logIn(
  world: Pick<Platform, 'fetch' | 'clock'>,
  host: string,
  { credentials, find }: { readonly credentials: Credentials | null; readonly find: FindCredentials },
  plainHttp: true | null,
): Promise<void> {
  let wanted = false;
  const seen: FindCredentials = (...asked) => {
    wanted = true;
    return find(...asked);
  };
  const calls = registryCalls(world, { registry: host, credentials: seen, plainHttp });
  const root = new URL(`${calls.origin}/v2/`);
  const options = { attempts: 2 };
  await judge(host, await calls.ask('', root, { headers: {}, doing: 'logging in', sending: options }));
  if (wanted || credentials?.kind !== 'basic') return;
  // It shows its root to everybody, so the login has not been seen yet.
  const headers = { Authorization: basicHeader(credentials) };
  await judge(host, await send(world, root.href, { headers }, options));
}

async function judge(host: string, response: Response): Promise<void> {
  const { ok, status } = response;
  await discard(response);
  if (ok) return;
  if (status === 401 || status === 403)
    throw new Fault('registry/denied', `${host} refuses the login (${status}); check user and password`);
  const why = status === 404 ? 'has no API of registries at /v2/' : `answered ${status}`;
  throw new Fault('registry/failed', `${host} ${why}; check the name`);
}
