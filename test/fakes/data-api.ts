import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '#platform/clock.ts';
import type { DatabaseLogin } from '#platform/database-role.ts';
import { type FakeDatabase, pgliteDatabase } from './data-api-database.ts';
import { DataApiError } from './data-api-error.ts';
import { databaseLogins } from './data-api-logins.ts';
import { dataApiOperations, type DataApiInput } from './data-api-operations.ts';
import type { S3Imports } from './data-api-s3-import.ts';

/** A call that arrived, whatever became of it. */
export interface DataApiCall {
  /** Execute, BatchExecute, BeginTransaction, CommitTransaction, RollbackTransaction. */
  readonly operation: string;
  readonly sql: string;
  readonly transactionId: string | null;
  /** Of its body. */
  readonly bytes: number;
  /** Number of the connection, from 1. */
  readonly connection: number;
  /** Name of the error it was answered with, 'broken' when its connection was cut, null when it was well. */
  error: string | null;
}

/** What the next call that fits meets; `sql` is what its statement begins with, without regard to case. */
export interface Mishap {
  readonly operation?: string;
  readonly sql?: string;
  /** For how many calls; 1 when left out. */
  readonly times?: number;
  /**
   * An error; the connection cut before the statement runs or after; or the statement takes so many ms of the clock, of which
   * the API gives it 45,000.
   */
  readonly meets: DataApiError | 'cut before' | 'cut after' | { readonly takes: number };
}

export interface FakeDataApi extends AsyncDisposable {
  readonly endpoint: string;
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly database: string;
  readonly calls: readonly DataApiCall[];
  /** How many statements that begin so were sent to ExecuteStatement. */
  count(sql: string): number;
  happen(mishap: Mishap): void;
  /** The cluster is paused: the next call wakes it, which takes so many ms of the clock. */
  pause(waking: number): void;
  /** Transactions that neither ended nor expired. */
  openTransactions(): number;
}

export interface FakeDataApiOptions {
  readonly clock: Clock;
  /** Left out: PGlite in memory, closed with the server. One that is handed in stays open. */
  readonly backend?: FakeDatabase;
  /** Secrets by ARN beside the one of the owner: each logs in as a role, which must have its password. May grow. */
  readonly logins?: Readonly<Record<string, DatabaseLogin>>;
  /** Left out: the cluster has no role with the feature s3Import. */
  readonly imports?: S3Imports;
}

/**
 * The RDS Data API over a real PostgreSQL, on loopback: REST-JSON as the SDK speaks it, with the refusals and limits of Aurora
 * PostgreSQL (Serverless v2). Stricter than the service where its documentation leaves room, never kinder.
 */
