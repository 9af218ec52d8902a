import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#platform/clock.ts';
import type { RegistryEndpoint } from '#registry/client/registry-endpoints.ts';
import { httpServer } from '#test/support/http-server.ts';
import type { Built } from '#test/support/image-builder.ts';
import { type Refusal, type RegistryServer, startRegistry } from '#test/support/registry-server.ts';
import { type Identities, type Identity, identities } from './ecr-identities.ts';
import { EcrError, operations } from './ecr-operations.ts';
import { emptyRepository, push, type StoredRepository } from './ecr-store.ts';

export interface EcrOptions {
  readonly clock: Clock;
  readonly region?: string;
  /** Accounts that have a registry in the region. */
  readonly accounts: readonly string[];
  /** Seconds since the epoch that every token is said to end at, whatever its real end: moto says 2015. */
  readonly statedExpiry?: number;
  /** How the registries answer a token that has ended: 403, as ECR does, unless said otherwise. */
  readonly expiredStatus?: 401 | 403;
}

/** ECR of one region: its API, and for each account a registry and the bucket that its blobs are redirected to. */
export interface Ecr extends AsyncDisposable, Pick<Identities, 'addUser' | 'addRole' | 'assume' | 'whoSigned'> {
  /** Of the API. */
  readonly endpoint: string;
  /** Where the hosts of the registries and of the bucket are reached. */
  readonly endpoints: readonly RegistryEndpoint[];
  /** The name of an account's registry. */
  host(account: string): string;
  registry(account: string): RegistryServer;
  repository(account: string, name: string): StoredRepository;
  push(account: string, repository: string, built: Built): void;
  /** Calls of the API so far, by operation and caller: `GetAuthorizationToken ci`. */
  readonly calls: readonly string[];
  /** The next calls of an operation answer with this error. */
  failNext(operation: string, times: number, error?: string): void;
  /** The next calls of the registries, whoever makes them, are answered with 429, which says nothing of when to come again. */
  throttleNext(times: number): void;
  /** How many of those are still to come. */
  readonly throttled: number;
  /** Tokens given so far count no longer, whatever their age. */
  revokeTokens(): void;
}

interface Token {
  readonly identity: Identity;
  readonly until: number;
}

const tokenLife = 12 * 3_600_000;

