import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functions } from '../../infra/functions.ts';
import { queueKinds } from '../../infra/messaging.ts';
import { deadLetterName, queueName } from '#schema/deployment.ts';
import { event } from '#schema/events.ts';
import { resource, resources, synthesised } from './synthesised.ts';

const queues = resources(synthesised(), 'AWS::SQS::Queue');
const byName = new Map(queues.map(([id, queue]) => [queue.Properties['QueueName'] as string, { id, ...queue }]));

test('every kind of event has a queue of its name, which the program finds from the prefix of its address', () => {
  for (const { shape } of event.options) assert.ok(byName.has(`Plimsoll-${queueName(shape.kind.value)}`));
  const api = resource(synthesised(), 'AWS::Lambda::Function', 'Pipelineapi');
  const prefix = JSON.stringify(api.Properties['Environment'].Variables['PLIMSOLL_QUEUE_URL_PREFIX']);
  assert.match(prefix, /https:\/\/sqs\..*\/Plimsoll-"/);
});

test('every queue has dead letters, which are kept for longer than it keeps its messages', () => {
  for (const kind of queueKinds) {
    const queue = byName.get(`Plimsoll-${queueName(kind)}`);
    const dead = byName.get(`Plimsoll-${deadLetterName(kind)}`);
    assert.ok(queue && dead, kind);
    const { deadLetterTargetArn, maxReceiveCount } = queue.Properties['RedrivePolicy'];
    assert.deepEqual(deadLetterTargetArn, { 'Fn::GetAtt': [dead.id, 'Arn'] });
    assert.ok(maxReceiveCount > 8, 'a step gives up by itself, with a reason, before SQS does');
    assert.ok(dead.Properties['MessageRetentionPeriod'] > queue.Properties['MessageRetentionPeriod'], kind);
  }
});

test('a queue is dead letters or has some', () => {
  for (const [name, { Properties }] of byName)
    assert.notEqual(name.endsWith('-dead'), 'RedrivePolicy' in Properties, name);
});

test('a message is invisible for six times what its function may take', () => {
  for (const line of Object.values(functions)) {
    if (!('takes' in line)) continue;
    const queue = byName.get(`Plimsoll-${queueName(line.takes.queue)}`);
    assert.equal(queue?.Properties['VisibilityTimeout'], 6 * line.timeout, line.entry);
  }
});

test('a message of a task that was killed is free again after minutes', () => {
  assert.equal(byName.get('Plimsoll-image-queued')?.Properties['VisibilityTimeout'], 300);
});

test('every queue is encrypted', () => {
  for (const [name, { Properties }] of byName) assert.equal(Properties['SqsManagedSseEnabled'], true, name);
});
