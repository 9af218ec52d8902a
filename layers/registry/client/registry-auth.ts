import { Fault, faults } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { discard, readText, type SendOptions, send } from '#platform/send.ts';
import { registryToken } from '#schema/oci.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credentials } from './credential.ts';
import type { FindCredentials } from './credentials.ts';
import { parseDocument } from '../image/document.ts';
import { restAsked } from './rest-asked.ts';

/** Logging in to one registry. */
export interface RegistryAuth {
  /** The Authorization header to send for a repository, as far as it is known; null for none. */
  header(repository: string): string | null;
  /**
   * Answers a 401: the header to try once more with, or null when there is no more to try. `used` is the header that was
   * refused; when another call got a newer one since, that is given. Calls for one repository share one token request.
   */
  answer(challenge: string, repository: string, used: string | null): Promise<string | null>;
  /**
   * Answers a 403 in the same way: only where the credentials refused are ones that end, which some registries (ECR) do not
   * tell by 401.
   */
  renew(repository: string, used: string | null): Promise<string | null>;
  /** Why credentials could not be found, if that is so; for the message of a refusal. */
  problem(): string | null;
  /** What can be done about a refusal, when the credentials say it. */
  advice(): string | null;
}

export interface AuthSettings {
  readonly registry: string;
  readonly credentials: FindCredentials | null;
  /** Whether this token server may be called: never plain HTTP on behalf of a registry that speaks TLS. */
  readonly mayCall: (url: URL) => boolean;
  readonly sending?: SendOptions;
}

/** Seconds that a token counts when its server does not say (distribution, token authentication). */
const usualLife = 60;
const largestAnswer = 1024 * 1024;

/** The token and basic flows of the distribution project, with tokens kept by repository until they expire. */
export function registryAuth(world: Pick<Platform, 'fetch' | 'clock'>, settings: AuthSettings): RegistryAuth {
  const known = new Map<string, { header: string; until: number; credentials: Credentials | null }>();
  const running = new Map<string, Promise<string | null>>();
  let problem: string | null = null;
  let advice: string | null = null;

  const current = (repository: string) => {
    const found = known.get(repository);
    return found !== undefined && world.clock.now() < found.until ? found.header : null;
  };
  const find = async (repository: string, refused: Credentials | null): Promise<Credentials | null> => {
    try {
      const found = (await settings.credentials?.(settings.registry, repository, refused ?? undefined)) ?? null;
      advice = found?.kind === 'basic' ? (found.advice ?? null) : null;
      return found;
    } catch (thrown) {
      if (thrown instanceof Fault && faults[thrown.code].retry) throw thrown;
      // Most images are public: a broken helper is told of only when the registry refuses.
      problem = thrown instanceof Fault ? thrown.message : 'the credentials could not be read';
      return null;
    }
  };
  const login = async (header: string, repository: string, used: string | null): Promise<string | null> => {
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    const credentials = await find(repository, refusedBy(repository, used));
    if (credentials?.kind === 'registry-token')
      return remember(repository, `Bearer ${credentials.token}`, Infinity, credentials, used);
    if (bearer !== undefined) {
      const { token, life } = await requestToken(world, settings, bearer, repository, credentials);
      // A little early, so that it does not expire on the way.
      return remember(repository, `Bearer ${token}`, world.clock.now() + life * 900, null, null);
    }
    if (challenges.some(({ scheme }) => scheme === 'basic') && credentials?.kind === 'basic') {
      return remember(repository, basicHeader(credentials), credentials.until ?? Infinity, credentials, used);
    }
    return null;
  };
  const remember = (
    repository: string,
    header: string,
    until: number,
    credentials: Credentials | null,
    used: string | null,
  ) => {
    if (header === used) return null;
    known.set(repository, { header, until, credentials });
    return header;
  };
  /** The credentials behind a header that was refused. */
  const refusedBy = (repository: string, used: string | null) => {
    const entry = known.get(repository);
    return entry !== undefined && entry.header === used ? entry.credentials : null;
  };
  const answer = async (challenge: string, repository: string, used: string | null) => {
    const newer = current(repository);
    if (newer !== null && newer !== used) return newer;
    const flight = running.get(repository) ?? login(challenge, repository, used);
    running.set(repository, flight);
    try {
      return await flight;
    } finally {
      running.delete(repository);
    }
  };

  return {
    header: current,
    answer,
    async renew(repository, used) {
      const entry = known.get(repository);
      if (used === null || entry?.credentials?.kind !== 'basic' || entry.credentials.until === undefined) return null;
      return await answer('Basic', repository, used);
    },
    problem: () => problem,
    advice: () => advice,
  };
}

