import { Fault } from '#core/fault.ts';
import type { FetchRequest } from '#platform/fetch.ts';
import type { Platform } from '#platform/platform.ts';
import { readText, send } from '#platform/send.ts';
import { refusal } from './refusal.ts';

/** Who asks: user and password, or a token or API key. Null: nobody. */
export type Login =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

export interface ApiSettings {
  readonly url: string;
  readonly account: string | null;
  readonly anyCertificate: boolean;
  /** Asked for once, before the first request. */
  readonly login: () => Promise<Login | null>;
  /** Hears of each request: method, path, status. */
  readonly onRequest?: (line: string) => void;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface AskOptions {
  readonly query?: Query;
  /** Sent as JSON; bytes as they are. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** Tries in all of a request that may be repeated; 3 for those that only read, else 1. */
  readonly attempts?: number;
}

/** The v1 API of a server. Answers are JSON of which nothing is certain. */
export interface ApiClient {
  /**
   * The JSON of an answer, or its text where it is none. Parts of the path are percent-encoded; queries whose value is
   * undefined are left out. Throws the Fault of an answer that is not 2xx (client/refusal.ts), and `network/*`.
   */
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: readonly string[], options?: AskOptions): Promise<unknown>;
  get(path: readonly string[], query?: Query): Promise<unknown>;
}

/** Bytes of an answer. A list of 100,000 images has about 150 MB. */
const answerBytes = 384 * 2 ** 20;

/** Milliseconds until an answer begins: adding an image asks its registry first. */
const timeout = 120_000;

/** The API at an address. Only requests that read are sent again when the connection or the server fails. */
export function apiClient(world: Pick<Platform, 'fetch' | 'clock'>, settings: ApiSettings): ApiClient {
  let login: Promise<Login | null> | null = null;
  const ask: ApiClient['ask'] = async (method, path, options = {}) => {
    login ??= settings.login();
    const url = addressOf(settings.url, path, options.query ?? {});
    const request: FetchRequest = {
      method,
      headers: headersOf(await login, settings.account, options),
      timeout,
      anyCertificate: settings.anyCertificate,
      ...bodyOf(options.body),
    };
    const attempts = options.attempts ?? (method === 'GET' ? 3 : 1);
    const response = await send(world, url, request, { attempts });
    settings.onRequest?.(`${method} ${new URL(url).pathname}${new URL(url).search} ${response.status}`);
    const body = parsed(await readText(response, answerBytes));
    if (response.status < 200 || response.status > 299)
      throw refusal(`${method} ${new URL(url).pathname}`, { status: response.status, body });
    return body;
  };
  return { ask, get: (path, query = {}) => ask('GET', path, { query }) };
}

/** Checks the address of a server; throws `input/invalid`. What it holds of user and password is taken out. */
export function serverAddress(text: string): {
  readonly url: string;
  readonly user: string;
  readonly password: string;
} {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Fault('input/invalid', `the address of the server, '${withoutLogin(text)}', is no http or https URL`);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url: url.href, user: decoded(username), password: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutLogin(text: string): string {
  return text.slice(0, 100).replace(/\/\/[^/]*@/, '//...@');
}

function addressOf(base: string, path: readonly string[], query: Query): string {
  // URLs take these for steps through the path, percent-encoded too: `accounts/..` would be another request.
  const step = path.find((part) => /^\.{0,2}$/.test(part));
  if (step !== undefined) throw new Fault('input/invalid', `'${step}' is no name that a server can be asked for`);
  const url = new URL(base);
  url.pathname = [url.pathname.replace(/\/+$/, ''), ...path.map(encodeURIComponent)].join('/');
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url.href;
}

function headersOf(login: Login | null, account: string | null, options: AskOptions): Record<string, string> {
  return {
    accept: 'application/json',
    ...(options.body === undefined ? {} : { 'content-type': options.contentType ?? 'application/json' }),
    ...(login === null ? {} : { authorization: authorization(login) }),
    ...(account === null ? {} : { 'x-anchore-account': account }),
  };
}

function authorization(login: Login): string {
  if (login.kind === 'token') return `Bearer ${login.token}`;
  return `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
}

function bodyOf(body: unknown): { readonly body?: string | Uint8Array } {
  if (body === undefined) return {};
  return { body: body instanceof Uint8Array ? body : JSON.stringify(body) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
