import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { about } from '#core/about.ts';
import { Fault } from '#core/fault.ts';
import { subsegment, traceCalls, traceInvocation } from '#platform/aws/xray-subsegments.ts';
import { fakeSqs } from '#test/fakes/sqs.ts';
import { awsTestClient } from '#test/support/aws.ts';
import { testClock } from '#test/support/test-clock.ts';
import { xrayDaemon } from '#test/support/xray-daemon.ts';

const root = '1-67891233-abcdef012345678912345678';
const parent = '463ac35c9f6413ad';
const header = `Root=${root};Parent=${parent};Sampled=1;Lineage=1:a87bd80c:0`;

test('steps and calls of AWS are subsegments of the invocation, one below the other, found by image and operation', async () => {
  await using daemon = await xrayDaemon();
  await using sqs = await fakeSqs(testClock());
  const client = traceCalls(traceCalls(new SQSClient(awsTestClient(sqs.endpoint))));
  const call = () => client.send(new GetQueueUrlCommand({ QueueName: 'none' }));
  const subject = { image: 'sha256:abc', operation: 'image.queued', attempt: 2, 'odd-key': 'x'.repeat(300) };
  const answer = await traceInvocation({ header, daemon: daemon.address }, () =>
    about(subject, () =>
      subsegment('image.queued', async () => {
        await assert.rejects(call(), { name: 'QueueDoesNotExist' });
        return 7;
      }),
    ),
  );
  client.destroy();
  assert.equal(answer, 7);
  await daemon.received(2);
  assert.deepEqual(daemon.refused, []);
  const [inner, outer, ...more] = daemon.documents;
  assert.ok(inner !== undefined && outer !== undefined && more.length === 0);
  for (const document of [inner, outer]) {
    assert.equal(document.trace_id, root);
    assert.equal(document.type, 'subsegment');
    assert.match(document.id, /^[0-9a-f]{16}$/);
    assert.ok(document.start_time > 1e9 && document.start_time < 1e10 && document.end_time >= document.start_time);
    const { image, operation, odd_key } = document.annotations;
    assert.deepEqual([image, operation, odd_key], ['sha256:abc', 'image.queued', 'x'.repeat(250)]);
  }
  assert.deepEqual([outer.name, outer.parent_id, outer.fault], ['image.queued', parent, undefined]);
  assert.deepEqual([inner.name, inner.parent_id, inner.fault], ['SQS', outer.id, true]);
  assert.deepEqual([inner.namespace, inner.aws], ['aws', { operation: 'GetQueueUrl' }]);
  assert.equal(inner.annotations['failure'], 'QueueDoesNotExist');
});

test('parts that are done at the same time are each below the one that does them', async () => {
  await using daemon = await xrayDaemon();
  await traceInvocation({ header, daemon: daemon.address }, () =>
    Promise.all(
      ['a', 'b'].map((name) =>
        subsegment(name, async () => {
          await new Promise((done) => setImmediate(done));
          await subsegment(`in ${name}; {"x"}`, async () => {});
        }),
      ),
    ),
  );
  await daemon.received(4);
  const byName = new Map(daemon.documents.map((document) => [document.name, document]));
  assert.deepEqual([...byName.keys()].sort(), ['a', 'b', 'in a_ __x__', 'in b_ __x__']);
  for (const name of ['a', 'b']) assert.equal(byName.get(`in ${name}_ __x__`)?.parent_id, byName.get(name)?.id);
});

test('what fails says by which fault, never in its words, and what is thrown goes on', async () => {
  await using daemon = await xrayDaemon();
  const failing = () =>
    subsegment('step', async () => {
      throw new Fault('sql/unavailable', 'the password is sesame');
    });
  await assert.rejects(traceInvocation({ header, daemon: daemon.address }, failing), { code: 'sql/unavailable' });
  await daemon.received(1);
  const [document] = daemon.documents;
  assert.deepEqual([document?.fault, document?.annotations], [true, { failure: 'sql/unavailable' }]);
  assert.doesNotMatch(JSON.stringify(document), /sesame/);
});

test('an invocation that is not sampled, and one without a daemon or a trace, is done all the same and sends nothing', async () => {
  await using daemon = await xrayDaemon();
  const work = () => subsegment('step', async () => 1);
  const settings = [
    { header: header.replace('Sampled=1', 'Sampled=0'), daemon: daemon.address },
    { header: `Root=${root}`, daemon: daemon.address },
    { header: 'Root=x;Parent=y;Sampled=1', daemon: daemon.address },
    { header: null, daemon: daemon.address },
    { header, daemon: null },
    { header, daemon: 'no address' },
    { header, daemon: '127.0.0.1:1' },
    { header, daemon: '127.0.0.1:99999' },
  ];
  for (const one of settings) assert.equal(await traceInvocation(one, work), 1, JSON.stringify(one));
  assert.equal(await work(), 1);
  let late = (): Promise<unknown> => assert.fail();
  await traceInvocation({ header, daemon: daemon.address }, async () => {
    const gone = new Promise<void>((done) => {
      late = async () => done();
    });
    void subsegment('nobody waits', () => gone);
  });
  await late();
  await new Promise((done) => setTimeout(done, 20));
  assert.deepEqual([daemon.documents, daemon.refused], [[], []]);
});
