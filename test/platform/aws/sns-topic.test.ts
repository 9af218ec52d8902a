import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { snsTopic } from '#platform/aws/sns-topic.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { fakeSns } from '#test/fakes/sns.ts';
import { awsTestClient, foreignAws, foreignAwsNote, freshName } from '#test/support/aws.ts';
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

test(`what is published arrives at a queue that subscribed, by SNS on a foreign emulator (${foreignAwsNote})`, {
  skip: foreignAws === null,
}, async () => {
  const client = new SNSClient(awsTestClient(foreignAws!));
  const sqs = new SQSClient(awsTestClient(foreignAws!));
  const name = freshName();
  const topicArn = (await client.send(new CreateTopicCommand({ Name: name }))).TopicArn!;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const queueArn = (await sqs.send(asked)).Attributes!['QueueArn']!;
  const allowed = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: queueArn };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await client.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn }));
  const topic = snsTopic({ client, arn: topicArn });
  await topic.publish({ subject: 'Zürich\tstopped', text: '{"ü":"日本"}', attributes: { kind: 'verdict.changed' } });
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  const { Subject, Message, MessageAttributes } = JSON.parse(Messages![0]!.Body!);
  assert.deepEqual([Subject, Message], ['Zurich stopped', '{"ü":"日本"}']);
  assert.deepEqual(MessageAttributes, { kind: { Type: 'String', Value: 'verdict.changed' } });
  client.destroy();
  sqs.destroy();
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
