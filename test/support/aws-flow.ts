import assert from 'node:assert/strict';
import { type AwsEstate, adminPassword, awsAccount } from './aws-estate.ts';
import { httpServer } from './http-server.ts';
import type { ProxyAnswer } from './lambda-process.ts';

/** The repository in ECR that images are pushed to. */
export const repository = 'team/app';

/** What CloudFormation does with a custom resource, and the answer it gets. */
export async function deploy(aws: AwsEstate, RequestType: 'Create' | 'Update' | 'Delete') {
  const answers: string[] = [];
  await using bucket = await httpServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    assert.deepEqual([request.method, request.headers['content-type']], ['PUT', undefined]);
    answers.push(Buffer.concat(pieces).toString());
    response.end();
  });
  await (await aws.lambda('migrator')).call(
    {
      ...{ RequestType, ResponseURL: `${bucket.url}/answer?signed=yes`, StackId: 'stack', RequestId: 'request' },
      ...{ LogicalResourceId: 'Tables', ResourceType: 'Custom::PlimsollTables', ResourceProperties: {} },
      ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'Tables' }),
    },
    { milliseconds: 900_000 },
  );
  assert.equal(answers.length, 1);
  const { Status, PhysicalResourceId, StackId, RequestId, LogicalResourceId, Reason } = JSON.parse(answers[0]!);
  assert.deepEqual([StackId, RequestId, LogicalResourceId], ['stack', 'request', 'Tables']);
  return Status === 'SUCCESS'
    ? { status: Status, id: PhysicalResourceId }
    : { status: Status as string, id: PhysicalResourceId, reason: Reason as string };
}

/** An event as EventBridge delivers it for a push to ECR, or a deletion; without a tag one of the digest alone. */
export function ecrEvent(
  digest: string,
  tag: string | null,
  action: 'PUSH' | 'DELETE' = 'PUSH',
  time = '2026-11-21T10:00:00Z',
) {
  return {
    ...{ version: '0', id: '13cde686-328b-6117-af20-0e5566167482', 'detail-type': 'ECR Image Action' },
    ...{ source: 'aws.ecr', account: awsAccount, time, region: 'us-east-1', resources: [] },
    detail: {
      ...{ result: 'SUCCESS', 'repository-name': repository, 'image-digest': digest, 'action-type': action },
      ...(tag === null ? {} : { 'image-tag': tag }),
    },
  };
}

export function tagged(tag: string): string {
  return `${awsAccount}.dkr.ecr.us-east-1.amazonaws.com/${repository}:${tag}`;
}

/** An event of API Gateway (proxy integration of a REST API) and what comes back. */
export async function get(
  aws: AwsEstate,
  path: string,
  query: Readonly<Record<string, readonly string[]>> = {},
  options: { method?: string; body?: string; isBase64Encoded?: boolean; authorization?: string | null } = {},
): Promise<ProxyAnswer> {
  const { method = 'GET', body = null, isBase64Encoded = false } = options;
  const basic = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`;
  const { authorization = basic } = options;
  const headers = authorization === null ? {} : { Authorization: authorization };
  const last = Object.fromEntries(Object.entries(query).map(([name, values]) => [name, values.at(-1)]));
  return (await aws.lambda('api')).ask({
    ...{ resource: '/{path+}', path, httpMethod: method, headers, body, isBase64Encoded },
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: Object.keys(query).length === 0 ? null : last,
    multiValueQueryStringParameters: Object.keys(query).length === 0 ? null : query,
    ...{ pathParameters: { path: path.slice(1) }, stageVariables: null },
    requestContext: { path: `/v1${path}`, stage: 'v1', httpMethod: method, requestId: 'request' },
  });
}

/** Lets every function do what waits for it. */
export async function drain(aws: AwsEstate): Promise<void> {
  const takers = [
    'catalog-image-pushed',
    'catalog-image-removed',
    'policy-engine-image-analyzed',
    'policy-engine-image-matched',
  ] as const;
  for (let busy = true; busy; ) {
    busy = false;
    for (const name of takers) busy = (await aws.poll(name)).taken > 0 || busy;
  }
}

export async function rows(aws: AwsEstate, statement: string): Promise<readonly unknown[]> {
  return (await aws.database.once(statement, [])).rows;
}
