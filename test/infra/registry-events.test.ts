import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elsewhere } from './elsewhere.ts';
import { resources, synthesised } from './synthesised.ts';

test('pushes and deletions of ECR reach the catalog, and what cannot be delivered is kept', () => {
  const rules = resources(synthesised(), 'AWS::Events::Rule');
  assert.equal(rules.length, 1);
  const { EventPattern, Targets } = rules[0]![1].Properties;
  assert.deepEqual(EventPattern, {
    source: ['aws.ecr'],
    'detail-type': ['ECR Image Action'],
    detail: { result: ['SUCCESS'], 'action-type': ['PUSH', 'DELETE'] },
  });
  assert.ok(Targets[0].DeadLetterConfig.Arn);
  assert.equal(Targets[0].RetryPolicy.MaximumEventAgeInSeconds, 86_400);
});

test('no other account can send events unless the settings name it', () => {
  assert.deepEqual(resources(synthesised(), 'AWS::Events::EventBus'), []);
  const policies = resources(synthesised(elsewhere), 'AWS::Events::EventBusPolicy');
  assert.equal(policies.length, 3);
  for (const [id, { Properties }] of policies) {
    const { Action, Condition } = Properties['Statement'];
    assert.equal(Action, 'events:PutEvents', id);
    assert.equal(Condition.StringEquals['events:source'], 'aws.ecr', id);
  }
  const whole = JSON.stringify(policies);
  for (const sender of ['111122223333', '444455556666', 'o-abcdefghij']) assert.ok(whole.includes(sender), sender);
  assert.equal(resources(synthesised(elsewhere), 'AWS::Events::Rule').length, 2);
});