/** Starts the fake. Tokens last 12 hours of the clock; layers cannot be had with an Authorization header. */
export async function startEcr(options: EcrOptions): Promise<Ecr> {
  await using opened = new AsyncDisposableStack();
  const { clock } = options;
  const region = options.region ?? 'us-east-1';
  const people = identities(clock);
  const tokens = new Map<string, Token>();
  const calls: string[] = [];
  const failing = new Map<string, string[]>();
  const stored = new Map<string, Record<string, StoredRepository>>();
  const registries = new Map<string, RegistryServer>();
  let throttled = 0;
  const hostOf = (account: string) => `${account}.dkr.ecr.${region}.amazonaws.com`;
  const bucketOf = (account: string) => `prod-${account}-layers.s3.${region}.amazonaws.com`;

  for (const account of options.accounts) {
    const repositories: Record<string, StoredRepository> = {};
    stored.set(account, repositories);
    const face = { account, host: hostOf(account), repositories, tokens, clock, expired: options.expiredStatus ?? 403 };
    const refuses = (request: IncomingMessage): Refusal | null =>
      throttled > 0 && throttled-- > 0 ? { status: 429, code: 'TOOMANYREQUESTS' } : refusalOf(request, face);
    const behaviour = { refuses, redirectBlobs: true, redirectTo: `https://${bucketOf(account)}` };
    registries.set(account, opened.use(await startRegistry(repositories, behaviour)));
  }

  const giveToken = (identity: Identity) => {
    const password = Buffer.from(`${identity.name} ${randomBytes(300).toString('base64')}`).toString('base64');
    const until = clock.now() + tokenLife;
    tokens.set(password, { identity, until });
    return {
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
          expiresAt: options.statedExpiry ?? until / 1000,
          proxyEndpoint: `https://${hostOf(identity.account)}`,
        },
      ],
    };
  };
  const run = (operation: string, identity: Identity, input: Record<string, unknown>): object => {
    const error = failing.get(operation)?.shift();
    if (error !== undefined) throw new EcrError(error, error === 'ThrottlingException' ? 'Rate exceeded' : error);
    if (identity.denied.has(`ecr:${operation}`))
      throw new EcrError(
        'AccessDeniedException',
        `User: ${identity.name} is not authorized to perform: ecr:${operation} because no identity-based policy allows it`,
      );
    if (operation === 'GetAuthorizationToken') return giveToken(identity);
    const account = (input['registryId'] as string | undefined) ?? identity.account;
    const repositories = stored.get(account);
    const work = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (work === undefined || repositories === undefined) throw new EcrError('InvalidParameterException', operation);
    const repository = repositories[String(input['repositoryName'])];
    if (account !== identity.account && repository?.pullers.has(identity.account) !== true)
      throw new EcrError(
        'AccessDeniedException',
        `User: ${identity.name} is not authorized to perform: ecr:${operation}`,
      );
    const downloadUrl = (name: string, digest: string) =>
      `https://${bucketOf(account)}/cdn/v2/${name}/blobs/${digest}?signature=s`;
    return work({ account, region, repositories, downloadUrl }, input);
  };
  const api = opened.use(
    await httpServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const body = Buffer.concat(pieces);
      const operation = /^AmazonEC2ContainerRegistry_V20150921\.(\w+)$/.exec(
        String(request.headers['x-amz-target']),
      )?.[1];
      const signer = people.whoSigned(request, body);
      calls.push(`${operation} ${'error' in signer ? '?' : signer.name}`);
      try {
        if ('error' in signer) throw new EcrError(signer.error, signer.message);
        if (operation === undefined || request.headers['content-type'] !== 'application/x-amz-json-1.1')
          throw new EcrError('UnknownOperationException', '');
        answer(response, 200, run(operation, signer, JSON.parse(body.toString()) as Record<string, unknown>));
      } catch (thrown) {
        const { name, message } = thrown as Error;
        answer(response, name === 'ServerException' ? 500 : 400, { __type: name, message });
      }
    }),
  );

  const stack = opened.move();
  return {
    ...people,
    endpoint: api.url,
    endpoints: [...registries].flatMap(([account, { host, blobHost }]) => [
      { host: hostOf(account), url: `http://${host}` },
      { host: bucketOf(account), url: `http://${blobHost}` },
    ]),
    host: hostOf,
    registry: (account) => registries.get(account)!,
    repository: (account, name) => (stored.get(account)![name] ??= emptyRepository()),
    push: (account, name, built) => push((stored.get(account)![name] ??= emptyRepository()), built, clock.now()),
    calls,
    failNext: (operation, times, error = 'ThrottlingException') =>
      void failing.set(operation, new Array<string>(times).fill(error)),
    throttleNext: (times) => void (throttled = times),
    get throttled() {
      return throttled;
    },
    revokeTokens: () => tokens.clear(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  const headers = { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': randomBytes(16).toString('hex') };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

interface Face {
  readonly account: string;
  readonly host: string;
  readonly repositories: Readonly<Record<string, StoredRepository>>;
  readonly tokens: ReadonlyMap<string, Token>;
  readonly clock: Clock;
  readonly expired: 401 | 403;
}

/** What a registry has against a call: no token, one that has ended, a policy that does not allow it, an archived image. */
function refusalOf(request: IncomingMessage, face: Face): Refusal | null {
  const challenge = { 'WWW-Authenticate': `Basic realm="https://${face.host}/",service="ecr.amazonaws.com"` };
  const unauthorized: Refusal = { status: 401, code: 'UNAUTHORIZED', headers: challenge };
  const given = /^Basic (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined) return unauthorized;
  const [, password] = /^AWS:(.+)$/.exec(Buffer.from(given, 'base64').toString()) ?? [];
  const token = face.tokens.get(password ?? '');
  if (token === undefined || face.clock.now() >= token.until)
    return face.expired === 401 ? unauthorized : { status: 403, code: 'DENIED' };
  const [, name, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)/.exec(request.url!) ?? [];
  const repository = face.repositories[name ?? ''];
  if (repository === undefined) return null;
  const { identity } = token;
  const allowed = identity.account === face.account || repository.pullers.has(identity.account);
  const action = kind === 'manifests' ? 'ecr:BatchGetImage' : 'ecr:GetDownloadUrlForLayer';
  if (!allowed || identity.denied.has(action)) return { status: 403, code: 'DENIED' };
  const image = repository.images.get(repository.tags.get(reference!) ?? (reference as never));
  if (image !== undefined && image.status !== 'ACTIVE') return { status: 404, code: 'MANIFEST_UNKNOWN' };
  return null;
}
