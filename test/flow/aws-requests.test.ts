import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { AwsError } from '#test/fakes/aws-json.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { type AwsEstate, adminPassword, awsAccount, openAwsEstate, writeAlpine } from '#test/support/aws-estate.ts';
import { builtBundle } from '#test/support/bundles.ts';
import { httpServer } from '#test/support/http-server.ts';
import { startLambda } from '#test/support/lambda-process.ts';
import { runTask } from '#test/support/run-task.ts';
import { xrayDaemon } from '#test/support/xray-daemon.ts';

// What the deployed entry points say in their logs, and for how long the API waits: each test goes on where the one before it ended.
const reference = `${awsAccount}.dkr.ecr.us-east-1.amazonaws.com/team/app`;
let shared: Promise<AwsEstate> | null = null;

function estate(): Promise<AwsEstate> {
  shared ??= openAwsEstate();
  return shared;
}

after(async () => {
  if (shared !== null) await (await shared)[Symbol.asyncDispose]();
});

test('every line that a step logs, in a function or a task, says of which image it is and what is done with it', async () => {
  const aws = await estate();
  await deploy(aws);
  await writeAlpine(aws.mirror, {});
  aws.ecr.push(awsAccount, 'team/app', alpineApp);
  const pushed = { kind: 'image.pushed', account: 'admin', at: 1 };
  for (const digest of [alpineApp.digest, `sha256:${'0'.repeat(64)}`])
    await aws.send('image.pushed', JSON.stringify({ ...pushed, reference: `${reference}:v1@${digest}` }));
  await aws.send('image.pushed', JSON.stringify({ ...pushed, reference: `${reference}:none` }));
  assert.deepEqual(await aws.poll('catalog-image-pushed'), { taken: 3, again: 0 });
  const { said } = await runTask(aws, 'analyzer', ['--dry-seconds', '0.2']);
  await aws.poll('policy-engine-image-analyzed');
  aws.s3.failNext('GetObject', new AwsError('SlowDown', 'Please reduce your request rate.', 503), 3);
  await aws.poll('policy-engine-image-matched');

  const ofTask = said.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const steps = {
    'image.pushed': (await aws.lambda('catalog-image-pushed')).lines(),
    'image.queued': ofTask.filter(({ fact }) => !String(fact).startsWith('worker ')),
    'image.analyzed': (await aws.lambda('policy-engine-image-analyzed')).lines(),
    'image.matched': (await aws.lambda('policy-engine-image-matched')).lines(),
  };
  for (const [operation, all] of Object.entries(steps)) {
    const lines = all.filter((line) => !('_aws' in line));
    assert.ok(lines.length > 0, operation);
    for (const line of lines) {
      assert.deepEqual([line['operation'], line['account']], [operation, 'admin'], JSON.stringify(line));
      const image = String(line['image']);
      const known = /sha256:[0-9a-f]{64}$/.exec(image)?.[0] ?? `${reference}:none`;
      assert.equal(line['correlation_id'], `${known} ${operation}`);
    }
  }
  const admitted = steps['image.pushed'].map(({ image }) => image);
  assert.ok(admitted.includes(`${reference}:none`) && admitted.includes(`${reference}:v1@${alpineApp.digest}`));
});

test('whoever asks while the database wakes for longer than a request has is told to come again, and is answered once it is there', async () => {
  const aws = await estate();
  await aws.lambda('api');
  aws.api.pause(600_000);
  const began = performance.now();
  const sleepy = await ask(aws, `/images/${alpineApp.digest}`, 5000);
  assert.ok(performance.now() - began < 5000, 'before Lambda ends it');
  assert.deepEqual([sleepy.status, sleepy.headers['retry-after']], [503, '5']);
  const { message, httpcode } = JSON.parse(sleepy.text);
  assert.equal(httpcode, 503);
  assert.match(message, /^the database was paused and is waking up.*try again/);
  const line = (await aws.lambda('api')).lines().find((one) => one['message'] === 'request failed');
  assert.deepEqual([line?.['request_id'], line?.['route']], ['request-7', 'GET /images/{digest}']);
  assert.match(String(line?.['reason']), /took no call for \d s: it is waking up/);
  aws.api.pause(0);
  assert.equal((await ask(aws, `/images/${alpineApp.digest}`)).status, 200);
  aws.api.pause(600);
  assert.equal((await ask(aws, `/images/${alpineApp.digest}`)).status, 200, 'one that is there soon is waited for');
});