export async function startDataApi(options: FakeDataApiOptions): Promise<FakeDataApi> {
  const { clock, backend, logins = {}, imports = null } = options;
  const database = backend ?? (await pgliteDatabase());
  const names = {
    clusterArn: 'arn:aws:rds:eu-central-1:123456789012:cluster:plimsoll',
    secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:plimsoll-AbCdEf',
    database: 'plimsoll',
  };
  const loggedIn = databaseLogins(database);
  const choose = async ({ secretArn = '' }: DataApiInput) => {
    const login = logins[secretArn];
    return login === undefined ? database : loggedIn(login);
  };
  const operations = dataApiOperations(choose, clock, names.database, imports);
  const calls: DataApiCall[] = [];
  const mishaps: { left: number; readonly mishap: Mishap }[] = [];
  const connections = new WeakMap<object, number>();
  let connectionCount = 0;
  /** Milliseconds that waking takes; then, from the first call on, when it is awake. */
  let pause: { readonly waking: number } | { readonly awakeAt: number } | null = null;
  const server = createServer((request, response) => void serve(request, response));
  server.on('connection', (socket) => connections.set(socket, ++connectionCount));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...names,
    calls,
    count: (sql) => calls.filter((call) => call.operation === 'Execute' && begins(call.sql, sql)).length,
    happen: (mishap) => void mishaps.push({ left: mishap.times ?? 1, mishap }),
    pause: (waking) => {
      pause = { waking };
    },
    openTransactions: operations.openTransactions,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await operations.close();
      if (backend === undefined) await database[Symbol.asyncDispose]();
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let call: DataApiCall | null = null;
    try {
      const body = await bytesOf(request);
      const operation = (request.url ?? '').slice(1);
      const input = JSON.parse(body.toString()) as DataApiInput;
      call = {
        operation,
        sql: input.sql ?? '',
        transactionId: input.transactionId ?? null,
        bytes: body.length,
        connection: connections.get(request.socket) ?? 0,
        error: null,
      };
      calls.push(call);
      const meets = mishapOf(call);
      if (meets === 'cut before') return cut(call, request);
      if (meets instanceof DataApiError) throw meets;
      check(request, operation, input);
      wake();
      const takes = meets !== null && typeof meets === 'object' ? meets.takes : 0;
      const given = await operations.answer(operation, input, takes);
      if (meets === 'cut after') {
        // A transaction that nobody knows of: let go at once, since it may hold the only session of the backend.
        if (operation === 'BeginTransaction') await operations.close();
        return cut(call, request);
      }
      const answer = JSON.stringify(given);
      if (Buffer.byteLength(answer) > answerLimit) {
        throw new DataApiError(
          'UnsupportedResultException',
          'Database returned more than the allowed response size limit',
        );
      }
      end(response, 200, answer);
    } catch (thrown) {
      const error = DataApiError.from(thrown);
      if (call !== null) call.error = error.name;
      response.setHeader(
        'x-amzn-errortype',
        `${error.name}:http://internal.amazon.com/coral/com.amazonaws.rdsdataservice/`,
      );
      end(response, error.status, JSON.stringify({ message: error.message }));
    }
  }

  function mishapOf(call: DataApiCall): Mishap['meets'] | null {
    const found = mishaps.find(
      ({ left, mishap: { operation, sql } }) =>
        left > 0 && (operation ?? call.operation) === call.operation && begins(call.sql, sql ?? ''),
    );
    if (found === undefined) return null;
    found.left--;
    return found.mishap.meets;
  }

  function check(request: IncomingMessage, operation: string, input: DataApiInput): void {
    if (request.method !== 'POST' || !operations.has(operation)) {
      throw new DataApiError('UnknownOperationException', `${request.method} ${request.url}`, 404);
    }
    if (!/^AWS4-HMAC-SHA256 Credential=[^,]*\/rds-data\/aws4_request/.test(request.headers.authorization ?? '')) {
      throw new DataApiError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    if (input.resourceArn !== names.clusterArn) {
      throw new DataApiError('BadRequestException', 'HttpEndpoint is not enabled for resource or it does not exist');
    }
    if (input.secretArn !== names.secretArn && !Object.hasOwn(logins, input.secretArn ?? '')) {
      throw new DataApiError(
        'AccessDeniedException',
        'User: arn:aws:sts::123456789012:assumed-role/x is not authorized to perform: secretsmanager:GetSecretValue',
      );
    }
  }

  function wake(): void {
    if (pause === null) return;
    if ('waking' in pause) pause = { awakeAt: clock.now() + pause.waking };
    if (clock.now() < pause.awakeAt) {
      throw new DataApiError(
        'DatabaseResumingException',
        'The Aurora DB instance plimsoll is resuming after being auto-paused. Please wait a few seconds and try again.',
      );
    }
    pause = null;
  }
}

/** Bytes. */
const requestLimit = 4 * 1024 * 1024;
const answerLimit = 1024 * 1024;

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = request.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
  for await (const piece of request) {
    size += piece.length;
    if (size <= requestLimit) pieces.push(piece);
  }
  if (size > requestLimit)
    throw new DataApiError('RequestEntityTooLarge', 'Request must be smaller than 4194304 bytes');
  return Buffer.concat(pieces);
}

function cut(call: DataApiCall, request: IncomingMessage): void {
  call.error = 'broken';
  request.socket.destroy();
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': 'fake-request' });
  response.end(body);
}

function begins(sql: string, start: string): boolean {
  const plain = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase();
  return plain(sql).startsWith(plain(start));
}
