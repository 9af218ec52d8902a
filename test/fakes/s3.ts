import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from './aws-json.ts';
import { contentOf } from './s3-body.ts';
import { escapeXml, type S3Answer, type S3Operation, type S3State, s3Operations } from './s3-operations.ts';

/** What can go wrong on demand, in the order it was asked for. */
export interface S3Mishaps {
  /** Answers of GetObject that break off after as many bytes of what was announced. */
  readonly breakAfter: number[];
  /** Answers of GetObject that stop after as many bytes and keep the connection. */
  readonly stallAfter: number[];
  /** Answers of GetObject with a wrong byte. */
  damaged: number;
}

export interface FakeS3 extends AsyncDisposable {
  readonly endpoint: string;
  readonly state: S3State;
  readonly mishaps: S3Mishaps;
  readonly calls: S3Operation[];
  /**
   * The next calls of an operation are answered with an error, with 200 and an error in the body (as S3 does when it fails while it
   * completes an upload), with a connection that breaks, or are done and then not answered.
   */
  failNext(operation: S3Operation, failure: AwsError | 'error in 200' | 'break' | 'break after', times?: number): void;
}

/**
 * Amazon S3 on loopback with bucket and key in the path: objects, conditions, ranges, checksums, pages of `pageSize` keys, uploads in parts.
 * Without versions, ACLs, encryption and without looking into signatures.
 */
export async function fakeS3(options: { readonly pageSize?: number } = {}): Promise<FakeS3> {
  const state: S3State = { buckets: new Map(), uploads: new Map(), pageSize: options.pageSize ?? 1000 };
  const mishaps: S3Mishaps = { breakAfter: [], stallAfter: [], damaged: 0 };
  const calls: S3Operation[] = [];
  const failures: { readonly operation: S3Operation; readonly failure: Parameters<FakeS3['failNext']>[1] }[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    mishaps,
    calls,
    failNext(operation, failure, times = 1) {
      for (let i = 0; i < times; i++) failures.push({ operation, failure });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isHead = request.method === 'HEAD';
    try {
      const url = new URL(request.url ?? '/', 'http://s3');
      const [, bucket = '', path = ''] = /^\/([^/]+)\/?(.*)$/.exec(url.pathname) ?? [];
      const key = decodeURIComponent(path);
      const operation = operationOf(request.method ?? '', key, url.searchParams);
      const content = await contentOf(request);
      if (!/^AWS4-HMAC-SHA256 Credential=/.test(request.headers.authorization ?? ''))
        throw new AwsError('AccessDenied', 'Access Denied', 403);
      calls.push(operation);
      const at = failures.findIndex((one) => one.operation === operation);
      const failure = at < 0 ? null : failures.splice(at, 1)[0]!.failure;
      if (failure === 'break') return void request.socket.destroy();
      if (failure instanceof AwsError) throw failure;
      if (failure === 'error in 200') {
        return end(response, isHead, { xml: errorXml(new AwsError('InternalError', 'We had an internal error.')) });
      }
      const { headers } = request;
      const answer = s3Operations[operation](state, { bucket, key, query: url.searchParams, headers, content });
      if (failure === 'break after') return void request.socket.destroy();
      if (operation === 'GetObject') endContent(response, answer);
      else end(response, isHead, answer);
    } catch (thrown) {
      if (response.destroyed) return;
      const error = thrown instanceof AwsError ? thrown : new AwsError('InternalError', String(thrown), 500);
      end(response, isHead, { status: error.status, xml: errorXml(error) });
    }
  }

  function endContent(response: ServerResponse, { status = 200, headers = {}, content = Buffer.alloc(0) }: S3Answer) {
    response.writeHead(status, { 'content-length': content.length, ...headers });
    const stall = mishaps.stallAfter.shift();
    const cut = stall === undefined ? mishaps.breakAfter.shift() : undefined;
    if (stall !== undefined) {
      response.flushHeaders();
      response.write(content.subarray(0, stall));
    } else if (cut !== undefined) {
      response.flushHeaders();
      response.write(content.subarray(0, cut), () => setTimeout(() => response.socket?.destroy(), 5));
    } else response.end(damage(content));
  }

  function damage(content: Buffer): Buffer {
    if (mishaps.damaged === 0 || content.length === 0) return content;
    mishaps.damaged--;
    const damaged = Buffer.from(content);
    damaged[damaged.length >> 1]! ^= 1;
    return damaged;
  }
}

function operationOf(method: string, key: string, query: URLSearchParams): S3Operation {
  const of = `${method} ${key === '' ? 'bucket' : 'key'}${query.has('uploadId') ? ' upload' : query.has('uploads') ? ' uploads' : ''}`;
  const operations: Readonly<Record<string, S3Operation>> = {
    'PUT bucket': 'CreateBucket',
    'GET bucket': 'ListObjectsV2',
    'PUT key': 'PutObject',
    'GET key': 'GetObject',
    'HEAD key': 'HeadObject',
    'DELETE key': 'DeleteObject',
    'POST key uploads': 'CreateMultipartUpload',
    'PUT key upload': 'UploadPart',
    'POST key upload': 'CompleteMultipartUpload',
    'DELETE key upload': 'AbortMultipartUpload',
  };
  const operation = operations[of];
  if (operation !== undefined) return operation;
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
}

function end(response: ServerResponse, isHead: boolean, { status = 200, headers = {}, xml }: S3Answer): void {
  const body = Buffer.from(xml === undefined ? '' : `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
  response.writeHead(status, {
    'x-amz-request-id': 'fake',
    ...(xml === undefined ? {} : { 'content-type': 'application/xml' }),
    ...(status === 204 || isHead ? {} : { 'content-length': body.length }),
    ...headers,
  });
  response.end(isHead || status === 204 ? undefined : body);
}

function errorXml(error: AwsError): string {
  return `<Error><Code>${error.name}</Code><Message>${escapeXml(error.message)}</Message><RequestId>fake</RequestId></Error>`;
}
