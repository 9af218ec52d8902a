import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { hashPassword } from '#access/password.ts';
import { defaultLimits } from '#core/limits.ts';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { silentLog } from '#core/log.ts';
import { type ServerSettings, startServer } from '#functions/local/main.ts';
import { openLocalPlatform } from '#platform/local/local-platform.ts';
import { ensureDefaultBundle } from '#policy/bundle-store.ts';
import { alpineApp, alpineAppNext, indexed, otherArchitecture, signature } from './api-images.ts';
import { writeFeedsMirror } from './feeds-mirror.ts';
import { repositoryOf, startRegistry } from './registry-server.ts';

/** Who asks: a user and password in Basic form, and the account that is meant where it is not the own. */
export interface Sender {
  readonly user: string;
  readonly password: string;
  readonly account?: string;
}

export const admin: Sender = { user: 'admin', password: 'sesame-admin' };
/** A user of an account of type user, which has nothing of its own at first. */
export const ann: Sender = { user: 'ann', password: 'sesame-ann' };

/** The host of an ECR registry that the server reaches at the test registry. */
export const ecrHost = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; fails the test when it is none. */
  readonly json: T;
}

/** A whole Plimsoll over loopback with a registry and a feeds mirror of its own, one for the test process. */
export interface ApiServer {
  readonly url: string;
  /** `127.0.0.1:PORT` of the registry. */
  readonly registry: string;
  /** Its data folder. */
  readonly data: string;
  ask<T>(method: string, path: string, options?: AskOptions): Promise<Answer<T>>;
  /** Adds an image and waits until it is analysed; gives its record. */
  analyzed(tag: string, sender?: Sender): Promise<ImageRecord>;
  /** Waits until a question has this answer; what it was last when it never has. */
  until<T>(question: () => Promise<T>, good: (found: T) => boolean): Promise<T>;
}

export interface AskOptions {
  /** Null: without credentials. The administrator when left out. */
  readonly sender?: Sender | null;
  /** Sent as JSON; text and bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ImageRecord {
  readonly imageDigest: string;
  readonly parentDigest: string;
  readonly analysis_status: string;
  readonly analysis_status_detail: string | null;
  readonly image_detail: readonly { readonly imageId: string; readonly fulltag: string; readonly fulldigest: string }[];
  readonly [key: string]: unknown;
}

let shared: ReturnType<typeof openApiServer> | null = null;

// Registered at the top level of the process's tests: an open server would keep the process alive.
after(async () => {
  const opened = shared;
  shared = null;
  if (opened !== null) await (await opened).stack.disposeAsync();
});

/** The server of this test process. Tests share its accounts and images: each looks at what it added itself. */
export async function apiServer(): Promise<ApiServer> {
  shared ??= openApiServer();
  return (await shared).server;
}

/** A server of the test's own, for one that changes what concerns everybody; whoever opens it disposes of the stack. */
export async function openApiServer(
  more: Partial<ServerSettings> = {},
): Promise<{ server: ApiServer; stack: AsyncDisposableStack }> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-api-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFeedsMirror(join(folder, 'mirror'));
  const repositories = {
    'team/app': repositoryOf([alpineApp, alpineAppNext, indexed, signature]),
    'team/other': repositoryOf([otherArchitecture]),
  };
  const registry = stack.use(await startRegistry(repositories));
  const locked = stack.use(
    await startRegistry(repositories, { auth: 'basic', username: 'nobody', password: 'has this' }),
  );
  const data = join(folder, 'data');
  await addTeam(data);
  const endpoints = [
    { host: ecrHost, url: `http://${registry.host}` },
    { host: 'locked.example.test', url: `http://${locked.host}` },
  ];
  const { url } = stack.use(
    await startServer({
      ...{ host: '127.0.0.1', port: 0, data, endpoints, offline: false, log: silentLog },
      ...{ limits: defaultLimits, analysisSettings: defaultAnalysisSettings },
      feedsMirror: join(folder, 'mirror'),
      allowPrivateChannels: true,
      adminPassword: admin.password,
      environment: { HOME: folder },
      ...more,
    }),
  );
  return { server: serverAt(url, registry.host, data), stack: stack.move() };
}

function serverAt(url: string, registry: string, data: string): ApiServer {
  const ask = async <T>(method: string, path: string, options: AskOptions = {}): Promise<Answer<T>> => {
    const { sender = admin, body } = options;
    const response = await fetch(url + path, {
      method,
      headers: { ...headersOf(sender), ...options.headers },
      ...(body === undefined ? {} : { body: isSentAsItIs(body) ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers } = response;
    return {
      ...{ status, headers, text },
      get json() {
        return JSON.parse(text) as T;
      },
    };
  };
  const until = async <T>(question: () => Promise<T>, good: (found: T) => boolean): Promise<T> => {
    let found = await question();
    for (let tries = 0; tries < 400 && !good(found); tries++) {
      await new Promise((done) => setTimeout(done, 50));
      found = await question();
    }
    return found;
  };
  const analyzed = async (tag: string, sender: Sender = admin): Promise<ImageRecord> => {
    const added = await ask<ImageRecord[]>('POST', '/v1/images', { sender, body: { tag } });
    assert.equal(added.status, 200, added.text);
    const one = async () =>
      (await ask<ImageRecord[]>('GET', `/v1/images/${added.json[0]!.imageDigest}`, { sender })).json[0]!;
    const record = await until(
      one,
      (found) => found.analysis_status.startsWith('anal') && !/ing$/.test(found.analysis_status),
    );
    assert.equal(record.analysis_status, 'analyzed', record.analysis_status_detail ?? '');
    return record;
  };
  return { url, registry, data, ask, analyzed, until };
}

function isSentAsItIs(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array;
}

/** What says who asks. */
export function headersOf(sender: Sender | null): Record<string, string> {
  if (sender === null) return {};
  const basic = Buffer.from(`${sender.user}:${sender.password}`).toString('base64');
  return {
    authorization: `Basic ${basic}`,
    ...(sender.account === undefined ? {} : { 'x-anchore-account': sender.account }),
  };
}

/** The user stands in the data folder before the server starts: requests make accounts and users one after the other. */
async function addTeam(data: string): Promise<void> {
  await using platform = await openLocalPlatform({ data, purpose: 'scan', offline: true, log: silentLog });
  const password = await hashPassword(ann.password);
  await addAccount(platform, { name: 'team', type: 'user', user: ann.user, password }, platform.clock.now());
  await ensureDefaultBundle(platform, 'team');
}