async function requestToken(
  world: Pick<Platform, 'fetch' | 'clock'>,
  { registry, mayCall, sending }: AuthSettings,
  challenge: Challenge,
  repository: string,
  credentials: Credentials | null,
): Promise<{ token: string; life: number }> {
  const realm = realmOf(challenge, registry);
  if (!mayCall(realm)) {
    throw new Fault(
      'registry/failed',
      `${registry} sends us for a token to ${realm.origin}, which is not https: refused`,
    );
  }
  // Without a repository it is only a login that is asked for (distribution, token authentication: scope is optional).
  const usual = repository === '' ? undefined : `repository:${repository}:pull`;
  const scope = challenge.parameters.get('scope') ?? usual;
  const service = challenge.parameters.get('service');
  const identity = credentials?.kind === 'identity-token' ? credentials.token : null;
  const response =
    identity === null
      ? await getToken(world, realm, scope, service, credentials, sending)
      : await postToken(world, realm, scope, service, identity, sending);
  if (!response.ok) {
    await discard(response);
    const { status } = response;
    if (status !== 400 && status !== 401 && status !== 403) {
      throw new Fault(
        'registry/failed',
        `the token server ${realm.host} of ${registry} answered ${status}; try again later`,
        { detail: { status, ...restAsked(response, world.clock) } },
      );
    }
    const what = credentials === null ? 'does not let anybody read' : 'refused the credentials for';
    const advice = credentials?.kind === 'basic' ? credentials.advice : undefined;
    const help = advice ?? `log in with: docker login ${registry}`;
    throw new Fault(
      'registry/denied',
      `the token server ${realm.host} of ${registry} ${what} ${repository || 'it'}; ${help}`,
    );
  }
  const where = `the token that ${realm.host} gave for ${registry}`;
  const answer = parseToken(await readText(response, largestAnswer), where);
  const token = answer.token || answer.access_token;
  if (!token || /[^\x21-\x7e]/.test(token)) throw new Fault('registry/failed', `${where} is empty or malformed`);
  return { token, life: Math.max(answer.expires_in ?? usualLife, 1) };
}

function realmOf(challenge: Challenge, registry: string): URL {
  const realm = challenge.parameters.get('realm') ?? '';
  if (!URL.canParse(realm))
    throw new Fault('registry/failed', `${registry} asks for a token but does not say where from`);
  return new URL(realm);
}

async function getToken(
  world: Pick<Platform, 'fetch' | 'clock'>,
  realm: URL,
  scope: string | undefined,
  service: string | undefined,
  credentials: Credentials | null,
  sending: SendOptions | undefined,
): Promise<Response> {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  if (scope !== undefined) url.searchParams.set('scope', scope);
  if (credentials?.kind === 'basic') url.searchParams.set('account', credentials.username);
  const headers = credentials?.kind === 'basic' ? { Authorization: basicHeader(credentials) } : {};
  return await send(world, url.href, { headers }, sending);
}

/** OAuth2 refresh (distribution, oauth2 token authentication). */
async function postToken(
  world: Pick<Platform, 'fetch' | 'clock'>,
  realm: URL,
  scope: string | undefined,
  service: string | undefined,
  identity: string,
  sending: SendOptions | undefined,
): Promise<Response> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'plimsoll',
    refresh_token: identity,
  });
  if (scope !== undefined) form.set('scope', scope);
  if (service !== undefined) form.set('service', service);
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return await send(
    world,
    realm.href,
    { method: 'POST', headers, body: form.toString() },
    { ...sending, idempotent: true },
  );
}

function parseToken(text: string, where: string) {
  try {
    return parseDocument(Buffer.from(text), registryToken, where).value;
  } catch (cause) {
    throw new Fault('registry/failed', `${where} is not what it should be`, { cause });
  }
}

/** A login as an Authorization header has it (RFC 7617). */
export function basicHeader({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
