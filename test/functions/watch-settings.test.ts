import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchSettings } from '#functions/watch-settings.ts';
import { awsSettings } from '#platform/aws/aws-settings.ts';
import { environment } from '#schema/deployment.ts';

const variables = (more: Partial<Record<keyof typeof environment, string>>, region = 'eu-west-1') =>
  awsSettings({
    AWS_REGION: region,
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [environment[name as 'account'], value])),
  });

test('registries of accounts whose events come here tell by themselves', () => {
  const own = { awsAccount: '111122223333' };
  assert.deepEqual(watchSettings(variables(own)).telling, ['111122223333.dkr.ecr.eu-west-1.amazonaws.com']);
  assert.deepEqual(
    watchSettings(variables({ ...own, sourceAccounts: '444455556666,777788889999' }, 'cn-north-1')).telling,
    ['111122223333', '444455556666', '777788889999'].map((one) => `${one}.dkr.ecr.cn-north-1.amazonaws.com.cn`),
  );
});

test('the clock is as often as the deployment says, or off', () => {
  assert.equal(watchSettings(variables({ watchMinutes: '60' })).everyMs, 3_600_000);
  for (const watchMinutes of ['0', '']) assert.equal(watchSettings(variables({ watchMinutes })).everyMs, null);
  assert.equal(watchSettings(awsSettings({})).everyMs, null, 'where nobody watches nothing is missing');
});
