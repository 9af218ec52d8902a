import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functions, tasks } from '../../infra/functions.ts';
import { iamRows } from '../../infra/iam-statements.ts';
import { queueKinds } from '../../infra/messaging.ts';
import { environment } from '#schema/deployment.ts';
import { elsewhere } from './elsewhere.ts';
import { resource, resources, synthesised, templateJson } from './synthesised.ts';

const lambdas = resources(synthesised(), 'AWS::Lambda::Function');

test('every line of the table is a function of Node 24 on arm64, traced, with a log of its own', () => {
  assert.deepEqual(
    lambdas.map(([, { Properties }]) => Properties['Description']).sort(),
    Object.values(functions)
      .map(({ entry }) => entry)
      .sort(),
  );
  for (const [id, { Properties }] of lambdas) {
    assert.equal(Properties['Runtime'], 'nodejs24.x', id);
    assert.deepEqual(Properties['Architectures'], ['arm64'], id);
    assert.deepEqual(Properties['TracingConfig'], { Mode: 'Active' }, id);
    assert.ok(Properties['LoggingConfig'].LogGroup.Ref, id);
  }
});

test('no function lies in a network, and none has a name of a variable that Lambda refuses', () => {
  for (const [id, { Properties }] of lambdas) {
    assert.equal(Properties['VpcConfig'], undefined, id);
    for (const name of Object.keys(Properties['Environment'].Variables)) assert.match(name, /^[A-Z][A-Z0-9_]+$/);
  }
});

test('a variable that is set is one that the program knows, and no secret', () => {
  const known: readonly string[] = [...Object.values(environment), 'NODE_OPTIONS', 'POWERTOOLS_SERVICE_NAME'];
  for (const [id, { Properties }] of lambdas)
    for (const [name, value] of Object.entries(Properties['Environment'].Variables)) {
      assert.ok(known.includes(name), `${id}: ${name}`);
      assert.doesNotMatch(JSON.stringify(value), /resolve:secretsmanager/, name);
    }
});

test('every queue is drained by exactly one function or task', () => {
  const takers = [
    ...Object.values(functions).flatMap((line) => ('takes' in line ? [line.takes.queue] : [])),
    ...Object.values(tasks).flatMap((line) => ('takes' in line ? [line.takes] : [])),
  ];
  assert.deepEqual([...takers].sort(), [...queueKinds].sort());
});

test('a batch fails in part, and a burst does not take all of the account', () => {
  const mappings = resources(synthesised(), 'AWS::Lambda::EventSourceMapping');
  assert.equal(mappings.length, Object.values(functions).filter((line) => 'takes' in line).length);
  for (const [id, { Properties }] of mappings) {
    assert.deepEqual(Properties['FunctionResponseTypes'], ['ReportBatchItemFailures'], id);
    const { MaximumConcurrency } = Properties['ScalingConfig'];
    assert.ok(MaximumConcurrency >= 2 && MaximumConcurrency <= 10, id);
  }
});

test('what is called by a clock or a rule leaves what it could not do in dead letters', () => {
  for (const name of ['catalogecrevent', 'catalogreconcile', 'catalogarchiverules', 'feedsschedule']) {
    const lambda = resource(synthesised(), 'AWS::Lambda::Function', `Pipeline${name}Function`);
    assert.ok(lambda.Properties['DeadLetterConfig'].TargetArn, name);
  }
  for (const template of [synthesised(), synthesised(elsewhere)])
    for (const [id, { Properties }] of resources(template, 'AWS::Scheduler::Schedule'))
      assert.ok(Properties['Target'].DeadLetterConfig.Arn, id);
});

test('nothing asks the database by the clock more often than every six hours', () => {
  const schedules = resources(synthesised(), 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);
  assert.deepEqual(schedules.map((one) => [one['ScheduleExpression'], one['Target'].Input]).sort(), [
    ['rate(1 day)', '{}'],
    ['rate(10 minutes)', '{"task":"analyzer"}'],
    ['rate(12 hours)', '{}'],
    ['rate(6 hours)', '{"group":"in-use"}'],
    // Of a blob: the database is asked only while something is watched.
    ['rate(60 minutes)', '{"kind":"watch.due","timer":true}'],
  ]);
  const dispatch = resource(synthesised(), 'AWS::Lambda::Function', 'Pipelinedispatch');
  assert.equal(dispatch.Properties['Environment'].Variables['PLIMSOLL_CLUSTER_ARN'], undefined);
});

test('a feed group that outlasts a function is handed to dispatch, which may start the task for it', () => {
  const template = synthesised(elsewhere);
  const inputs = resources(template, 'AWS::Scheduler::Schedule').map(([, one]) => one.Properties['Target'].Input);
  assert.ok(inputs.includes('{"task":"feeds","group":"osv:npm"}'));
  const dispatch = resource(template, 'AWS::Lambda::Function', 'Pipelinedispatch');
  const variables = dispatch.Properties['Environment'].Variables;
  assert.ok(variables['PLIMSOLL_FEEDS_TASK_ARN'].Ref);
  assert.equal(variables['PLIMSOLL_TASK_CAPACITY'], 'on-demand');
  assert.equal(variables['PLIMSOLL_TASK_PUBLIC_IP'], 'DISABLED');
});

