import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { awsTestClient, foreignAws, foreignAwsNote, freshName } from '#test/support/aws.ts';
import { elsewhere } from './elsewhere.ts';
import { resources, synthesised } from './synthesised.ts';

/** Details of events of ECR as AWS documents them, and whether a rule of the template is to let them through. */
const events = [
  { passes: true, name: 'a push', change: {} },
  { passes: true, name: 'a push without a tag', detail: { 'image-tag': undefined } },
  { passes: true, name: 'a deletion', detail: { 'action-type': 'DELETE' } },
  { passes: false, name: 'a push that failed', detail: { result: 'FAILURE' } },
  { passes: false, name: 'another action', detail: { 'action-type': 'UPDATE' } },
  { passes: false, name: 'a finished scan', change: { DetailType: 'ECR Image Scan' } },
  { passes: false, name: 'a pull through the cache', change: { DetailType: 'ECR Pull Through Cache Action' } },
  { passes: false, name: 'somebody who says the same', change: { Source: 'my.ecr' } },
] as const;

test(`the template's rules let pushes and deletions of ECR through and nothing else, by EventBridge on a foreign emulator (${foreignAwsNote})`, {
  skip: foreignAws === null,
}, async () => {
  const rules = resources(synthesised(elsewhere), 'AWS::Events::Rule');
  assert.equal(rules.length, 2);
  for (const [id, { Properties }] of rules) await judge(id, Properties['EventPattern']);
});

/** Puts a rule of this pattern with a queue for its target, sends it every event, and looks at what arrives. */
async function judge(rule: string, pattern: unknown): Promise<void> {
  const sqs = new SQSClient(awsTestClient(foreignAws!));
  const name = freshName();
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const Arn = (await sqs.send(asked)).Attributes!['QueueArn']!;
  const allowed = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: Arn };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await callEventBridge('PutRule', { Name: name, EventPattern: foreign(JSON.stringify(pattern)) });
  await callEventBridge('PutTargets', { Rule: name, Targets: [{ Id: '1', Arn }] });
  const Entries = events.map((event) => entryOf(event.name, event));
  assert.equal((await callEventBridge('PutEvents', { Entries }))['FailedEntryCount'], 0);

  const arrived = new Set<string>();
  const wanted = events.filter(({ passes }) => passes).map((event) => event.name);
  // One look more than there is to see: what should not come may come last.
  for (let empty = 0; empty < 2; ) {
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    const { Messages = [] } = await sqs.send(receive);
    if (Messages.length === 0) empty++;
    for (const { Body } of Messages) {
      const event = JSON.parse(Body!) as { detail: { 'repository-name': string } };
      arrived.add(event.detail['repository-name'].replaceAll('-', ' '));
    }
  }
  assert.deepEqual([...arrived].sort(), [...wanted].sort(), rule);
  sqs.destroy();
}

function entryOf(name: string, { change = {}, detail = {} }: { readonly change?: object; readonly detail?: object }) {
  return {
    Source: foreign('aws.ecr'),
    DetailType: 'ECR Image Action',
    ...change,
    Detail: JSON.stringify({
      result: 'SUCCESS',
      'repository-name': name.replaceAll(' ', '-'),
      'image-digest': `sha256:${'a'.repeat(64)}`,
      'action-type': 'PUSH',
      'image-tag': 'v1',
      ...detail,
    }),
  };
}

/** PutEvents takes no event with a source of AWS's own, as EventBridge: here ECR has another name, in patterns too. */
function foreign(text: string): string {
  return text.replaceAll('aws.ecr', 'emulated.ecr');
}

/** One call of EventBridge's API (AWS JSON 1.1). No client of the SDK: nothing but this test speaks to it. Emulators check no signature. */
async function callEventBridge(operation: string, input: object): Promise<Record<string, unknown>> {
  const scope = 'AKIATEST/20310101/eu-central-1/events/aws4_request';
  const answer = await fetch(foreignAws!, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSEvents.${operation}`,
      'x-amz-date': '20310101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, `${operation}: ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
}
