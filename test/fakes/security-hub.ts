import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from './aws-json.ts';

interface Finding {
  readonly Id: string;
  readonly ProductArn: string;
  readonly AwsAccountId: string;
  readonly Title: string;
  readonly Description: string;
  readonly GeneratorId: string;
  readonly Resources: readonly { readonly Type: string; readonly Id: string }[];
  readonly RecordState: string;
}

export interface FakeSecurityHub extends AsyncDisposable {
  readonly endpoint: string;
  /** Findings by id, the last that was brought in. */
  readonly findings: ReadonlyMap<string, Finding & Record<string, unknown>>;
  readonly calls: number[];
  failNext(error: AwsError, times?: number): void;
}

/** AWS Security Hub on loopback: BatchImportFindings of one account, with its lengths and sizes. */
export async function fakeSecurityHub(accountId: string): Promise<FakeSecurityHub> {
  const findings = new Map<string, Finding & Record<string, unknown>>();
  const calls: number[] = [];
  const failures: AwsError[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    findings,
    calls,
    failNext(error, times = 1) {
      for (let i = 0; i < times; i++) failures.push(error);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    try {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      if (request.method !== 'POST' || request.url !== '/findings/import')
        throw new AwsError('ResourceNotFoundException', 'No such operation', 404);
      if (body.length > 6_000_000) throw new AwsError('InvalidInputException', 'Request is too large', 413);
      const { Findings: all } = JSON.parse(body.toString()) as { Findings: (Finding & Record<string, unknown>)[] };
      calls.push(all.length);
      if (all.length < 1 || all.length > 100)
        throw new AwsError('InvalidInputException', 'Findings: 1 to 100 are taken');
      const failed = all.flatMap((finding) => {
        const problem = problemOf(finding);
        if (problem === null) findings.set(finding.Id, finding);
        return problem === null ? [] : [{ Id: finding.Id, ErrorCode: 'InvalidInput', ErrorMessage: problem }];
      });
      end(response, 200, {
        FailedCount: failed.length,
        SuccessCount: all.length - failed.length,
        FailedFindings: failed,
      });
    } catch (thrown) {
      const error = thrown instanceof AwsError ? thrown : new AwsError('InternalException', String(thrown), 500);
      end(response, error.status, { Message: error.message }, error.name);
    }
  }

  function problemOf(finding: Finding): string | null {
    const within = (text: unknown, length: number) =>
      typeof text === 'string' && text.length >= 1 && text.length <= length;
    if (
      finding.AwsAccountId !== accountId ||
      !finding.ProductArn.includes(`:${accountId}:product/${accountId}/default`)
    )
      return 'AwsAccountId is not that of the caller';
    if (!within(finding.Id, 512) || !within(finding.GeneratorId, 512)) return 'Id or GeneratorId has another length';
    if (!within(finding.Title, 256) || !within(finding.Description, 1024))
      return 'Title or Description has another length';
    if (!finding.Resources.every(({ Id }) => within(Id, 512))) return 'A resource has another length';
    return Buffer.byteLength(JSON.stringify(finding)) > 240_000 ? 'Finding is larger than 240 KB' : null;
  }
}

function end(response: ServerResponse, status: number, answer: unknown, error?: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(error === undefined ? {} : { 'x-amzn-errortype': error }),
  });
  response.end(JSON.stringify(answer));
}
