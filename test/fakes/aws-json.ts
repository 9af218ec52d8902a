import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An error as a service tells it: the SDK throws one of this name. */
export class AwsError extends Error {
  readonly status: number;
  /** The code that the older query protocol had for it; SQS still sends it along. */
  readonly queryCode: string | null;

  constructor(name: string, message: string, status = 400, queryCode: string | null = null) {
    super(message);
    this.name = name;
    this.status = status;
    this.queryCode = queryCode;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** What an operation answers; `signal` aborts when the caller has gone. */
export type AwsOperation = (input: JsonObject, signal: AbortSignal) => unknown;

export interface AwsJsonServer extends AsyncDisposable {
  readonly endpoint: string;
  /** Names of the operations that were called, in order. */
  readonly calls: string[];
  /** The next calls of an operation, or of any when it is '*', are answered with an error; or with a connection that breaks. */
  failNext(operation: string, error: AwsError | 'break', times?: number): void;
}

/**
 * A server on loopback that speaks AWS JSON 1.0 or 1.1: POST /, the operation in X-Amz-Target. What is not signed, is of another
 * content type or over 4 MiB is refused, as is an operation that it does not know.
 */
export async function awsJsonServer(service: {
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, AwsOperation>>;
}): Promise<AwsJsonServer> {
  const calls: string[] = [];
  const failures: { readonly operation: string; readonly error: AwsError | 'break' }[] = [];
  const contentType = `application/x-amz-json-${service.version}`;
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    failNext(operation, error, times = 1) {
      for (let i = 0; i < times; i++) failures.push({ operation, error });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const body = await bytesOf(request);
      const operation = operationOf(request);
      calls.push(operation);
      const failing = failures.findIndex((one) => one.operation === operation || one.operation === '*');
      if (failing >= 0) {
        const [{ error }] = failures.splice(failing, 1) as [(typeof failures)[number]];
        if (error === 'break') return void request.socket.destroy();
        throw error;
      }
      const answer = await service.operations[operation]!(JSON.parse(body.toString()), gone.signal);
      if (!response.destroyed) end(response, 200, {}, answer ?? {});
    } catch (thrown) {
      if (response.destroyed) return;
      const error = thrown instanceof AwsError ? thrown : new AwsError('InternalFailure', String(thrown), 500);
      const fault = error.status < 500 ? 'Sender' : 'Receiver';
      const headers = error.queryCode === null ? {} : { 'x-amzn-query-error': `${error.queryCode};${fault}` };
      end(response, error.status, headers, { __type: `com.amazonaws.fake#${error.name}`, message: error.message });
    }
  }

  function operationOf(request: IncomingMessage): string {
    if (request.method !== 'POST' || request.headers['content-type'] !== contentType) {
      throw new AwsError('UnknownOperationException', `POST of ${contentType} is what is answered here`, 404);
    }
    if (!/^AWS4-HMAC-SHA256 Credential=/.test(request.headers.authorization ?? '')) {
      throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    }
    const [target, operation] = String(request.headers['x-amz-target']).split('.');
    if (target !== service.target || operation === undefined || !Object.hasOwn(service.operations, operation)) {
      throw new AwsError('UnknownOperationException', `${request.headers['x-amz-target']} is not known`, 404);
    }
    return operation;
  }

  function end(response: ServerResponse, status: number, headers: Record<string, string>, answer: unknown): void {
    response.writeHead(status, { 'content-type': contentType, 'x-amzn-requestid': 'fake', ...headers });
    response.end(JSON.stringify(answer));
  }
}

/** A text member of an input, within its bounds of length; undefined where it may be left out. */
export function optionalText(input: JsonObject, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new AwsError('SerializationException', `${member} is not a string`);
}

export function requiredText(input: JsonObject, member: string): string {
  const value = optionalText(input, member);
  if (value === undefined) throw new AwsError('MissingParameter', `The request must contain the parameter ${member}.`);
  return value;
}

/** A whole number within bounds, or `otherwise` when it is left out. */
export function numberIn(
  input: JsonObject,
  member: string,
  bounds: { readonly from: number; readonly to: number; readonly otherwise: number },
  error = 'InvalidParameterValue',
): number {
  const value = input[member] ?? bounds.otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= bounds.from && value <= bounds.to) return value;
  throw new AwsError(
    error,
    `Value ${value} for parameter ${member} is invalid. Reason: Must be between ${bounds.from} and ${bounds.to}, if provided.`,
  );
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size <= 4 * 1024 * 1024) pieces.push(piece);
  }
  if (size > 4 * 1024 * 1024) throw new AwsError('RequestEntityTooLarge', 'The request is too large', 413);
  return Buffer.concat(pieces);
}
