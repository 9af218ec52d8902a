import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startClamd } from '#test/fakes/clamd.ts';
import { alpineApp, alpineAppNext, indexed, otherArchitecture } from '#test/support/api-images.ts';
import { writeFeedsMirror } from '#test/support/feeds-mirror.ts';
import { httpServer } from '#test/support/http-server.ts';
import { repositoryOf, startRegistry } from '#test/support/registry-server.ts';
import { startServe } from '#test/support/serve-process.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

/** What a user of the original has around: the server, a registry, a hub with policies, somebody who takes webhooks. */
export interface ConformanceWorld extends AsyncDisposable {
  /** As ANCHORE_CLI_URL has it, with `/v1`. */
  readonly url: string;
  readonly admin: Sailor;
  /** `127.0.0.1:PORT`; has `team/app`, `team/other` and, as Docker Hub, `alpine`; nobody has to sign in. */
  readonly registry: string;
  /** `127.0.0.1:PORT` of one that wants `docker` and `whale`. */
  readonly locked: string;
  readonly hub: string;
  /** A folder of the run's own. */
  readonly folder: string;
  readonly webhook: string;
  /** Requests to the webhook so far, as `METHOD path`. */
  readonly webhookCalls: readonly string[];

  /** A new account with a user in full control of it. */
  crew(name: string): Promise<Sailor>;
  /** The answer of the API to a question of somebody's, as JSON; throws where it is an error. */
  ask<T>(sailor: Sailor, method: string, path: string, body?: unknown): Promise<T>;
}

export interface Sailor {
  readonly user: string;
  readonly password: string;
}

/** A policy that stops nothing, as the hub has it. */
const hubBundle = {
  id: 'calm_water',
  name: 'calm_water',
  version: '1_0',
  description: 'Stops nothing',
  policies: [{ id: 'p', name: 'no rules', version: '1_0', comment: 'there are none', rules: [] }],
  whitelists: [],
  mappings: [
    {
      name: 'all',
      registry: '*',
      repository: '*',
      image: { type: 'tag', value: '*' },
      policy_ids: ['p'],
      whitelist_ids: [],
    },
  ],
  whitelisted_images: [],
  blacklisted_images: [],
};

const hubIndex = {
  name: 'hub of the test',
  content: [
    { type: 'bundle', name: hubBundle.name, description: 'Stops nothing', location: 'sources/calm_water.json' },
    { type: 'other', name: 'no bundle', description: 'is not shown', location: 'sources/none.json' },
  ],
};

/** Starts everything; `serve` is a process of its own, as a user runs it. */
export async function openWorld(): Promise<ConformanceWorld> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder()).path;
  const mirror = join(folder, 'mirror');
  await writeFeedsMirror(mirror);
  const repositories = {
    'team/app': repositoryOf([alpineApp, alpineAppNext, indexed]),
    'team/other': repositoryOf([otherArchitecture]),
    'library/alpine': repositoryOf([{ ...alpineApp, tag: 'latest' }]),
  };
  const registry = stack.use(await startRegistry(repositories));
  const login = { auth: 'basic', username: 'docker', password: 'whale' } as const;
  const locked = stack.use(await startRegistry(repositories, login));
  const documents: Readonly<Record<string, unknown>> = {
    '/index.json': hubIndex,
    '/sources/calm_water.json': hubBundle,
  };
  const hub = stack.use(
    await httpServer((request, response) => {
      const document = documents[request.url ?? ''];
      response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(document ?? {}));
    }),
  );
  const clamd = stack.use(
    await startClamd({ says: (content) => (content.includes('HOST=quay') ? 'Test.Barnacle FOUND' : 'OK') }),
  );
  const webhookCalls: string[] = [];
  const webhook = stack.use(
    await httpServer((request, response) => {
      webhookCalls.push(`${request.method} ${request.url}`);
      request.resume().on('end', () => response.writeHead(200).end());
    }),
  );
  const serve = stack.use(
    await startServe(
      ...[join(folder, 'data'), mirror, '--allow-private-webhooks', '--malware', `clamd:${clamd.address}`],
      ...['--registry-endpoint', `docker.io=http://${registry.host}`],
    ),
  );
  const admin = { user: 'admin', password: serve.password };
  const url = `${serve.url}/v1`;
  const ask = async <T>(sailor: Sailor, method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Basic ${Buffer.from(`${sailor.user}:${sailor.password}`).toString('base64')}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  };
  const crew = async (name: string) => {
    const sailor = { user: `${name}-captain`, password: 'sesame-captain' };
    await ask(admin, 'POST', '/accounts', { name });
    await ask(admin, 'POST', `/accounts/${name}/users`, { username: sailor.user, password: sailor.password });
    return sailor;
  };
  const opened = stack.move();
  return {
    ...{ url, admin, folder, webhookCalls, crew, ask },
    webhook: webhook.url,
    registry: registry.host,
    locked: locked.host,
    hub: hub.url,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
