import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registryLogin, registryType } from '#registry/logins/registry-login.ts';
import { isFault } from '#test/support/is-fault.ts';

const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const arn = 'arn:aws:iam::444455556666:role/path/reader';

test('the type is guessed from the host, in every partition of AWS', () => {
  for (const host of [
    ecr,
    '123456789012.dkr.ecr.us-gov-west-1.amazonaws.com',
    '123456789012.dkr.ecr-fips.us-gov-east-1.amazonaws.com',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
    '123456789012.dkr-ecr.eu-central-1.on.aws',
  ])
    assert.equal(registryType(host, 'AKIAIOSFODNN7EXAMPLE', undefined), 'awsecr', host);
  for (const host of ['quay.io', 'docker.io', 'public.ecr.aws', `${ecr}.example.test`])
    assert.equal(registryType(host, 'ann', undefined), 'docker_v2', host);
});

test('on a host of ECR docker_v2 is the user AWS and nobody else', () => {
  assert.equal(registryType(ecr, 'AWS', undefined), 'docker_v2');
  assert.equal(registryType(ecr, 'AWS', 'docker_v2'), 'docker_v2');
  assert.equal(registryType(ecr, 'awsauto', 'docker_v2'), 'awsecr');
});

test('user and secret of ECR are keys, this process, or a role', () => {
  const identity = (user: string, secret: string) => {
    const login = registryLogin(ecr, { type: 'awsecr', user, secret });
    return login.kind === 'ecr' ? login.identity : assert.fail();
  };
  const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  assert.deepEqual(identity('AKIAIOSFODNN7EXAMPLE', secretAccessKey), {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey,
  });
  assert.equal(identity('awsauto', 'awsauto'), null);
  assert.equal(identity('anybody', 'awsauto'), null);
  assert.deepEqual(identity('_iam_role', arn), { arn, externalId: null });
  assert.deepEqual(identity('_iam_role', `${arn};ext:1/a+b`), { arn, externalId: 'ext:1/a+b' });
  assert.deepEqual(identity('_iam_role', ` ${arn} ; e1 `), { arn, externalId: 'e1' });
});

test('what cannot be a login is refused, and not repeated', () => {
  const refused = (host: string, type: 'docker_v2' | 'awsecr', user: string, secret: string) =>
    assert.throws(
      () => registryLogin(host, { type, user, secret }),
      isFault('input/invalid', /no credentials/, [secret || 'none']),
      `${user} ${secret}`,
    );
  refused('quay.io', 'awsecr', 'AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG');
  refused(ecr, 'awsecr', 'ann', 'hunter2');
  refused(ecr, 'awsecr', '_iam_role', 'arn:aws:iam::1:role/x');
  refused(ecr, 'awsecr', '_iam_role', `${arn};a b`);
  refused(ecr, 'awsecr', '_iam_role', `${arn};ab;cd`);
  refused('quay.io', 'docker_v2', 'ann', '');
  refused('quay.io', 'docker_v2', '', 'hunter2');
  refused('quay.io', 'docker_v2', 'a:b', 'hunter2');
});

test('nobody and identity tokens are logins of docker_v2 too', () => {
  const login = (user: string, secret: string) => registryLogin('quay.io', { type: 'docker_v2', user, secret });
  assert.deepEqual(login('', ''), { kind: 'fixed', credentials: null });
  assert.deepEqual(login('00000000-0000-0000-0000-000000000000', 't'), {
    kind: 'fixed',
    credentials: { kind: 'identity-token', token: 't' },
  });
  assert.deepEqual(login('_json_key', '{"a":1}\n'), {
    kind: 'fixed',
    credentials: { kind: 'basic', username: '_json_key', password: '{"a":1}\n' },
  });
});
