import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledge, nagReasons, wildcardReasons } from '../../infra/nag-reasons.ts';
import { newStack } from './synthesised.ts';

const stack = newStack();
const { violations } = new AwsSolutionsChecks(stack.node.root).validateScope(stack);

/** Rule and place of everything that cdk-nag finds before it is told any reason. */
const findings = violations.flatMap(({ ruleName, violatingResources }) =>
  (violatingResources ?? []).map(({ constructPath }) => ({
    id: ruleName,
    at: (constructPath ?? '').replace(/^Plimsoll\//, ''),
  })),
);

test('cdk-nag has no finding without a written reason', () => {
  assert.ok(findings.length > 0, 'cdk-nag was asked and answered');
  acknowledge(stack);
  assert.deepEqual(new AwsSolutionsChecks(stack.node.root).validateScope(stack).violations, []);
});

test('cdk-nag, asked by synthesis as a plugin, lets the deployment pass', () => {
  const app = stack.node.root as App;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  assert.ok(app.synth().getStackByName(Stack.of(stack).stackName).template);
});

test('every reason is of a finding that is there, and says something', () => {
  for (const { id, at, reason } of nagReasons) {
    assert.ok(
      findings.some((finding) => finding.id === id && finding.at.startsWith(at)),
      `${id} at ${at}`,
    );
    assert.ok(reason.length > 40, `${id} at ${at}`);
  }
  for (const { resource, reason } of wildcardReasons) {
    assert.ok(
      findings.some(({ id }) => id === `AwsSolutions-IAM5[Resource::${resource}]`),
      resource,
    );
    assert.ok(reason.length > 25, resource);
  }
});
