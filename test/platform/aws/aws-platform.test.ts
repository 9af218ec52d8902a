import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '#platform/local/system-clock.ts';
import { environment, writeRoles } from '#schema/deployment.ts';
import { startEcr } from '#test/fakes/ecr.ts';
import { startSts } from '#test/fakes/sts.ts';
import { root } from '../../house/sources.ts';

const [own, other] = ['111122223333', '444455556666'];
const role = { arn: `arn:aws:iam::${other}:role/plimsoll-reader`, externalId: 'ext:1/a+b' };

test('a process that the deployment tells of a role reads the registry of that account as it, and its own as itself', async () => {
  await using opened = new AsyncDisposableStack();
  const clock = systemClock;
  const ecr = opened.use(await startEcr({ clock, accounts: [own, other] }));
  const sts = opened.use(await startSts({ people: ecr, clock }));
  const user = ecr.addUser(own, 'plimsoll');
  ecr.addRole({ ...role, account: other });
  ecr.repository(other, 'team/app');
  ecr.repository(own, 'base');
  const child = join(root, 'test/support/children/ask-ecr.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [child, ecr.host(other), own, other], {
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
      AWS_ENDPOINT_URL_ECR: ecr.endpoint,
      AWS_ENDPOINT_URL_STS: sts.endpoint,
      [environment.assumeRoles]: writeRoles([role]),
    },
  });
  assert.deepEqual(JSON.parse(stdout), { username: 'AWS', listed: [['base'], ['team/app']] });
  assert.deepEqual(sts.calls, [`${role.arn} plimsoll plimsoll ${role.externalId}`]);
  assert.deepEqual(ecr.calls, [
    `GetAuthorizationToken ${role.arn}`,
    'DescribeRepositories plimsoll',
    `DescribeRepositories ${role.arn}`,
  ]);
});
