import assert from 'node:assert/strict';
import { test } from 'node:test';
import { iamRows, written } from '../../infra/iam-statements.ts';
import { wildcardReasons } from '../../infra/nag-reasons.ts';
import { elsewhere } from './elsewhere.ts';
import { resources, synthesised, templateJson } from './synthesised.ts';

const rows = iamRows(templateJson(synthesised()));

test('no right has a wildcard in its action, whatever the settings', () => {
  for (const template of [synthesised(), synthesised(elsewhere)]) {
    const all = iamRows(templateJson(template));
    assert.ok(all.length > 150);
    for (const { holder, action } of all) assert.doesNotMatch(action, /[*?]/, holder);
  }
});

test('a right on more than one named thing stands in the list of reasons, with all its actions', () => {
  const found = rows.filter(({ resource }) => resource.includes('*'));
  for (const { holder, action, resource } of found) {
    const line = wildcardReasons.find((one) => one.resource === resource);
    assert.ok(line?.actions.includes(action), `${holder} may ${action} on ${resource}`);
  }
  for (const { resource, actions } of wildcardReasons)
    for (const action of actions)
      assert.ok(
        found.some((row) => row.resource === resource && row.action === action),
        `nobody may ${action} on ${resource} any more`,
      );
});

test('what is said about all of an account is bound to the one cluster, or has no other form', () => {
  for (const { action, condition } of rows.filter(({ resource }) => resource === '*'))
    assert.ok(condition.includes('ecs:cluster') || /^xray:|:GetAuthorizationToken$|:ListSecrets$/.test(action), action);
});

test('the password of the database owner and of the first administrator is for the migrator alone', () => {
  const secrets = rows.filter(
    ({ action, resource }) =>
      action === 'secretsmanager:GetSecretValue' && /MasterUserSecret|AdminPassword/.test(resource),
  );
  assert.equal(secrets.length, 2);
  for (const { holder } of secrets) assert.match(holder, /^PipelinemigratorRole/);
});

test('only dispatch starts tasks, of exactly the definitions here, and passes only their roles to ECS', () => {
  const started = rows.filter(({ action }) => action === 'ecs:RunTask' || action === 'iam:PassRole');
  for (const { holder, action, resource, condition } of started) {
    assert.match(holder, /^PipelinedispatchRole/);
    assert.match(resource, /^<Analyzers/);
    assert.match(condition, action === 'iam:PassRole' ? /ecs-tasks\.amazonaws\.com/ : /ecs:cluster/);
  }
  assert.equal(started.length, 6, 'each task is run with a role to start it and one for what it does');
});

test('nothing may write to ECR, and the analyzer reads no queue but its own', () => {
  for (const { action } of rows.filter(({ action }) => action.startsWith('ecr:')))
    assert.match(action, /^ecr:(Get|BatchGet|BatchCheck|Describe|List)/);
  const received = rows.filter(
    ({ holder, action }) => holder.startsWith('AnalyzersAnalyzer') && action === 'sqs:ReceiveMessage',
  );
  assert.deepEqual(
    received.map(({ resource }) => resource),
    ['<MessagingImageQueuedDF402CC2.Arn>'],
  );
});

test('staged feeds are written by what fetches feeds alone and read by the database alone', () => {
  const staged = rows.filter(({ resource }) => resource.startsWith('<StorageStagedFeeds'));
  const holders = (action: string) =>
    staged.filter((row) => row.action === action).map(({ holder }) => holder.replace(/[0-9A-F]{8}$/, ''));
  assert.deepEqual(holders('s3:GetObject'), ['DatabaseImportRole']);
  const writers = holders('s3:PutObject');
  assert.ok(writers.length > 0 && writers.every((holder) => /feeds|image-?analyzed/i.test(holder)), String(writers));
  assert.deepEqual(holders('s3:DeleteObject'), writers);
});

test('no policy of AWS is attached to any role, but the one that API Gateway asks for', () => {
  const attached = resources(synthesised(), 'AWS::IAM::Role').flatMap(([, { Properties }]) =>
    ((Properties['ManagedPolicyArns'] ?? []) as unknown[]).map(written),
  );
  assert.deepEqual(attached, [
    'arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
  ]);
});

test('every role is for one service of AWS', () => {
  for (const [id, { Properties }] of resources(synthesised(), 'AWS::IAM::Role')) {
    const statements = Properties['AssumeRolePolicyDocument'].Statement as { Principal: Record<string, unknown> }[];
    for (const { Principal } of statements) {
      assert.deepEqual(Object.keys(Principal), ['Service'], id);
      assert.match(String(Principal['Service']), /^(lambda|ecs-tasks|scheduler|rds|apigateway)\.amazonaws\.com$/, id);
    }
  }
});
