import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsSettings } from '#platform/aws/aws-settings.ts';
import { environment, writeRoles } from '#schema/deployment.ts';
import { isFault } from '#test/support/is-fault.ts';

const roles = [
  { arn: 'arn:aws:iam::111122223333:role/team/reader', externalId: 'a=b,c:d/e' },
  { arn: 'arn:aws-us-gov:iam::444455556666:role/reader@x', externalId: null },
];

test('roles that the deployment names are found by their accounts', () => {
  const settings = awsSettings({ [environment.assumeRoles]: writeRoles(roles) });
  assert.deepEqual(
    [...settings.roles],
    [
      ['111122223333', roles[0]],
      ['444455556666', roles[1]],
    ],
  );
  assert.equal(awsSettings({}).roles.size, 0);
});

test('a variable that names no role is told by its name', () => {
  for (const text of ['reader', `${roles[0]!.arn}|x`, `${roles[0]!.arn}|one|two`, 'arn:aws:iam::1:role/x'])
    assert.throws(() => awsSettings({ [environment.assumeRoles]: text }).roles, isFault('input/invalid'));
});

test('a variable that is missing is told when it is wanted, and an empty one is none', () => {
  const settings = awsSettings({ [environment.account]: '' });
  assert.throws(() => settings.required('account'), /PLIMSOLL_ACCOUNT is not set/);
  assert.throws(() => settings.region, /AWS_REGION/);
  assert.equal(settings.optional('account'), null);
});
