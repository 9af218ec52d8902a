import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SNSClient } from '@aws-sdk/client-sns';
import { snsTopic } from '#platform/aws/sns-topic.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { fakeSns } from '#test/fakes/sns.ts';
import { awsTestClient } from '#test/support/aws.ts';
import { isFault } from '#test/support/is-fault.ts';

const arn = 'arn:aws:sns:eu-central-1:000000000000:notices';

test('a summary is published with its subject and attributes, up to 256 KiB', async () => {
  await using store = await open();
  const { topic, fake } = store;
  await topic.publish({ subject: 'Stopped', text: '{"ü":1}', attributes: { kind: 'verdict.changed', account: 'a' } });
  const largest = 'x'.repeat(256 * 1024);
  await topic.publish({ subject: '', text: largest });
  assert.deepEqual(fake.published, [
    { message: '{"ü":1}', subject: 'Stopped', attributes: { kind: 'verdict.changed', account: 'a' } },
    { message: largest, subject: null, attributes: {} },
  ]);
});

test('a subject that SNS would refuse is made one that it takes', async () => {
  await using store = await open();
  const { topic, fake } = store;
  for (const subject of [' Zürich\n\tand \u0007 日本 ', 'x'.repeat(300), '\n', `${'y'.repeat(99)} z`])
    await topic.publish({ subject, text: 'x' });
  assert.deepEqual(
    fake.published.map(({ subject }) => subject),
    ['Zurich and ??', 'x'.repeat(100), null, 'y'.repeat(99)],
  );
});

test('what is too large or has no text is refused before it is sent', async () => {
  await using store = await open();
  const { topic, fake } = store;
  const tooLarge = isFault('input/too-large', /256 KiB.*summary with a link/);
  await assert.rejects(topic.publish({ subject: 's', text: 'ü'.repeat(131_073) }), tooLarge);
  await assert.rejects(topic.publish({ subject: 's', text: 'x'.repeat(262_140), attributes: { a: 'b' } }), tooLarge);
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, 'x']));
  for (const message of [
    { subject: 's', text: '' },
    { subject: 's', text: 'x', attributes: { a: '' } },
    { subject: 's', text: 'x', attributes: { 'a b': 'x' } },
    { subject: 's', text: 'x', attributes: { 'a.': 'x' } },
    { subject: 's', text: 'x', attributes: many },
  ])
    await assert.rejects(topic.publish(message), isFault('input/invalid', /Topic arn/));
  assert.deepEqual(fake.published, []);
});

test('failures of SNS are waited out, and told by what they mean when they do not end', async () => {
  await using store = await open();
  const { topic, fake, client } = store;
  const message = { subject: 's', text: 'x' };
  fake.failNext(new AwsError('InternalError', 'We had an internal error.', 500));
  await topic.publish(message);
  assert.equal(fake.published.length, 1);
  fake.failNext(new AwsError('ServiceUnavailable', 'Try again.', 503), 3);
  await assert.rejects(topic.publish(message), isFault('network/unreachable', /Topic arn.*publishing failed/));
  fake.failNext(new AwsError('AuthorizationError', 'User is not authorized', 403));
  await assert.rejects(topic.publish(message), isFault('auth/forbidden', /role/));
  await assert.rejects(snsTopic({ client, arn: `${arn}2` }).publish(message), isFault('state/not-found'));
});

async function open() {
  const fake = await fakeSns(arn);
  const client = new SNSClient(awsTestClient(fake.endpoint));
  return {
    topic: snsTopic({ client, arn }),
    client,
    fake,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fake[Symbol.asyncDispose]();
    },
  };
}
