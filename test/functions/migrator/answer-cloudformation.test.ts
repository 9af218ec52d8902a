import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Fault } from '#core/fault.ts';
import { silentLog } from '#core/log.ts';
import { answerCloudFormation } from '#functions/migrator/answer-cloudformation.ts';
import type { FetchRequest } from '#platform/fetch.ts';
import { isFault } from '#test/support/is-fault.ts';
import { testClock } from '#test/support/test-clock.ts';

const create = {
  ...{ RequestType: 'Create', ServiceToken: 'arn', ResponseURL: 'https://bucket.example.test/a?b=c' },
  ...{ StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Tables', ResourceType: 'Custom::PlimsollTables' },
  ResourceProperties: { ServiceToken: 'arn' },
} as CloudFormationCustomResourceEvent;

/** The answers that CloudFormation got; its bucket answers with these statuses. */
async function answersTo(work: () => Promise<void>, { event = create, statuses = [200], selfWinding = true } = {}) {
  const clock = testClock(0, { selfWinding });
  const left = [...statuses];
  const answers: { readonly url: string; readonly request: FetchRequest }[] = [];
  const fetch = async (url: string, request: FetchRequest = {}) => {
    answers.push({ url, request });
    return new Response(null, { status: left.shift() ?? 200 });
  };
  const context = {
    ...{ awsRequestId: 'id', invokedFunctionArn: 'arn', logStreamName: 'stream' },
    getRemainingTimeInMillis: () => 900_000 - clock.now(),
  };
  await answerCloudFormation({ fetch, clock, log: silentLog }, event, context, work);
  return answers.map(({ url, request }) => ({ url, method: request.method, ...JSON.parse(String(request.body)) }));
}

test('work that hangs is answered as failed before the function ends', async () => {
  const [answer, ...more] = await answersTo(() => new Promise(() => {}));
  assert.deepEqual([more.length, answer.Status, answer.method, answer.url], [0, 'FAILED', 'PUT', create.ResponseURL]);
  assert.match(answer.Reason, /not done in time.*log stream stream/);
});

test('a failure is answered with its reason, which is never too long', async () => {
  const fault = new Fault('sql/failed', `Migration 0001: ${'x'.repeat(9000)}`);
  const [answer] = await answersTo(() => Promise.reject(fault), { selfWinding: false });
  assert.equal(answer.Status, 'FAILED');
  assert.match(answer.Reason, /^Migration 0001: x+ \(sql\/failed\)/);
  assert.ok(Buffer.byteLength(JSON.stringify(answer)) < 4096);
});

test('the resource keeps its id, so that nothing is deleted in its place', async () => {
  const event = { ...create, RequestType: 'Update', PhysicalResourceId: 'of-old', OldResourceProperties: {} };
  const done = { event: event as unknown as CloudFormationCustomResourceEvent, selfWinding: false };
  assert.equal((await answersTo(async () => {}, done))[0].PhysicalResourceId, 'of-old');
});

test('an answer that is not taken is sent again, and its loss is an error of the function', async () => {
  const failing = { statuses: [500, 500, 200] };
  const answers = await answersTo(async () => {}, failing);
  assert.equal(answers.length, 3);
  await assert.rejects(
    answersTo(async () => {}, { statuses: [403] }),
    isFault('network/unreachable', /status 403/),
  );
});