test('tables are made before any other code of the new version runs, and again when a migration is new', () => {
  const [[tables]] = resources(synthesised(), 'Custom::PlimsollTables') as [readonly [string, unknown]];
  const { Properties, DependsOn = [] } = resource(synthesised(), 'Custom::PlimsollTables');
  assert.match(String(Properties['migrations']), /^[0-9a-f]{64}$/);
  assert.ok(DependsOn.includes('DatabaseClusterWriterD43085C6'), 'the migrator needs a running writer');
  assert.ok(DependsOn.some((id) => id.startsWith('PipelinemigratorRoleDefaultPolicy')));
  for (const [id, lambda] of lambdas)
    if (!id.startsWith('Pipelinemigrator')) assert.ok(lambda.DependsOn?.includes(tables), id);
});

test('findings go to Security Hub only when the settings say so, as those of this account', () => {
  const product = (settings: Readonly<Record<string, unknown>>) =>
    iamRows(templateJson(synthesised(settings))).filter(({ action }) => action.startsWith('securityhub:'));
  assert.deepEqual(product({}), []);
  const [row] = product(elsewhere);
  assert.equal(row?.action, 'securityhub:BatchImportFindings');
  assert.match(row?.resource ?? '', /:product\/<AWS::AccountId>\/default$/);
});

test('who pulls or compares knows the roles of other accounts, and may take on these and no others', () => {
  const template = synthesised(elsewhere);
  const roles = [
    'arn:aws:iam::111122223333:role/plimsoll-reader|plimsoll,42',
    'arn:aws:iam::444455556666:role/plimsoll-reader',
  ];
  const holders = new Set<string>();
  for (const { holder, action, resource } of iamRows(templateJson(template)))
    if (action === 'sts:AssumeRole') {
      holders.add(holder.replace(/Role.*/, ''));
      assert.ok(
        roles.some((one) => one.split('|')[0] === resource),
        resource,
      );
    }
  assert.deepEqual([...holders].sort(), [
    'AnalyzersAnalyzer',
    'Pipelineapi',
    'Pipelinecatalogimagepushed',
    'Pipelinecatalogreconcile',
    'Pipelinecatalogwatchdue',
  ]);
  const told = resources(template, 'AWS::Lambda::Function').flatMap(
    ([, { Properties }]) => Properties['Environment'].Variables['PLIMSOLL_ASSUME_ROLES'] ?? [],
  );
  assert.deepEqual(told, new Array(4).fill(roles.join(' ')));
});

test('reconciliation may see, and is told of, the repositories that the settings name', () => {
  const rights = (settings: Readonly<Record<string, unknown>>) =>
    iamRows(templateJson(synthesised(settings)))
      .filter(({ holder, action }) => holder.startsWith('Pipelinecatalogreconcile') && action.startsWith('ecr:'))
      .map(({ action, resource }) => `${action} ${resource}`)
      .sort();
  const told = (settings: Readonly<Record<string, unknown>>) =>
    resource(synthesised(settings), 'AWS::Lambda::Function', 'Pipelinecatalogreconcile').Properties['Environment']
      .Variables['PLIMSOLL_REPOSITORIES'];
  const whole = 'arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/*';
  const shop = 'arn:aws:ecr:eu-west-1:111122223333:repository/shop/*';
  const one = 'arn:aws:ecr:eu-west-1:111122223333:repository/shop/api';
  assert.deepEqual(rights({}), [`ecr:DescribeImages ${whole}`, `ecr:DescribeRepositories ${whole}`]);
  assert.equal(told({}), undefined);
  assert.deepEqual(rights(elsewhere), [`ecr:DescribeImages ${shop}`, `ecr:DescribeRepositories ${whole}`]);
  assert.equal(told(elsewhere), shop);
  assert.deepEqual(rights({ repositories: one }), [`ecr:DescribeImages ${one}`]);
});

test('what only passes events on cannot wake the database', () => {
  for (const name of ['dispatch', 'catalogecrevent']) {
    const { Variables } = resource(synthesised(), 'AWS::Lambda::Function', `Pipeline${name}`).Properties['Environment'];
    assert.equal(Variables['PLIMSOLL_CLUSTER_ARN'], undefined, name);
    assert.equal(Variables['PLIMSOLL_DATABASE_SECRET_ARN'], undefined, name);
  }
});

test('logs of everything end', () => {
  for (const template of [synthesised(), synthesised(elsewhere)])
    for (const [id, { Properties }] of resources(template, 'AWS::Logs::LogGroup'))
      assert.ok(Properties['RetentionInDays'] > 0, id);
  const logs = resources(synthesised(), 'AWS::Logs::LogGroup');
  assert.equal(logs.length, lambdas.length + 2 + 2, 'one a function, one a task, two of the API');
});

test('the API may ask how much waits in every queue of events, and how much is dead', () => {
  const policies = resources(synthesised(), 'AWS::IAM::Policy').filter(([id]) => /^PipelineapiRole/i.test(id));
  const asked = policies.flatMap(([, { Properties }]) =>
    (Properties['PolicyDocument'].Statement as { Action: string | string[]; Resource: unknown }[])
      .filter(({ Action }) => [Action].flat().includes('sqs:GetQueueAttributes'))
      .flatMap(({ Resource }) => [Resource].flat().map((one) => JSON.stringify(one))),
  );
  assert.equal(new Set(asked).size, 2 * queueKinds.filter((kind) => kind !== 'dispatch').length);
});