test('an answer that is not ready in the time of a request is a 503 and not what API Gateway would say', async () => {
  const aws = await estate();
  aws.api.happen({ sql: 'select image_no', meets: { takes: 1500 } });
  const late = await ask(aws, `/images/${alpineApp.digest}`, 1300);
  assert.deepEqual([late.status, late.headers['retry-after']], [503, '5']);
  assert.match(late.text, /not ready in the time that a request has.*internal\/overdue/);
});

test('a trace shows how long each step and each call of AWS took, and of which image', async () => {
  const aws = await estate();
  await using daemon = await xrayDaemon();
  const root = '1-67891233-abcdef012345678912345678';
  const variables = {
    ...aws.variables,
    AWS_XRAY_DAEMON_ADDRESS: daemon.address,
    _X_AMZN_TRACE_ID: `Root=${root};Parent=463ac35c9f6413ad;Sampled=1`,
  };
  await using step = await startLambda((await builtBundle('policy-engine-image-matched')).file, variables);
  const body = JSON.stringify({ kind: 'image.matched', account: 'admin', digest: alpineApp.digest });
  const record = { messageId: 'one', receiptHandle: 'handle', body, attributes: { ApproximateReceiveCount: '1' } };
  assert.deepEqual(await step.call({ Records: [record] }), { batchItemFailures: [] });
  await daemon.received(6);
  const outer = daemon.documents.find(({ name }) => name === 'image.matched');
  assert.deepEqual([outer?.trace_id, outer?.parent_id], [root, '463ac35c9f6413ad']);
  const calls = daemon.documents.filter(({ namespace }) => namespace === 'aws');
  for (const { parent_id, annotations, name } of calls) {
    assert.equal(parent_id, outer?.id, name);
    assert.deepEqual([annotations['image'], annotations['operation']], [alpineApp.digest, 'image.matched']);
  }
  const operations = new Set(calls.map(({ name, aws }) => `${name} ${aws?.operation}`));
  assert.ok(operations.has('RDS Data ExecuteStatement') && operations.has('S3 GetObject'), [...operations].join());

  await using api = await startLambda((await builtBundle('api')).file, variables);
  const before = daemon.documents.length;
  assert.equal((await api.ask(request(`/images/${alpineApp.digest}`))).status, 200);
  // Who asks, whether guesses of the password wait, the image, its tags.
  await daemon.received(before + 4);
  const asked = daemon.documents.slice(before);
  assert.deepEqual(
    asked.map(({ name, annotations }) => [name, annotations['route'], annotations['request_id']]),
    Array.from({ length: 4 }, () => ['RDS Data', 'GET /images/{digest}', 'request-7']),
  );
});

async function deploy(aws: AwsEstate): Promise<void> {
  await using bucket = await httpServer((request, response) => request.resume().on('end', () => response.end()));
  const created = { RequestType: 'Create', ResponseURL: `${bucket.url}/answer`, StackId: 'stack', RequestId: 'one' };
  const tables = { LogicalResourceId: 'Tables', ResourceType: 'Custom::PlimsollTables', ResourceProperties: {} };
  await (await aws.lambda('migrator')).call({ ...created, ...tables }, { milliseconds: 900_000 });
}

async function ask(aws: AwsEstate, path: string, milliseconds = 29_000) {
  return (await aws.lambda('api')).ask(request(path), { milliseconds });
}

/** An event of API Gateway (proxy integration of a REST API). */
function request(path: string) {
  const Authorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`;
  return {
    ...{ resource: '/{path+}', path, httpMethod: 'GET', body: null, isBase64Encoded: false },
    ...{ headers: { Authorization }, multiValueHeaders: { Authorization: [Authorization] } },
    ...{ queryStringParameters: null, multiValueQueryStringParameters: null, stageVariables: null },
    requestContext: { path: `/v1${path}`, stage: 'v1', requestId: 'request-7', requestTimeEpoch: Date.now() },
  };
}
